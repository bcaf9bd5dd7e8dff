"""Dispatchers of one center: one has a call, the others see who, and it ends with an outcome."""

import asyncio
from collections.abc import Callable
from uuid import UUID

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import CallState, CloseOutcome
from net119_simulators.errors import CallRefused

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console, HandsetCall
from net119_conformance.polling import until
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

NOTE = "練習を確認した"
NOBODY = "nobody"


async def _tries(
    console: Console, call_id: UUID, *, over_http: bool = False
) -> ConsoleCall | CallRefused:
    try:
        return await console.answer(call_id, over_http=over_http)
    except CallRefused as refused:
        return refused


async def _holders(
    w: World, desks: tuple[Console, ...], call_id: UUID, right: Callable[[set[str]], bool]
) -> list[str]:
    """Who has the call, as each desk's feed told last and as its record says, by name.

    A feed may be a moment behind: the names are those of when they are ``right``, or the last ones.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + w.patience

    async def look() -> list[str]:
        found = []
        for desk in desks:
            shown = await desk.wait_for_call(call_id, w.patience)
            record = await desk.record(call_id)
            found += [shown.answered_by or NOBODY, record.call.answered_by or NOBODY]
        return found

    return await until(w, look, lambda names: right(set(names)) or clock() >= end)


def _one(names: set[str]) -> bool:
    return len(names) == 1 and NOBODY not in names


@purpose(
    id="DESK-ONE-OWNER",
    requirements=("CNB-29", "CTS-09"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(),
    timeout_s=60.0,
    title_ja="同じセンターで同時に応答しても受け持つのは一人で、全員にだれかが見える。引き継いでも一人である",
    title_en="Of dispatchers who answer at once one has the call, all see who, also when it is "
    "handed over",
    stimulus_ja="同じセンターの三つの指令台で通報が鳴り、二人が同時に応答する。次の通報でも同じにする。"
    "そのあと三人目がそれを引き継いで、通報者に書く。",
    stimulus_en="A call rings at three consoles of one center, and two dispatchers answer at once; "
    "so it is with a second one. Then the third takes that over and writes to the caller.",
    expected_ja="応答の前は、だれのものでもない。応答できるのは一人で、もう一人は断られる。どの指令台にも同じ一人の名が出る。"
    "引継ぎのあとは、前の人の指令台にも、引き継いだ人の名が出る。通報者とのチャットは続く。",
    expected_en="Before the answer nobody has it. One gets it, the other is refused, and every "
    "console names the same one. After the hand-over every console, the former owner's too, names "
    "the new one, and the chat with the caller goes on.",
    why_ja="二人とも自分の通報だと思うと指示が食い違い、二人とも相手の通報だと思うと、だれも答えない。",
    why_en="Two who both believe to have a call contradict each other; two who both believe the "
    "other has it leave the caller alone.",
)
async def one_owner(t: Trial, w: World) -> None:
    desks = (await w.console(), await w.console(), await w.console())
    # Over the feed the slower one may read who has it before its own answer has even left; a
    # request is told what came of itself, and nothing else.
    await _answered_at_once(t, w, desks, over_http=True)
    call, before, winner = await _answered_at_once(t, w, desks, over_http=False)
    await _written_by_a_colleague(t, w, (desks[1 - winner], desks[winner]), call)
    new = await t.observe(
        "a colleague can take the call over",
        desks[2].take_over(call.id),
        w.patience,
        expected="the call, taken over",
        ja="同僚が通報を引き継げる",
    )
    if new is None:
        return
    for desk in desks[:2]:
        await t.observe(
            "who had the call, and every colleague, is told who has it now",
            desk.wait_for_call(
                call.id, w.patience, lambda view: view.answered_by not in (None, before)
            ),
            w.patience + 1,
            expected=f"not {before} any more",
            ja="前の担当者にもほかの同僚にも、いまの担当者が知らされる",
        )
    names = await _holders(w, desks, call.id, lambda names: names == {new.answered_by})
    t.check(
        "after the hand-over every console names the new one",
        set(names) == {new.answered_by} and new.answered_by != before,
        expected=f"{new.answered_by}, not {before}",
        seen=names,
        ja="引継ぎのあと、どの指令台にも新しい担当者の名が出る",
    )
    await _written_by_a_colleague(t, w, (desks[winner], desks[2]), call, handed_over=True)
    await _chats(t, w, desks[2], call)


async def _answered_at_once(
    t: Trial, w: World, desks: tuple[Console, Console, Console], *, over_http: bool
) -> tuple[HandsetCall, str, int]:
    """A call that the first two desks answer at once: who has it, and at which desk."""
    call = await w.call_from(await w.handset(), w.home)
    with t.waiting("the call at every console"):
        early = [await desk.wait_for_call(call.id, w.patience) for desk in desks]
    states = {(view.state, view.answered_by, view.answered_at) for view in early}
    t.check(
        "before the answer nobody has the call",
        states == {(CallState.RINGING, None, None)},
        expected="ringing, answered by nobody",
        seen=[(view.state.value, view.answered_by) for view in early],
        ja="応答の前は、だれも通報を受け持っていない",
    )
    # With both connections there already, both requests leave at once.
    await asyncio.gather(*(desk.record(call.id) for desk in desks[:2]))
    tried = await asyncio.gather(
        *(_tries(desk, call.id, over_http=over_http) for desk in desks[:2])
    )
    # Whoever was slower may have read who has it before the refusal came: it is asked for again,
    # where the answer is that of the request, and no feed can overtake it.
    again = [await _tries(desk, call.id, over_http=True) for desk in desks[:2]]
    got = [n for n, each in enumerate(tried) if not isinstance(each, CallRefused)]
    taken = {each.answered_by for each in tried if not isinstance(each, CallRefused)}
    # Whoever has the call may be told so once more; nobody says that this is to be refused.
    told = [n for n, each in enumerate(again) if not isinstance(each, CallRefused)]
    same = {each.answered_by for each in again if not isinstance(each, CallRefused)} <= taken
    t.check(
        "one of two who answer at once gets the call, the other is refused",
        len(taken) == 1 and len(told) <= 1 and set(told) <= set(got) and same,
        expected="one name, and a call that is taken is refused to whoever does not have it",
        seen=[
            each if isinstance(each, CallRefused) else each.answered_by for each in (*tried, *again)
        ],
        ja="同時に応答した二人のうち一人だけが応答でき、もう一人は断られる",
    )
    names = await _holders(w, desks, call.id, _one)
    t.check(
        "every console names the same dispatcher",
        _one(set(names)),
        expected="one name",
        seen=names,
        ja="どの指令台にも、同じ一人の名が出る",
    )
    t.check(
        "it is the one who was told to have the call",
        set(names) <= taken,
        expected=sorted(each or NOBODY for each in taken),
        seen=names,
        ja="その一人は、応答できたと知らされた人である",
    )
    return call, names[0], next(iter((*told, *got)), 0)


async def _written_by_a_colleague(
    t: Trial,
    w: World,
    desks: tuple[Console, Console],
    call: HandsetCall,
    *,
    handed_over: bool = False,
) -> None:
    """The first of the two ``desks`` writes in the call that the second has."""
    colleague, owner = desks
    text, own = ("前の担当の文", "いまの担当の文") if handed_over else ("同僚の文", "担当の文")
    try:
        await colleague.say(call.id, text, within=w.patience)
        answer = "taken"
    except CallRefused as refused:
        answer = refused.code.value
    # The owner's line comes after it on the same way: by then a line that was taken is there.
    await owner.say(call.id, own, within=w.patience)
    with t.waiting("the line of who has the call"):
        await call.wait_for_line(lambda line: line.text == own, w.patience)
    kept = [line.text for line in (await owner.record(call.id)).lines]
    shown = [line.text for line in call.lines]
    t.check(
        "who gave the call away writes in it no more"
        if handed_over
        else "a colleague who does not have the call cannot write in it",
        answer != "taken" and own in kept and text not in (*kept, *shown),
        expected="refused; in the record and at the handset only the lines of who has the call",
        seen=f"{answer}; record {kept}, handset {shown}",
        ja="引き継いだあと、前の担当者は書けない"
        if handed_over
        else "受け持っていない同僚は、通報に書けない",
    )


async def _chats(t: Trial, w: World, desk: Console, call: HandsetCall) -> None:
    text = "担当を代わりました"
    await t.observe(
        "the new dispatcher's line is acknowledged",
        desk.say(call.id, text),
        w.patience,
        expected="an acknowledgement",
        ja="新しい担当者の文が受け取られる",
    )
    await t.observe(
        "after the hand-over the caller reads the new dispatcher",
        call.wait_for_line(lambda line: line.text == text, w.patience),
        w.patience + 1,
        expected=text,
        ja="引継ぎのあと、通報者に新しい担当者の文が届く",
    )


@purpose(
    id="DESK-OUTCOME",
    requirements=(),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(),
    title_ja="通報は、結果を示さずには終えられず、結果とメモが記録に残る",
    title_en="A call is not closed without an outcome; outcome and note are in its record",
    stimulus_ja="指令員が、結果を示さずに通報を終えようとする。次に、結果とメモを示して終える。",
    stimulus_en="The dispatcher tries to close a call and says nothing of what came of it, then "
    "closes it with an outcome and a note.",
    expected_ja="はじめは断られ、通報は続く。次は終わり、同僚の指令台と通報者にも同じ結果が示され、記録に残る。",
    expected_en="The first is refused and the call goes on. The second closes it; a colleague's "
    "console and the caller are told the same outcome, and the record keeps it.",
    why_ja="結果のない記録からは、だれも向かわなかったことに気付けない。",
    why_en="From a record without an outcome nobody learns that nobody went.",
)
async def outcome(t: Trial, w: World) -> None:
    console, beside = await w.console(), await w.console()
    call = await w.call_from(await w.handset(), w.home)
    with t.waiting("the call at the console"):
        await console.wait_for_call(call.id, w.patience)
    await console.answer(call.id)
    try:
        await console.close_without_outcome(call.id)
        answer = "closed"
    except CallRefused as refused:
        answer = refused.code.value
    state = (await console.record(call.id)).call.state
    t.check(
        "a call is not closed without an outcome",
        answer != "closed" and state is CallState.ANSWERED,
        expected="refused, and the call goes on",
        seen=f"{answer}, {state.value}",
        ja="結果を示さずには終えられない",
    )
    if state is CallState.CLOSED:
        return
    wanted = CloseOutcome.OTHER_MEANS_ADVISED
    await console.close(call.id, wanted, note=NOTE, within=w.patience)
    with t.waiting("the closed call"):
        there = await beside.wait_for_call(
            call.id, w.patience, lambda view: view.state is CallState.CLOSED
        )
        caller = await call.wait_for_view(lambda view: view.state is CallState.CLOSED, w.patience)
    record = await console.record(call.id)
    seen = (record.call.outcome, there.outcome, caller.outcome)
    t.check(
        "the note is in the record",
        record.call.close_note == NOTE,
        expected=NOTE,
        seen=record.call.close_note,
        ja="記録にメモがある",
    )
    t.check(
        "record, colleague and caller have the same outcome",
        seen == (wanted, wanted, wanted),
        expected=wanted.value,
        seen=seen,
        ja="記録と同僚と通報者に、同じ結果がある",
    )
