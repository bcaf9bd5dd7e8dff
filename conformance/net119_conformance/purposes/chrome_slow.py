"""A smartphone on a slow network: the button that calls is there long before what works it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from net119_protocol.api.console import ConsoleCall

from net119_conformance.at_calls import AMBULANCE, CURRENT, rings
from net119_conformance.at_smartphones import Smartphone, on_smartphone
from net119_conformance.catalogue import Role
from net119_conformance.new_calls import NewCalls
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

if TYPE_CHECKING:
    from playwright.async_api import Route

EACH_S = 0.7
"""A slow network brings one script after the other, each so much later than the one before."""


@purpose(
    id="CHROME-SLOW",
    requirements=("CTS-03", "CNB-26"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(profile="tomakomai", browser=True, once=True),
    timeout_s=90.0,
    title_ja="通信が遅く、スクリプトが届く前に「通報する」を押しても、位置とともに通報される",
    title_en="Pressed on a slow network before the scripts came, the button still calls",
    stimulus_ja="登録者がChromeで種別と場所を選ぶ。スクリプトは、ページより遅れて、一つずつ0.7秒おきに届く。「通報する」が見えたら、すぐに1回だけ押す。",
    stimulus_en="In Chrome a registrant chooses kind and place. Its scripts come later than "
    "the page, one after the other, 0.7 s apart. The button is tapped once, when it is seen.",
    expected_ja="その1回で通報がつながり、測位した位置も届く。押し直しを求められない。",
    expected_en="That one tap makes the call, with the measured position; nobody is asked to "
    "tap again.",
    why_ja="電波の弱い所では、画面が先に出る。押したのに通報されていなければ、気づかずに待つ人がいる。",
    why_en="With a weak signal the screen comes first. Who has pressed and was not heard may "
    "wait without knowing.",
)
async def slow(t: Trial, w: World) -> None:
    fix = w.fix_at(w.home)
    phone = await on_smartphone(w, fix)
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    async with _late_scripts(phone):
        call = await t.observe(
            "one tap before the scripts came makes the call",
            _called(w, phone, new),
            4 * w.patience,
            expected="a call",
            ja="スクリプトが届く前の1回の操作で通報される",
        )
    if call is None:
        return
    seen = call.place.fix
    t.check(
        "the call that was pressed early has the measured position",
        seen is not None and (seen.lat, seen.lon) == (fix.lat, fix.lon),
        expected=(fix.lat, fix.lon),
        seen=seen,
        ja="早く押した通報にも、測位した位置がある",
    )


async def _called(w: World, phone: Smartphone, new: NewCalls) -> ConsoleCall:
    await phone.to_map(AMBULANCE, CURRENT)
    await phone.send()
    return await rings(w, new)


@asynccontextmanager
async def _late_scripts(phone: Smartphone) -> AsyncIterator[None]:
    before = 0

    async def late(route: "Route") -> None:
        nonlocal before
        if route.request.resource_type == "script":
            before += 1
            await asyncio.sleep(EACH_S * before)
        await route.continue_()

    await phone.page.route("**/*", late)
    try:
        yield
    finally:
        await phone.page.unroute_all(behavior="ignoreErrors")
