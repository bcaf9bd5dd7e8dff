"""The receiving dispatcher asks the caller back, by a mail that the home department sends."""

from secrets import token_hex

from net119_protocol.api.console_acts import Callback
from net119_protocol.codes import CallState, CloseOutcome
from net119_protocol.interconnect import MessageType
from net119_simulators.errors import Waited
from net119_simulators.lookout import Lookout

from net119_conformance.catalogue import Role, Text
from net119_conformance.drivers.actors import HandsetCall
from net119_conformance.drivers.interface import Verb
from net119_conformance.interop import steps
from net119_conformance.interop.blame import Side, Step
from net119_conformance.interop.members import PROFILE
from net119_conformance.interop.purposes.words import ADVICE, FIRST, MORE
from net119_conformance.interop.world import PairWorld
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.purposes.callback import with_contacts
from net119_conformance.sut.options import Option
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs


@purpose(
    id="PAIR-CALLBACK",
    requirements=("CNB-31",),
    interfaces="AMBC",
    role=Role.BOTH,
    needs=Needs(partner=True, profile=PROFILE),
    title_ja="受けた側の指令員が求めた呼び返しで、通報者が登録地側のメールから同じ通報に戻る",
    title_en="A callback asked for by the receiving dispatcher brings the caller back to the call",
    stimulus_ja="受けた側の指令員が通報を終了した後、呼び返しを求める。通報者がメールのURLを開く。",
    stimulus_en="After the close the receiving dispatcher asks for a callback, and the caller "
    "opens the mailed URL.",
    expected_ja="callback.request に callback.sent が返り、登録地の消防本部のドメインからメールが届"
    "く。開くと受けた側の指令台でまた鳴り、応答するまでは応答と示されず、その後の指令員の文が通報者"
    "に届く。",
    expected_en="callback.request is answered by callback.sent, the mail comes from the home "
    "department's domain; opened, the receiving console rings again, the caller is told of no "
    "answer until there is one, and the console's line is read.",
    why_ja="通報者のアドレスを知るのは登録地側だけで、話の続きを知るのは受けた本部だけである。",
    why_en="Only the anchor knows the address, and only the owner knows what was said.",
    timeout_s=120.0,
)
async def callback(t: Trial, w: PairWorld) -> None:
    """See the texts."""
    for side in Side:
        w.claims_option(side, Option.CALLBACK)
    w.needs_mail()
    w.claimed(Verb.MAILBOX)
    # In a mailbox of its own: the department may have been used before.
    mail = f"caller-{token_hex(4)}@{w.home.department}.phone.example"
    who = await w.register(person=with_contacts(w).model_copy(update={"mail": mail}))
    phone = await w.handset(who)
    call, console = await w.owned_there(phone)
    await w.caller_says(call, console, FIRST)
    with t.waiting("the receiving dispatcher to close the call"):
        await console.close(call.id, CloseOutcome.NO_EMERGENCY, within=w.patience)
    await w.shows(
        "the receiving dispatcher can ask for a callback",
        console.call_back(call.id),
        w.patience + 1,
        expected="a callback",
        side=Side.RECEIVING,
        steps=lambda: steps.callback_asked(w.wire, call.id),
        ja="受ける側の指令員が呼び返しを求められる",
    )

    def sent(one: Callback) -> bool:
        return one.state == "sent"

    await w.shows(
        "the receiving dispatcher is told that the mail was sent",
        console.wait_for_callback(call.id, sent, w.patience),
        w.patience + 1,
        expected="sent",
        side=Side.RECEIVING,
        steps=lambda: steps.callback_asked(w.wire, call.id),
        ja="メールが送られたことが指令員に示される",
    )
    url = await w.mailed_url(who)
    if url is None:
        return
    since = looking(w)
    back = await w.shows(
        "the caller comes back to the call by the mailed URL",
        phone.come_back(url),
        w.patience,
        expected=f"call {call.id}",
        side=Side.ORIGINATING,
        steps=lambda: (),
        ja="通報者がメールのURLから同じ通報に戻る",
    )
    if back is None:
        return
    await w.shows(
        "the receiving console has the call again, ringing",
        console.wait_for_call(
            call.id, w.patience, lambda seen: seen.mine and seen.state is CallState.RINGING
        ),
        w.patience + 1,
        expected="ringing",
        side=Side.RECEIVING,
        steps=lambda: steps.reopened(w.wire, call.id),
        ja="受ける側の指令台でまた鳴る",
    )
    await w.caller_writes(back, MORE)  # in the place where a wrong answer would show
    await _no_answer_yet(w, back, since)
    await w.answered(back, console)
    await w.dispatcher_says(back, console, ADVICE)


async def _no_answer_yet(w: PairWorld, call: HandsetCall, since: Lookout) -> None:
    """Nobody has taken the reopened call: the one who answered it before is no answer (I9)."""
    # After T2 it may go home, and be answered there.
    look_s = min(since.left(), 0.5 * (w.timers.t2_s or 60.0))
    try:
        with w.trial.waiting("an answer that nobody has given"):
            await call.wait_for_view(lambda view: view.state is CallState.ANSWERED, look_s)
    except Waited:
        told = False
    else:
        told = True
    w.holds(
        "the caller is told of no answer before there is one",
        not told,
        expected=f"not answered, looked at for {look_s:.1f} s while it rings",
        seen="answered" if told else "not answered",
        side=Side.ORIGINATING,
        steps=(
            Step(
                Side.RECEIVING,
                len(w.wire.find(Side.RECEIVING, MessageType.CALL_ANSWERED, call.id)) < 2,
                Text(
                    en="sent call.answered again before its dispatcher had answered",
                    ja="指令員が応答する前に、もう一度 call.answered を送りました",
                ),
            ),
        ),
        ja="応答がないうちは、通報者に応答と示されない",
    )
