"""A call goes to another provider's center from the console's page, watched at both."""

from pathlib import Path

import pytest
from net119_conformance.at_desk import Desk
from net119_protocol.codes import Kind, PlaceChoice
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.person import make_person
from net119_simulators.phone_call import PhoneCall

from tests.system.desks import PATIENCE_S, chromium, in_thread, sit_down

pytestmark = pytest.mark.browser
TOMAKOMAI = fixed(42.6340, 141.6050)
FAILED = "に転送できませんでした"


async def transfer_to(desk: Desk, department: str) -> None:
    await desk.page.locator("[data-act=transfer]").click()
    await desk.page.locator("#form select").select_option(department)
    await desk.page.locator("#form button.main").click()


async def says(desk: Desk, text: str, where: str) -> None:
    await desk.shows(lambda seen: text in seen, where)


async def fails_clearly(desk: Desk, department: str, name: str) -> None:
    """I9: it says to whom, why, whom to phone, and whose the call is."""
    await transfer_to(desk, department)
    error = desk.page.locator("#form .error")
    await error.wait_for()
    told = await error.inner_text()
    missing = [
        each for each in (FAILED, name, "こちらの担当のまま", "電話 0000-") if each not in told
    ]
    assert not missing, told
    await desk.page.keyboard.press("Escape")
    assert await desk.may_write(wanted=True)


async def there_and_back(home: Desk, there: Desk, call: PhoneCall) -> None:
    await home.choose(call.id)
    await home.answer(call.id)
    await call.say("転送の前の文", within=PATIENCE_S)
    await says(home, "転送の前の文", "#log")
    await fails_clearly(home, "chitose", "千歳市消防本部")
    await transfer_to(home, "aso")
    await says(home, "阿蘇広域行政事務組合消防本部に転送しました", "#events")
    await home.shows(lambda seen: "阿蘇" in seen and "担当" in seen, "#call-state")
    assert not await home.may_write(wanted=False)
    await there.choose(call.id)
    await says(there, "転送の前の文", "#log")
    await says(there, "苫小牧市消防本部から転送", "#events")
    await there.answer(call.id)
    await there.write("阿蘇です。引き継ぎました")
    await call.wait_for_line(lambda line: line.text == "阿蘇です。引き継ぎました", PATIENCE_S)
    await call.say("転送の後の文", within=PATIENCE_S)
    await says(there, "転送の後の文", "#log")
    assert call.violations == []


async def transferred(folder: Path) -> None:
    specs = (ProviderSpec("aoba", "127.0.0.2"), ProviderSpec("akane", "127.0.0.3"))
    async with (
        LocalNetwork(specs, folder) as network,
        chromium() as browser,
    ):
        await network.wait_until_peers_run("aoba", ["akane"], within=60)
        await network.wait_until_peers_run("akane", ["aoba"], within=60)
        person = make_person(1, "01213")
        credentials = await network.register("aoba", "tomakomai", person)
        home = await sit_down(browser, network, "aoba", "tomakomai", "佐藤 直美")
        there = await sit_down(browser, network, "akane", "aso", "鈴木 健")
        async with network.phone("aoba", credentials) as phone:
            call = await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=TOMAKOMAI)
            await there_and_back(home, there, call)
            again = await phone.call(Kind.FIRE, PlaceChoice.CURRENT, fix=TOMAKOMAI)
            await home.choose(again.id)
            await home.answer(again.id)
            network.kill("akane")
            await there.page.locator("#lost").wait_for()
            await fails_clearly(home, "aso", "阿蘇広域行政事務組合消防本部")
            await home.write("こちらで続けます")
            await again.wait_for_line(lambda line: line.text == "こちらで続けます", PATIENCE_S)


def test_a_call_is_given_to_another_provider_and_a_failure_is_clear(tmp_path: Path) -> None:
    """CNB-39, I1, I9: who accepts is seen at both, and what failed is said with whom to phone."""
    in_thread(transferred(tmp_path))
