"""Offers that the SUT must not take: too late, to an empty room, in a wrong mode."""

from net119_protocol.codes import (
    Mode,
    RejectReason,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.errors import Waited
from net119_simulators.peer import OfferedCall, Received

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import Console
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import caller_line, offer_to_sut
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

_OTHER_MODE, _OWN_MODE = "これは別のモードです", "これは同じモードです"


async def rejected_with(
    t: Trial, w: World, call: OfferedCall, reason: RejectReason, ja: str
) -> None:
    """Check that the offer is rejected for this reason, and not accepted."""
    answer: Received | None = await t.observe(
        "the offer is answered",
        call.expect({MessageType.CALL_ACCEPT, MessageType.CALL_REJECT}, within=w.patience),
        w.patience + 1,
        expected="call.reject",
        ja="申し出に答えが返る",
    )
    if answer is None:
        return
    body = answer.envelope.body
    seen = body.reason.value if isinstance(body, bodies.CallReject) else answer.envelope.type.value
    t.check(
        f"the offer is rejected as {reason.value}",
        seen == reason.value,
        expected=reason.value,
        seen=seen,
        ja=ja,
    )
    t.check(
        "the answer names the offer it answers",
        answer.envelope.in_reply_to == call.offer_id,
        expected=call.offer_id,
        seen=answer.envelope.in_reply_to,
        ja="答えが、どの申し出への答えかを示している",
    )


@purpose(
    id="OFFER-EXPIRED",
    requirements=("ASO-18",),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="期限の過ぎた申し出は断る",
    title_en="An offer past its deadline is rejected",
    stimulus_ja="模擬事業者が、期限の過ぎた申し出を送る。続けて期限内の申し出も送り、割り当てる。",
    stimulus_en="The peer sends an offer whose deadline has passed, then one that is in time, "
    "which it assigns.",
    expected_ja="過ぎたものは expired で断られ、後の通報が表示された後も指令台に出ない。"
    "期限内のものは承諾され、表示される。",
    expected_en="The late one is rejected as 'expired' and shows nowhere, not even after the other "
    "one, which is accepted, is shown.",
    why_ja="古い申し出を受けると、すでに別の本部が受けた通報に二つの隊が向かう。",
    why_en="Taking an old offer sends a second crew to a call that somebody else has.",
)
async def expired(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    since = looking(w)
    late = await offer_to_sut(w, other, expires_in_s=-30.0)
    await rejected_with(t, w, late, RejectReason.EXPIRED, "期限の過ぎた申し出が expired で断られる")
    fresh = await offer_to_sut(w, other)
    await t.observe(
        "an offer in time is accepted",
        fresh.expect(MessageType.CALL_ACCEPT, within=w.patience),
        w.patience + 1,
        expected="call.accept",
        ja="期限内の申し出は承諾される",
    )
    await fresh.assign()
    await t.observe(
        "the offer in time, once assigned, is shown at the console",
        console.wait_for_call(fresh.call_id, w.patience, lambda seen: seen.mine),
        w.patience + 1,
        expected=f"call {fresh.call_id}",
        ja="期限内の申し出は、割り当てると指令台に表示される",
    )
    visible = await _shown(console, late, since.left()) or bool(console.lines(late.call_id))
    t.check(
        "the expired call shows at no console",
        not visible,
        expected="not shown",
        seen="shown" if visible else "not shown",
        ja="期限の過ぎた通報が指令台に出ない",
    )


async def _shown(console: Console, call: OfferedCall, within: float) -> bool:
    try:
        await console.wait_for_call(call.call_id, within)
    except Waited:
        return False
    return True


@purpose(
    id="OFFER-NO-CONSOLE",
    requirements=("ASO-18",),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="指令台がつながっていなければ、申し出を断る",
    title_en="Without a connected console an offer is rejected",
    stimulus_ja="指令台が一つもつながっていない指令センターに申し出る。つながった後にもう一度申"
    "し出る。",
    stimulus_en="A call is offered to a center without any console, and again with one connected.",
    expected_ja="はじめは no-console で断られ、つながった後は承諾される。",
    expected_en="First rejected as 'no-console', then accepted.",
    why_ja="誰も見ていない画面に通報を渡してはならない。",
    why_en="A call must not be handed to a screen that nobody watches.",
)
async def no_console(t: Trial, w: World) -> None:
    other = await w.peer()
    unseen = await offer_to_sut(w, other)
    await rejected_with(
        t, w, unseen, RejectReason.NO_CONSOLE, "指令台がなければ no-console で断られる"
    )
    await w.console()
    seen = await offer_to_sut(w, other)
    await t.observe(
        "with a console the offer is accepted",
        seen.expect(MessageType.CALL_ACCEPT, within=w.patience),
        w.patience + 1,
        expected="call.accept",
        ja="指令台がつながれば承諾される",
    )


@purpose(
    id="OFFER-MODE",
    requirements=("CTS-11",),
    derived=("CTS-11",),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True),
    title_ja="受け付けないモードの申し出は断り、途中でモードの違う電文も断る",
    title_en="An offer in a mode not accepted, and a message in another mode, are refused",
    stimulus_ja="live の申し出を送る。次に練習の申し出を割り当て、途中で drill の文を送る。"
    "その後に練習の文を送る。",
    stimulus_en="The peer offers a live call; then assigns a practice call and sends a line marked "
    "'drill', and after it one marked 'practice'.",
    expected_ja="live は mode-not-accepted で断られる。違うモードの文は error で断られ、"
    "指令台に出ず、記録されない。練習の文は表示される。",
    expected_en="'live' is rejected; the line in another mode is refused by 'error', not shown and "
    "not recorded. The practice line is shown.",
    why_ja="練習の通報に本番の文が混ざれば、練習が本番になってしまう。",
    why_en="One live line in a practice call turns the practice into an emergency.",
)
async def mode(t: Trial, w: World) -> None:
    console = await w.console()
    other = await w.peer()
    live = await offer_to_sut(w, other, mode=Mode.LIVE)
    await rejected_with(
        t, w, live, RejectReason.MODE_NOT_ACCEPTED, "live が mode-not-accepted で断られる"
    )
    call = await offer_to_sut(w, other, mode=Mode.PRACTICE)
    with t.waiting("call.accept"):
        await call.expect(MessageType.CALL_ACCEPT, within=w.patience)
    await call.assign()
    shown = await t.observe(
        "the console shows the practice call as practice",
        console.wait_for_call(call.call_id, w.patience, lambda seen: seen.mine),
        w.patience + 1,
        expected=f"call {call.call_id}",
        ja="練習の通報が表示される",
    )
    if shown is not None:
        t.check(
            "its mode is practice",
            shown.mode is Mode.PRACTICE,
            expected=Mode.PRACTICE.value,
            seen=shown.mode.value,
            ja="練習と示される",
        )
    await console.answer(call.call_id)
    wrong = caller_line(other, call, _OTHER_MODE, 1, mode=Mode.DRILL)
    since = looking(w)
    await other.send_envelope(wrong)
    error = await t.observe(
        "the line in another mode is refused",
        other.expect(MessageType.ERROR, call_id=call.call_id, within=w.patience),
        w.patience + 1,
        expected="error mode-mismatch",
        ja="モードの違う文が断られる",
    )
    if error is not None and isinstance(error.envelope.body, bodies.ErrorReport):
        t.check(
            "the error says mode-mismatch",
            error.envelope.body.code.value == "mode-mismatch",
            expected="mode-mismatch",
            seen=error.envelope.body.code.value,
            ja="error が mode-mismatch である",
        )
    # Before the next line, which has the number that this one was refused.
    try:
        seen = await console.wait_for_line(
            call.call_id, lambda line: line.text == _OTHER_MODE, since.left()
        )
    except Waited:
        seen = None
    t.check(
        "the line in another mode is not shown at the console",
        seen is None,
        expected="not shown",
        seen="not shown" if seen is None else seen.text,
        ja="モードの違う文は、指令台に表示されない",
    )
    await t.observe(
        "a line in the call's own mode, sent after it, is received",
        call.say_as_caller(_OWN_MODE, within=w.patience),
        w.patience + 1,
        expected="chat.receipt",
        ja="その後に送った、通報と同じモードの文は受け取られる",
    )
    await t.observe(
        "the line in the call's own mode is shown at the console",
        console.wait_for_line(call.call_id, lambda line: line.text == _OWN_MODE, w.patience),
        w.patience + 1,
        expected=_OWN_MODE,
        ja="通報と同じモードの文は、指令台に表示される",
    )
    texts = [line.text for line in (await console.record(call.call_id)).lines]
    t.check(
        "the line is not in the record",
        _OTHER_MODE not in texts,
        expected="not recorded",
        seen=texts,
        ja="その文は記録されていない",
    )
