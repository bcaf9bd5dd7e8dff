"""A caller's data at other providers: what is sent, who sees it, and that each look is logged."""

from contextlib import suppress
from uuid import UUID

from net119_protocol.codes import CloseOutcome, Kind, Mode, PlaceChoice
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.person import Contact, Medical, OptionalData, RegistrantData
from net119_protocol.places import CallPlace, Point
from net119_simulators.errors import CallRefused, Waited
from net119_simulators.peer import OfferedCall, SimulatedPeer

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.actors import Console
from net119_conformance.drivers.staff import AuditLog
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

CONTACT, HISTORY = "秘田　伝一", "心筋梗塞（2019年）"
WORDS = (CONTACT, HISTORY)
"""Stand in the optional data and nowhere else."""
OPTIONAL = OptionalData(
    contacts=(Contact(name=CONTACT, relation="兄", phone="0000-55-0001"),),
    medical=Medical(history=HISTORY),
)


async def _offered(w: World, other: SimulatedPeer, person: RegistrantData) -> OfferedCall:
    """A call from the SUT's area that the peer has offered, and the SUT accepted."""
    call = await other.offer(
        department=w.home.department,
        person=person,
        kind=Kind.AMBULANCE,
        mode=Mode.TEST,
        place=CallPlace(
            choice=PlaceChoice.CURRENT,
            point=Point(lat=w.home.lat, lon=w.home.lon),
            radius_m=100.0,
            fix=w.fix_at(w.home),
        ),
        home=w.ground("peer").reference,
    )
    with w.trial.waiting("call.accept"):
        await call.expect(MessageType.CALL_ACCEPT, within=w.patience)
    return call


async def _read(console: Console, call_id: UUID) -> str:
    """The record of a call as a console reads it, or the code of the refusal."""
    try:
        return (await console.record(call_id)).model_dump_json()
    except CallRefused as refused:
        return refused.code.value


async def _shows_nothing(
    t: Trial, console: Console, call: OfferedCall, within: float, name: str, ja: str
) -> None:
    """Check that a console shows nothing of a call within so many seconds, neither in its list
    nor as a record."""
    with suppress(Waited):
        await console.wait_for_call(call.call_id, within)
    listed = [each for each in await console.center_calls() if each.call_id == call.call_id]
    record = await _read(console, call.call_id)
    person = call.offer.registrant
    shown = [word for word in (person.name, person.mail, *WORDS) if word in record]
    t.check(
        name,
        not listed and not shown,
        expected="no such call",
        seen=f"{len(listed)} in the list, in the record: {shown or 'nothing'}",
        ja=ja,
    )


async def _looks(log: AuditLog, call_id: UUID) -> list[str]:
    """Who read the record of a call, as the department's audit log has it."""
    return [
        entry.actor
        for entry in await log.accesses()
        if entry.action == "read" and str(call_id) in f"{entry.purpose} {entry.what}"
    ]


@purpose(
    id="RECEIVED-DATA",
    requirements=("CNB-51", "ASO-04", "CNB-40"),
    derived=("CNB-40", "ASO-04"),
    interfaces="BC",
    role=Role.RECEIVING,
    needs=Needs(peer=True, sibling=True),
    timeout_s=60.0,
    title_ja="よその登録者の情報は、割り当てられた本部だけに、送られたとおり見え、見るたびに記録される",
    title_en="Another provider's registrant is shown to the assigned department only, as sent; "
    "each look is logged",
    stimulus_ja="模擬事業者が、任意情報のある通報を申し出て、割り当てない。同じ通報者の通報をもう一度申し出て"
    "割り当て、その後で初めの通報を取り下げる。指令員が記録を見て、同じセンターの別の指令員も見て、"
    "初めの指令員がもう一度見る。終了後、同じ人の通報を、任意情報なしで申し出て割り当てる。",
    stimulus_en="The peer offers a call with optional data and does not assign it; it offers "
    "another of the same person, assigns that one, and withdraws the first. The dispatcher reads "
    "the record, so does a colleague at the same center, then the first one again. After its close "
    "the peer assigns a third one, without the optional data.",
    expected_ja="割り当てのない通報は、どの指令台にも示されない。割り当てられた本部には、送られた情報が応答とともに"
    "そのまま見え、ほかの指令台には見えない。記録を見たことは、見た人の名とともに、受けた本部の閲覧記録に一度ずつ残る。送られなかった"
    "任意情報は、前の通報から補われない。",
    expected_en="A call that was never assigned shows at no console. The assigned department sees "
    "what was sent once it answers, other centers nothing. Each look at the record stands "
    "in that department's audit log with the reader. What was not sent is not taken "
    "from an earlier call.",
    why_ja="承諾は、通報に応じる本部に渡すことまでを認めている。任意情報を送るかは、登録地の本部が承諾に従って決める。",
    why_en="The consent covers the department that takes the call; whether optional data go along "
    "is for the home department to decide, as the consent says.",
)
async def received(t: Trial, w: World) -> None:
    console = await w.console()
    beside = await w.console(w.ground("sibling"))
    log = await w.audit_log(w.home)
    other = await w.peer()
    person = w.person(w.ground("peer")).model_copy(update={"optional": OPTIONAL})
    never = await _offered(w, other, person)
    unassigned = looking(w)
    call = await _offered(w, other, person)
    elsewhere = looking(w)
    await call.assign()
    shown = await t.observe(
        "the assigned call is shown",
        console.wait_for_call(call.call_id, w.patience, lambda seen: seen.mine),
        w.patience + 1,
        expected=f"call {call.call_id}",
        ja="割り当てられた通報が示される",
    )
    await _shows_nothing(
        t,
        console,
        never,
        unassigned.left(),
        "accepted and not assigned: the console shows nothing of the call",
        "承諾しただけ: 指令台に通報が示されない",
    )
    withdrawn = looking(w)
    await never.withdraw()
    if shown is None:
        return
    early = shown.model_dump_json() + await _read(console, call.call_id)
    t.check(
        "while the call rings the optional data are with no console",
        not any(word in early for word in WORDS),
        expected="none of them before the answer",
        seen=[word for word in WORDS if word in early],
        level=CheckLevel.DERIVED,
        ja="呼び出し中は、任意情報がどの指令台にも渡っていない",
    )
    shown = await console.answer(call.call_id)
    t.check(
        "the assigned department sees what the home department sent",
        shown.registrant == person,
        expected=person,
        seen=shown.registrant,
        ja="割り当てられた本部に、登録地が送った情報がそのまま見える",
    )
    await _shows_nothing(
        t,
        beside,
        call,
        elsewhere.left(),
        "another center of the same provider sees nothing of the call",
        "同じ事業者の別の指令台には、通報が示されない",
    )
    before = await _looks(log, call.call_id)
    # Two people, and one of them twice.
    for desk in (console, await w.console(), console):
        await desk.record(call.call_id)
    looks = (await _looks(log, call.call_id))[: -len(before) or None]
    t.check(
        "each look at the record is in the department's audit log, with the reader",
        len(looks) == 3
        and all(each.strip() for each in looks)
        and looks[0] == looks[2] != looks[1],
        expected="three entries: one name, another, and the first again",
        seen=looks,
        ja="記録を見るたびに、見た人の名が本部の閲覧記録に残る",
    )
    await console.close(call.call_id, CloseOutcome.PRACTICE_DONE)
    bare = person.model_copy(update={"optional": None})
    later = await _offered(w, other, bare)
    await later.assign()
    again = await t.observe(
        "the later call is shown",
        console.wait_for_call(later.call_id, w.patience, lambda seen: seen.mine),
        w.patience + 1,
        expected=f"call {later.call_id}",
        ja="後の通報が示される",
    )
    # Messages of one peer are taken in their order: the withdrawal, too, has been taken now.
    await _shows_nothing(
        t,
        console,
        never,
        withdrawn.left(),
        "withdrawn before the assignment: the console shows nothing of the call",
        "割り当ての前に取下げ: 指令台に通報が示されない",
    )
    again = again and await console.answer(later.call_id)
    record = await _read(console, later.call_id)
    t.check(
        "optional data that were not sent are not taken from an earlier call",
        again is not None
        and again.registrant == bare
        and not any(each in record for each in WORDS),
        expected=bare,
        seen=again.registrant if again is not None else "nothing",
        ja="送られなかった任意情報が、前の通報から補われない",
    )
    keeps_the_profile(t, other)


def _told(other: SimulatedPeer) -> list[str]:
    """Types of the messages to the peer that hold optional data; one that came again counts once.

    An offer that is not answered within T1 is repeated under its own message ID.
    """
    told = {
        each.message_id: each.type.value
        for each in other.received
        if any(word in each.body.model_dump_json() for word in WORDS)
    }
    return list(told.values())


@purpose(
    id="OFFERED-DATA",
    requirements=("ASO-04", "CNB-39", "CNB-40"),
    derived=("CNB-40",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True, profile="aso"),
    timeout_s=60.0,
    title_ja="任意情報は通報とともに、それを受ける事業者だけに渡り、渡したことが閲覧記録に残る",
    title_en="Optional data go to another provider with a call offered to it, and that is logged",
    stimulus_ja="相手の事業者がつながっている間に、任意情報のある登録者が、まず登録地で、次に相手の管内で通報する。",
    stimulus_en="While the peer is connected, a registrant with optional data calls in the home "
    "area, then in the peer's area.",
    expected_ja="登録地の通報では、相手に任意情報が渡らない。相手の管内の通報では、申し出だけに任意情報がそのままあり、"
    "どの事業者に渡したかが、登録地の閲覧記録に残る。",
    expected_en="Of the call at home the peer gets no optional data. Of the call in its area it "
    "gets them, as they are, in the offer alone, and the home department's audit log says to which "
    "provider they went.",
    why_ja="通報で送られるまで開かない情報が、通報を受けない事業者に渡ってはならない。",
    why_en="What stays closed until a call sends it must not reach a provider without the call.",
)
async def offered(t: Trial, w: World) -> None:
    there = w.ground("peer")
    console, staff = await w.console(), await w.staff()
    other = await w.peer()
    person = w.person().model_copy(update={"optional": OPTIONAL})
    who = await w.register(person=person)
    phone = await w.handset(who)
    call = await w.call_from(phone, w.home)
    with t.waiting("the call at the home console"):
        await console.wait_for_call(call.id, w.patience, lambda seen: seen.mine)
    await console.answer(call.id)
    await console.close(call.id, CloseOutcome.PRACTICE_DONE)
    away = await w.call_from(phone, there)
    offer = await t.observe(
        "the call in the peer's area is offered to it",
        other.expect(MessageType.CALL_OFFER, call_id=away.id, within=w.patience),
        w.patience + 1,
        expected="call.offer",
        ja="相手の管内の通報が申し出られる",
    )
    if offer is None:
        return
    body = offer.body_as(bodies.CallOffer)
    t.check(
        "the offer has the optional data as they were registered",
        body.registrant.optional == OPTIONAL,
        expected=OPTIONAL,
        seen=body.registrant.optional,
        offending=str(offer.message_id),
        ja="申し出に、任意情報が登録のとおりにある",
    )
    with t.waiting("call.assign"):
        taken = await other.take(offer, center=there.center, within=w.patience)
    await taken.ring()
    await taken.answer("相手の指令員")
    await taken.close(CloseOutcome.DISPATCHED, within=w.patience)
    t.check(
        "nothing but that offer has told the peer of optional data",
        _told(other) == [MessageType.CALL_OFFER.value],
        expected=[MessageType.CALL_OFFER.value],
        seen=_told(other),
        ja="その申し出のほかに、相手に任意情報が渡っていない",
    )
    entries = await staff.accesses(who.credentials.registrant_id)
    given = [each for each in entries if each.action == "disclosed" and other.operator in each.what]
    t.check(
        "the audit log says that the data went to that provider",
        len(given) == 1,
        expected=f"one entry that names {other.operator}",
        seen=[(each.action, each.what) for each in entries],
        ja="情報がその事業者に渡ったことが、閲覧記録に残る",
    )
    keeps_the_profile(t, other)
