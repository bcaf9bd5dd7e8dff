"""`net119 serve`: what is told when it cannot start, and that mail is shown."""

import asyncio
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from net119_cli import language, serve, serve_alarms, serve_shown
from net119_cli import main as cli
from net119_cli.errors import UserError
from net119_cli.serve_mail import INBOUND_PORT, PAGES_PORT, applications, route_reports, show_mail
from net119_protocol.profile.load import load_profiles
from net119_reference.config import load_config
from net119_simulators.alarms import Neighbour, make_user
from net119_simulators.mailbox import Draft, MailboxServer, send_mail
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.network.supervisor import ProviderDidNotStart

ADDRESS = "127.87.0.2"


@pytest.mark.parametrize(
    ("tongue", "words"), [("ja", "ほかのプログラムが使っています"), ("en", "is in use by another")]
)
def test_a_port_in_use_is_told_in_the_language_in_use_and_with_what_serve_can_do(
    tongue: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(serve, "PROVIDERS", (("aoba", ADDRESS),))
    with socket.create_server((ADDRESS, serve_shown.HTTP_PORT)):
        assert cli.main(["serve", "--lang", tongue]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert f"{serve_shown.HTTP_PORT}" in said
    assert ".log" not in said
    assert "http.port" not in said
    serve.check_ports()


def test_relays_are_refused_without_a_provider_of_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["serve", "--relays", "2", "--lang", "ja"]) == 2
    assert "--config FILE も指定する" in capsys.readouterr().err


def test_a_taken_port_of_the_mailboxes_pages_is_told() -> None:
    with (
        pytest.MonkeyPatch.context() as patch,
        socket.create_server((ADDRESS, PAGES_PORT)),
    ):
        patch.setattr(serve, "PROVIDERS", (("aoba", ADDRESS),))
        with pytest.raises(UserError, match=str(PAGES_PORT)):
            serve.check_ports()


def test_empty_mail_goes_to_the_providers_that_take_it() -> None:
    assert applications({"tomakomai": "127.0.0.2", "chita-nanbu": "127.0.0.3"}) == {
        "r.tomakomai@net119-aoba.example": ("127.0.0.2", INBOUND_PORT)
    }


def test_bounces_go_to_the_provider_that_sent_the_mail() -> None:
    async def run() -> None:
        async with MailboxServer() as boxes:
            route_reports(boxes, {"tomakomai": "127.0.0.2", "chita-nanbu": "127.0.0.3"})
            assert boxes.routes == {
                "net119-aoba.example": ("127.0.0.2", INBOUND_PORT),
                "web119-midori.example": ("127.0.0.3", INBOUND_PORT),
            }

    asyncio.run(run())


def test_the_plaintext_address_lets_in_the_department_that_is_told(tmp_path: Path) -> None:
    language.use_language(language.Language.EN)
    profiles = load_profiles()
    told = {}
    for provider, address in serve_shown.PROVIDERS:
        spec = ProviderSpec(
            provider,
            address,
            settings=serve_shown.plaintext_homes(provider, old_phones=True),
            old_phones=True,
        )
        LocalNetwork([spec], tmp_path)  # Writes the settings of its providers.
        config = load_config(tmp_path / provider / "config.toml")
        assert config.plaintext.enabled
        departments = [each[2] for each in serve_shown.DEMO_CENTERS if each[0] == provider]
        allowed = {each for each in departments if config.plaintext_allowed(profiles[each])}
        lets_in, refuses = serve_shown.plaintext_users(provider).split("; ")
        told[provider] = allowed
        assert allowed == {each for each in departments if each in lets_in}
        assert set(departments) - allowed == {each for each in departments if each in refuses}
    assert told == {"aoba": {"chitose"}, "midori": set()}
    assert serve_shown.plaintext_homes("aoba", old_phones=False) == {}


@pytest.mark.parametrize("tongue", list(language.Language))
def test_a_log_that_is_deleted_is_not_pointed_to(tongue: language.Language) -> None:
    language.use_language(tongue)
    wrong = ProviderDidNotStart("aoba", "it ended", Path("somewhere/provider.log"), "last words")
    assert "provider.log" not in str(serve.did_not_start(wrong, kept=False))
    assert "provider.log" in str(serve.did_not_start(wrong, kept=True))
    assert "last words" in str(serve.did_not_start(wrong, kept=False))


def test_mails_that_come_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    async def run() -> None:
        async with MailboxServer(ADDRESS) as boxes:
            await send_mail(Draft("a@x.example", "b@y.example", "before"), ADDRESS, boxes.port)
            await boxes.wait_for_letter("b@y.example")
            showing = asyncio.create_task(show_mail(boxes))
            await asyncio.sleep(0)
            said = ""
            for number in range(2):
                draft = Draft("a@x.example", "b@y.example", f"no. {number}", f"text {number}")
                await send_mail(draft, ADDRESS, boxes.port)
                async with asyncio.timeout(20):
                    while f"text {number}" not in said:
                        await asyncio.sleep(0.01)
                        said += capsys.readouterr().out
            showing.cancel()
            assert "b@y.example" in said
            assert "no. 1" in said
            assert "before" not in said

    asyncio.run(run())


def test_the_sample_household_is_told_with_all_log_ins(capsys: pytest.CaptureFixture[str]) -> None:
    helper = Neighbour("髙島　一郎", "0000-75-0001", 3)
    user = make_user(1, "26104", "nakagyo", [helper.registered()])
    unit: Any = SimpleNamespace(unit_id="K-1001")
    home = serve_alarms.Household(user, unit, "kyoto", "desk-word", "tok", (("nakagyo", "word"),))
    serve_alarms.show_household(home, "https://127.0.0.2:8443", "demo")
    told = capsys.readouterr().out
    for each in (user.name, "K-1001", "髙島　一郎", "desk-word", "tok", "nakagyo", "word", "kyoto"):
        assert each in told
    assert set(serve_alarms.alarm_settings("aoba", alarms=True)) == {"alarms"}
    assert serve_alarms.alarm_settings("aoba", alarms=False) == {}
    assert serve_alarms.alarm_settings("midori", alarms=True) == {}
