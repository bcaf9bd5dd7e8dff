"""A transfer that the owner asks for and the anchor's own word overtakes."""

import functools

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import CallState, TransferFailure
from net119_simulators.errors import CallRefused

from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.purposes.transfer import REASON, names_the_reason
from net119_conformance.purposes.transfer_received import owned_by_sut
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


@purpose(
    id="CROSSED-AT-OWNER",
    requirements=("CNB-39",),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True, once=True),
    title_ja="転送を求めた通報が先に閉じられるか引き取られれば、転送は失敗と知らされ、通報は手元に残らない",
    title_en="If a call is closed or taken back before the transfer that was asked for, the "
    "dispatcher "
    "is told so, and the call is let go",
    stimulus_ja="割り当てられた通報の転送を指令員が求める。登録地側の call.close が行き違う。別の通"
    "報では "
    "call.withdraw が行き違う。",
    stimulus_en="The dispatcher of an assigned call asks for a transfer; the anchor's call.close "
    "crosses; in another call its call.withdraw does.",
    expected_ja="どちらの転送も cancelled と日本語で知らされる。通報は閉じられるか、引き取った本部"
    "が示され、"
    "後からの文は断られる。",
    expected_en="Either transfer is told cancelled, in Japanese; the call is closed, or shown with "
    "who has taken it, and a later line is refused.",
    why_ja="転送できたと思う指令員も、まだ自分の通報だと思う指令員も、通報者を一人にする。",
    why_en="Who believes it transferred, and who believes it still theirs, leave the caller alone.",
    timeout_s=45.0,
)
async def at_owner(t: Trial, w: World) -> None:
    home = w.ground("peer")
    other = await w.peer()
    for what, ja in (("closed first", "終了が先"), ("taken back first", "引き取りが先")):
        console, call = await owned_by_sut(t, w, other)
        asking = w.start(console.transfer(call.call_id, home.department, REASON))
        with t.waiting("transfer.request"):
            await call.transfer_requested(w.patience)
        if what == "closed first":
            await call.close()
        else:
            await call.withdraw()
        ended = await t.observe(
            f"{what}: the request is answered",
            w.ended(asking),
            w.patience,
            expected="failed, cancelled",
            ja=f"{ja}: 求めに答えが返る",
        )
        names_the_reason(t, ended, TransferFailure.CANCELLED, what, ja)
        shown = await t.observe(
            f"{what}: the console shows that the call is over here",
            # Who has lost a call shows it as another's; whether as closed is its own matter.
            console.wait_for_call(
                call.call_id,
                w.patience,
                functools.partial(_over, closed=what == "closed first"),
            ),
            w.patience + 1,
            expected="closed" if what == "closed first" else "not this center's any more",
            ja=f"{ja}: ここでは終わったことが指令台に示される",
        )
        if what != "closed first":
            t.check(
                f"{what}: it shows who has the call",
                shown is not None and not shown.mine and shown.owner.code == home.department,
                expected=home.department,
                seen=shown.owner.code if shown is not None else "nothing",
                ja=f"{ja}: 誰が受けているかが示される",
            )
        try:
            line = await console.say(call.call_id, "まだ聞こえますか", within=w.patience)
            seen = f"taken as line {line.seq}"
        except CallRefused as refusal:
            seen = f"refused: {refusal.problem.message_ja}"
        t.check(
            f"{what}: a later line is refused visibly",
            seen.startswith("refused"),
            expected="refused",
            seen=seen,
            ja=f"{ja}: 後からの文は、目に見えて断られる",
        )
    keeps_the_profile(t, other)


def _over(seen: ConsoleCall, *, closed: bool) -> bool:
    return seen.state is CallState.CLOSED if closed else not seen.mine
