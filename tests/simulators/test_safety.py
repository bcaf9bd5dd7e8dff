import asyncio
import ssl
from uuid import UUID

import pytest
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Kind, Mode, PlaceChoice
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import SafetyInterlock
from net119_simulators.safety import check_mode, check_target, is_loopback
from net119_simulators.smartphone import Smartphone

CREDENTIALS = Credentials(registrant_id=UUID(int=1), login_id="login", password="password")
ELSEWHERE = "https://192.0.2.1:8443"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost", "LOCALHOST"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "0.0.0.0", "127.0.0.1.example", "10.0.0.1", "::", "localhost.example"]
)
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1@192.0.2.1/", "https://192.0.2.1#@127.0.0.1", "https:///x", "https://["],
)
def test_urls_that_hide_their_host(url: str) -> None:
    with pytest.raises(SafetyInterlock):
        check_target(url)


def test_a_simulator_refuses_other_machines_unless_declared() -> None:
    with pytest.raises(SafetyInterlock, match="test system"):
        Smartphone(ELSEWHERE, ssl.create_default_context(), CREDENTIALS)
    with pytest.raises(SafetyInterlock, match="test system"):
        Dispatcher(ELSEWHERE, ssl.create_default_context(), "token")
    check_target(ELSEWHERE, declared_test_hosts={"192.0.2.1"})


@pytest.mark.parametrize("mode", [Mode.PRACTICE, Mode.DRILL, Mode.TEST])
def test_only_live_is_kept_from_declared_hosts(mode: Mode) -> None:
    check_mode(ELSEWHERE, mode)
    with pytest.raises(SafetyInterlock, match="live"):
        check_mode(ELSEWHERE, Mode.LIVE)
    check_mode("https://127.0.0.2:8443", Mode.LIVE)


def test_a_phone_never_sends_a_live_call_to_a_declared_host() -> None:
    async def scene() -> None:
        phone = Smartphone(
            ELSEWHERE,
            ssl.create_default_context(),
            CREDENTIALS,
            declared_test_hosts={"192.0.2.1"},
        )
        try:
            # Not logged in: had the interlock let it through, it would fail otherwise.
            with pytest.raises(SafetyInterlock, match="live"):
                await phone.call(Kind.FIRE, PlaceChoice.HOME, mode=Mode.LIVE)
        finally:
            await phone.api.close()

    asyncio.run(scene())
