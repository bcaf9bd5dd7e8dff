"""Who may call: registrants only, and not those whose calls are refused."""

from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Kind, PlaceChoice, Refusal
from net119_simulators.errors import CallRefused, UnexpectedAnswer

from net119_conformance.catalogue import Role
from net119_conformance.drivers.actors import HandsetCall
from net119_conformance.new_calls import NewCalls, no_other_came
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import Registered, World


async def nothing_else_rings(t: Trial, new: NewCalls, taken: HandsetCall) -> None:
    """Check that the center, which is the purpose's own, has got this one call: what was refused
    to its caller before must not ring there, not even late."""
    await no_other_came(
        t,
        new,
        [taken.id],
        "no refused call is at the center",
        "断られた通報が指令センターに現れない",
    )


async def _log_in_refused(
    t: Trial, w: World, name: str, credentials: Credentials, person: Registered, ja: str
) -> None:
    try:
        await w.handset(Registered(person.person, credentials, person.department))
    except CallRefused as refusal:
        seen = refusal.code.value
    except UnexpectedAnswer as wrong:
        seen = str(wrong)
    else:
        seen = "logged in"
    t.check(
        name,
        seen == Refusal.NOT_AUTHENTICATED.value,
        expected=Refusal.NOT_AUTHENTICATED.value,
        seen=seen,
        ja=ja,
    )


@purpose(
    id="ADMIT-REGISTERED-ONLY",
    requirements=("TOM-01",),
    interfaces="A",
    role=Role.HOME,
    needs=Needs(),
    title_ja="事前に登録した人だけが通報できる",
    title_en="Only a person registered beforehand can call",
    stimulus_ja="存在しないIDで、また正しいIDと誤ったパスワードでログインを試みる。ログインせずに、"
    "また偽のセッションで通報する。最後に正しい組でログインして通報する。",
    stimulus_en="Log in with an ID that does not exist, then with a right ID and a wrong "
    "password; call without a log-in and with an invented session; at last log in with the right "
    "pair, and call.",
    expected_ja="登録のない組と、ログインしていない通報は断られ、登録した本人の通報は受け付けられる。",
    expected_en="The wrong pairs and the calls without a log-in are refused; the registrant's own "
    "call is taken.",
    why_ja="登録のない人の通報には、名前も住所も連絡先もない。",
    why_en="Behind an unregistered call there is no name, no address and no way back.",
)
async def registered_only(t: Trial, w: World) -> None:
    new = await NewCalls.since_now(w, await w.console())
    who = await w.register()
    real = who.credentials
    await _log_in_refused(
        t,
        w,
        "an unknown ID is refused",
        real.model_copy(update={"login_id": f"{real.login_id}x"}),
        who,
        "存在しないIDが断られる",
    )
    await _log_in_refused(
        t,
        w,
        "a wrong password is refused",
        real.model_copy(update={"password": f"{real.password}x"}),
        who,
        "誤ったパスワードが断られる",
    )
    for token, name, ja in (
        (None, "a call without a log-in is refused", "ログインしていない通報が断られる"),
        (
            "invented-session",
            "a call with an invented session is refused",
            "偽のセッションの通報が断られる",
        ),
    ):
        try:
            taken = await w.call_as_stranger(w.fix_at(w.home), token)
        except CallRefused as refusal:
            answer = refusal.code.value
        except UnexpectedAnswer as wrong:
            answer = str(wrong)
        else:
            answer = f"call {taken} was taken"
        t.check(
            name,
            answer == Refusal.NOT_AUTHENTICATED.value,
            expected=Refusal.NOT_AUTHENTICATED.value,
            seen=answer,
            ja=ja,
        )
    phone = await w.handset(who)
    call = await t.observe(
        "the registrant's call is taken",
        w.call_from(phone, w.home),
        w.patience,
        expected="a call",
        refusals=(CallRefused,),
        ja="登録者本人の通報は受け付けられる",
    )
    if call is not None:
        await nothing_else_rings(t, new, call)


@purpose(
    id="ADMIT-SUSPENDED",
    requirements=("CNB-34", "ASO-20"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(),
    title_ja="通報を止められた登録者の通報は断られ、他の登録者は影響を受けない",
    title_en="A suspended registrant's call is refused, and nobody else's",
    stimulus_ja="消防本部が一人の登録者の通報を止める。その人と別の登録者が通報する。",
    stimulus_en="The department suspends one registrant; that one and another then call.",
    expected_ja="止められた人には理由とほかの手段が示されて断られ、もう一人の通報は届く。",
    expected_en="The suspended one is refused with other means named; the other one's call "
    "arrives.",
    why_ja="いたずらは止められなければならないが、止める相手を間違えてはならない。",
    why_en="Pranks must be stoppable, but the block must never hit anybody else.",
)
async def suspended(t: Trial, w: World) -> None:
    console = await w.console()
    new = await NewCalls.since_now(w, console)
    bad, good = await w.register(), await w.register()
    bad_phone, good_phone = await w.handset(bad), await w.handset(good)
    await w.suspend(bad, "明らかないたずらの通報")
    try:
        call = await bad_phone.call(Kind.OTHER, PlaceChoice.CURRENT, fix=w.fix_at(w.home))
    except CallRefused as refusal:
        seen, means = refusal.code.value, bool(refusal.problem.other_means_ja)
    else:
        seen, means = f"call {call.id} was taken", False
    refusing = (Refusal.REGISTRANT_SUSPENDED.value, Refusal.REGISTRANT_REFUSED.value)
    t.check(
        "the suspended registrant's call is refused",
        seen in refusing,
        expected=" or ".join(refusing),
        seen=seen,
        ja="止められた登録者の通報が断られる",
    )
    t.check(
        "the refusal names other means",
        means,
        expected="other means in Japanese",
        seen="named" if means else "none",
        ja="断りに、ほかの手段が示される",
    )
    honest = await w.call_from(good_phone, w.home)
    await t.observe(
        "another registrant's call arrives",
        console.wait_for_call(honest.id, w.patience),
        w.patience + 1,
        expected=f"call {honest.id}",
        ja="別の登録者の通報は届く",
    )
    await nothing_else_rings(t, new, honest)
