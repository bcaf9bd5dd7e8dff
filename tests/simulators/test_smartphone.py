import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from net119_protocol.api.common import NewLine
from net119_protocol.chat import Option
from net119_protocol.codes import CallState, Kind, Mode, PlaceChoice, Refusal
from net119_simulators.errors import (
    CallRefused,
    NotConnected,
    SafetyInterlock,
    UnexpectedAnswer,
    Unreachable,
    Waited,
)
from net119_simulators.gps import switched_off
from net119_simulators.smartphone import Smartphone

from tests.simulators.support import Stage, ToyProvider, call_from, stage


def play(toy: ToyProvider, folder: Path, scene: Callable[[Stage], Awaitable[None]]) -> Stage:
    async def run() -> Stage:
        async with stage(toy, folder) as here:
            await scene(here)
            return here

    return asyncio.run(run())


def test_call_and_chat(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage) -> None:
        async with here.phone() as phone:
            assert phone.session.registrant_name
            call = await call_from(phone)
            assert call.view.state is CallState.RINGING
            first = await call.say("火事です 𠮷")
            second = await call.say("早く", client_id="mine")
            again = await call.say("早く", client_id="mine")
            assert (first.seq, second.seq, again.seq) == (1, 2, 2)
            line = await call.wait_for_line(lambda line: line.seq == 2)
            assert line.text == "早く"
            assert call.lines[0].text == "火事です 𠮷"
            polled = await call.poll(after=1)
            assert [entry.text for entry in polled.lines] == ["早く"]
            assert (await call.refresh()).last_seq == 2
            assert [view.call_id for view in await phone.calls()][-1] == call.id
            assert call.violations == []
            assert call.unseen() == ()

    here = play(toy, tmp_path, scene)
    labels = here.tape.labels()
    for expected in (
        "POST /api/handset/v1/sessions",
        "201 call",
        "hello",
        "say",
        "line 1",
        "ack 1",
    ):
        assert expected in labels
    everything = "".join(event.payload for event in here.tape.events)
    assert here.credentials.password not in everything
    assert '"token":"***"' in everything


def test_choose_travels_as_choice(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            asked = await call.say("?", options=[Option(id="yes", label="はい")])
            await call.choose(asked.seq, "yes")
            line = await call.wait_for_line(lambda line: line.choice is not None)
            assert line.choice is not None
            assert (line.choice.seq, line.choice.option_id) == (asked.seq, "yes")

    play(toy, tmp_path, scene)


def test_dropped_connection_resumes_without_loss_or_repetition(
    toy: ToyProvider, tmp_path: Path
) -> None:
    async def scene(here: Stage) -> None:
        async with here.phone() as phone, here.phone("second page") as other:
            call = await call_from(phone)
            await call.say("one")
            call.drop()
            assert not call.connected
            assert "dropped" in await call.wait_for_drop()
            with pytest.raises(NotConnected):
                await call.say("while away", client_id="away")
            page = await other.attach(call.id)
            await page.say("two")
            await call.resume()
            await call.say("three")
            assert [line.text for line in call.lines] == ["one", "two", "three"]
            assert call.violations == []
            late = await other.attach(call.id, after=2)
            await late.wait_for_line(lambda line: line.seq == 3)
            assert [line.seq for line in late.lines] == [3]
            assert late.violations == []

    play(toy, tmp_path, scene)


def test_a_line_stored_without_acknowledgement_is_said_again_and_kept_once(
    toy: ToyProvider, tmp_path: Path
) -> None:
    async def scene(here: Stage) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            waiting = asyncio.create_task(call.say("toy:store and drop", client_id="mine"))
            await call.wait_for_drop()
            assert [line.client_id for line in call.unacknowledged] == ["mine"]
            await call.connect()
            # What `resume` does, with the toy's defect left out the second time.
            await call.send(NewLine(client_id="mine", text="again"))
            assert (await waiting).seq == 1
            assert call.unacknowledged == ()
            assert len(call.lines) == 1
            assert call.violations == []

    play(toy, tmp_path, scene)


def test_refused_line_raises_and_is_not_pending(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            with pytest.raises(CallRefused, match="slow down") as caught:
                await call.say("toy:refuse")
            assert caught.value.code is Refusal.TOO_MANY
            assert caught.value.problem.status == 0
            assert call.unacknowledged == ()
            assert (await call.wait_for_refusal()).detail == "slow down"

    play(toy, tmp_path, scene)


def test_missing_acknowledgement_says_what_was_seen(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            await call.say("before")
            with pytest.raises(Waited, match="acknowledgement") as caught:
                await call.say("toy:silent", within=0.05)
            assert "'before'" in caught.value.seen
            assert "connected" in caught.value.seen

    play(toy, tmp_path, scene)


@pytest.mark.parametrize(
    ("defect", "rule"),
    [
        ("twice", "I4"),
        ("other content", "I3"),
        ("gap", "I3"),
        ("garbage", "frame"),
        ("wrong ack", "I2"),
        ("mode", "I5"),
    ],
)
def test_defects_are_kept_as_violations(
    toy: ToyProvider, tmp_path: Path, defect: str, rule: str
) -> None:
    async def scene(here: Stage) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            await call.say("first")
            assert call.violations == []
            await call.say(f"toy:{defect}")
            assert call.violations[0].rule == rule

    play(toy, tmp_path, scene)


def test_an_acknowledged_line_that_never_comes_is_told(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage) -> None:
        async with here.phone() as phone:
            call = await call_from(phone)
            stored = await call.say("toy:ack only")
            assert call.unseen() == (stored,)

    play(toy, tmp_path, scene)


def test_refusals_of_the_http_api(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage) -> None:
        wrong = here.credentials.model_copy(update={"password": "wrong"})
        with pytest.raises(CallRefused, match="not-authenticated"):
            async with here.network.phone("toy", wrong):
                pytest.fail("the log-in was accepted")
        async with here.phone() as phone:
            with pytest.raises(CallRefused) as caught:
                await phone.call(Kind.FIRE, PlaceChoice.CURRENT, fix=switched_off())
            assert caught.value.code is Refusal.POSITIONING_OFF
            assert caught.value.problem.status == 403
            with pytest.raises(CallRefused, match="unknown-call"):
                await phone.attach(uuid4())

    play(toy, tmp_path, scene)


def test_answers_outside_the_description_are_no_refusals(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage) -> None:
        async with here.phone() as phone:
            with pytest.raises(UnexpectedAnswer, match="status 502, text/html"):
                await phone.call(Kind.FIRE, PlaceChoice.HOME, client_call_id="toy:html")
            with pytest.raises(UnexpectedAnswer, match="no path of this host"):
                await phone.call(Kind.FIRE, PlaceChoice.HOME, client_call_id="toy:foreign-path")

    play(toy, tmp_path, scene)


def test_live_is_allowed_on_loopback(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage) -> None:
        async with here.phone() as phone:
            assert (await call_from(phone, mode=Mode.LIVE)).view.mode is Mode.LIVE

    play(toy, tmp_path, scene)


def test_a_phone_that_trusts_another_authority_does_not_connect(
    toy: ToyProvider, tmp_path: Path
) -> None:
    async def scene(here: Stage) -> None:
        url = here.network.base_url("toy")
        phone = Smartphone(url, ssl.create_default_context(), here.credentials)
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            await phone.__aenter__()

    play(toy, tmp_path, scene)


def test_without_log_in_nothing_is_called(toy: ToyProvider, tmp_path: Path) -> None:
    async def scene(here: Stage) -> None:
        phone = here.phone()
        try:
            with pytest.raises(CallRefused, match="not-authenticated"):
                await phone.call(Kind.FIRE, PlaceChoice.HOME)
            with pytest.raises(NotConnected, match="not logged in"):
                _ = phone.session
        finally:
            await phone.api.close()

    play(toy, tmp_path, scene)


def test_interlock_has_the_parts_that_the_command_line_shows() -> None:
    error = SafetyInterlock("what", "where", "do this")
    assert (error.what, error.where, error.what_to_do) == ("what", "where", "do this")
