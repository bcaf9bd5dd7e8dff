import asyncio
from functools import partial
from pathlib import Path

import pytest
from net119_protocol.api.common import Notice, NoticeCode
from net119_protocol.api.console import ConsoleCall
from net119_protocol.chat import ChatLine, Option
from net119_protocol.codes import CallState, CloseOutcome, Kind, Mode, SenderRole
from net119_protocol.person import DepartmentRef
from net119_simulators.errors import Waited
from net119_simulators.phone_call import PhoneCall
from net119_simulators.questions import QUESTIONS, Question
from net119_simulators.rule_based import NO_REPLY, RuleBasedDispatcher, fitting_outcome
from net119_simulators.scripted import (
    Answer,
    Close,
    Drop,
    Hear,
    Resume,
    Say,
    ScriptedDispatcher,
    Step,
)

from tests.simulators.support import Stage, ToyProvider, call_from, stage


def is_question(line: ChatLine, after: int) -> bool:
    return line.seq > after and bool(line.options)


async def tap(call: PhoneCall, option_ids: list[str]) -> None:
    """Answer the dispatcher's questions as they come."""
    seen = 0
    for option_id in option_ids:
        line = await call.wait_for_line(partial(is_question, after=seen))
        seen = line.seq
        assert option_id in {option.id for option in line.options}
        await call.choose(line.seq, option_id)


def rule_based(here: Stage, token: str, patience_s: float = 10.0) -> RuleBasedDispatcher:
    url = here.network.base_url("toy")
    return RuleBasedDispatcher(url, here.network.tls, token, patience_s=patience_s)


def test_usual_questions_follow_the_answers(toy: ToyProvider, tmp_path: Path) -> None:
    async def run() -> None:
        async with stage(toy, tmp_path) as here:
            token = await here.token()
            async with rule_based(here, token) as dispatcher, here.phone() as phone:
                call = await call_from(phone)
                await tap(call, ["illness", "chest", "other", "unconscious", "breathing"])
                closed = await dispatcher.wait_until_handled(call.id)
                assert closed.outcome is CloseOutcome.PRACTICE_DONE
                said = [line.text for line in call.lines if line.sender is SenderRole.DISPATCHER]
                assert "急病ですか、事故ですか。" in said
                assert "どこが痛みますか。" in said
                assert "血は出ていますか。" not in said
                assert any("胸の真ん中" in text for text in said)
                assert call.violations == dispatcher.violations == []

    asyncio.run(run())


def test_words_are_as_good_as_taps(toy: ToyProvider, tmp_path: Path) -> None:
    async def run() -> None:
        async with stage(toy, tmp_path) as here:
            token = await here.token()
            async with rule_based(here, token) as dispatcher, here.phone() as phone:
                call = await call_from(phone)
                await call.wait_for_line(lambda line: bool(line.options))
                await call.say("事故です、車とぶつかりました")
                await call.wait_for_line(lambda line: line.text == "血は出ていますか。")
                assert not (await dispatcher.wait_for_call(call.id)).closed_at

    asyncio.run(run())


def test_a_silent_caller_is_told_once_and_the_call_closed(toy: ToyProvider, tmp_path: Path) -> None:
    async def run() -> None:
        async with stage(toy, tmp_path) as here:
            token = await here.token()
            dispatcher = rule_based(here, token, patience_s=0.01)
            async with dispatcher, here.phone() as phone:
                call = await call_from(phone, mode=Mode.PRACTICE)
                closed = await dispatcher.wait_until_handled(call.id)
                assert closed.outcome is CloseOutcome.PRACTICE_DONE
                said = [line.text for line in dispatcher.lines(call.id)]
                assert said.count(NO_REPLY) == 1
                assert "練習" in said[0]

    asyncio.run(run())


def test_outcome_fits_the_mode_and_the_advice(toy: ToyProvider, tmp_path: Path) -> None:
    async def ring() -> ConsoleCall:
        async with stage(toy, tmp_path) as here:
            dispatcher = here.network.dispatcher("toy", await here.token())
            async with dispatcher, here.phone() as phone:
                return await dispatcher.wait_for_call((await call_from(phone)).id)

    call = asyncio.run(ring())
    sapporo = DepartmentRef(code="sapporo", name_ja="札幌", name_en="S", phone="0000-00-0001")
    notice = Notice(
        code=NoticeCode.CALL_HOME_NOT_ADOPTED, text_ja="x", text_en="x", phone_to=(sapporo,)
    )

    def outcome(mode: Mode, *notices: Notice) -> tuple[CloseOutcome, str | None]:
        return fitting_outcome(call.model_copy(update={"mode": mode, "notices": notices}))

    assert outcome(Mode.PRACTICE, notice) == (CloseOutcome.PRACTICE_DONE, None)
    assert outcome(Mode.TEST, notice) == (CloseOutcome.RELAYED_BY_PHONE, "札幌")
    assert outcome(Mode.LIVE, notice) == (CloseOutcome.RELAYED_BY_PHONE, "札幌")
    assert outcome(Mode.DRILL) == (CloseOutcome.PRACTICE_DONE, None)
    assert outcome(Mode.LIVE) == (CloseOutcome.DISPATCHED, None)


def every_question(questions: tuple[Question, ...]) -> list[Question]:
    below = [inner for q in questions for reply in q.replies for inner in reply.ask]
    return [*questions, *(every_question(tuple(below)) if below else [])]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_question_can_be_sent(kind: Kind) -> None:
    for question in every_question(QUESTIONS[kind]):
        ids = [option.id for option in question.options()]
        assert len(set(ids)) == len(ids) <= 20
        for reply in question.replies:
            assert question.reply_to(reply.id, "") is reply
            assert question.reply_to(None, reply.label) is reply
        assert question.reply_to(None, "?") is None


def test_script_is_followed_over_a_dropped_console(toy: ToyProvider, tmp_path: Path) -> None:
    steps: list[Step] = [
        Answer(),
        Say("急病ですか", (Option(id="yes", label="はい"),)),
        Hear(option_id="yes"),
        Drop(),
        Resume(),
        Say("どこですか"),
        Hear(text="^家"),
        Close(CloseOutcome.OTHER_MEANS_ADVISED, note="終わり", relayed_to="札幌"),
    ]

    async def run() -> None:
        async with stage(toy, tmp_path) as here:
            url, tls = here.network.base_url("toy"), here.network.tls
            token = await here.token()
            dispatcher = ScriptedDispatcher(url, tls, token, steps, name="taro")
            async with dispatcher, here.phone() as phone:
                call = await call_from(phone)
                asked = await call.wait_for_line(lambda line: bool(line.options))
                await call.say("待って")
                await call.choose(asked.seq, "yes")
                await call.wait_for_line(lambda line: line.text == "どこですか")
                await call.say("家です")
                closed = await dispatcher.wait_until_handled(call.id)
                assert closed.state is CallState.CLOSED
                assert closed.outcome is CloseOutcome.OTHER_MEANS_ADVISED
                assert dispatcher.violations == []

    asyncio.run(run())


def test_a_script_that_waits_in_vain_fails_by_name(toy: ToyProvider, tmp_path: Path) -> None:
    async def run() -> None:
        async with stage(toy, tmp_path) as here:
            url, tls = here.network.base_url("toy"), here.network.tls
            steps: list[Step] = [Answer(), Hear(text="never", within=0.05)]
            token = await here.token()
            dispatcher = ScriptedDispatcher(url, tls, token, steps)
            async with dispatcher, here.phone() as phone:
                call = await call_from(phone)
                with pytest.raises(Waited, match="a certain line"):
                    await dispatcher.wait_until_handled(call.id)
                assert isinstance(dispatcher.failures[call.id], Waited)

    asyncio.run(run())
