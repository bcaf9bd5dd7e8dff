"""What the position decides: abroad, none, switched off, on a border."""

import asyncio
from uuid import UUID

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import CallState, Kind, PlaceChoice, Positioning, Refusal
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.places import Fix
from net119_simulators.errors import CallRefused, UnexpectedAnswer
from net119_simulators.peer import SimulatedPeer
from net119_simulators.peer.messages import Received

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.actors import Console, Handset
from net119_conformance.looking import looking
from net119_conformance.new_calls import NewCalls
from net119_conformance.purpose import purpose
from net119_conformance.purposes.admission import nothing_else_rings
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

SEOUL = Fix(lat=37.5665, lon=126.978, accuracy_m=20.0)
STRADDLING_M = 400.0
"""A 68 % radius whose 95 % circle, 640 m, lies on both sides of a border through its middle."""
ONE_ONLY = "the other department does not get the call as well"
ONE_ONLY_JA = "もう一方の消防本部には、同じ通報が届かない"


async def refused_call(
    t: Trial,
    phone: Handset,
    *,
    code: Refusal,
    fix: Fix | None,
    positioning: Positioning = Positioning.ON,
    about: tuple[str, ...],
    ja: str,
) -> None:
    """Call, and check that it is refused with the code and tells the caller what else to do;
    one of the words in ``about`` must stand in what it tells."""
    told = ""
    try:
        call = await phone.call(
            Kind.AMBULANCE, PlaceChoice.CURRENT, fix=fix, positioning=positioning
        )
    except CallRefused as refusal:
        problem = refusal.problem
        seen = problem.code.value
        told = f"{problem.message_ja} {problem.other_means_ja}".strip()
    except UnexpectedAnswer as wrong:
        seen = str(wrong)
    else:
        seen = f"call {call.id} was taken"
    t.check(
        f"the call is refused as {code.value}",
        seen == code.value,
        expected=code.value,
        seen=seen,
        ja=ja,
    )
    t.check(
        "the refusal tells the caller in Japanese what to do",
        any(word in told for word in about),
        expected=f"a Japanese text with {' or '.join(about)}",
        seen=told or "none",
        level=CheckLevel.DERIVED,
        ja="断りに、どうすればよいかが日本語で書かれている",
    )


@purpose(
    id="POSITION-ABROAD",
    requirements=("CNB-35", "ASO-21"),
    derived=("CNB-35",),
    interfaces="A",
    role=Role.HOME,
    needs=Needs(),
    title_ja="国外の位置からの通報は受け付けず、案内する",
    title_en="A call from abroad is not taken, and guided",
    stimulus_ja="登録者が、国外（ソウル）の測位で通報する。続けて管内からも通報する。",
    stimulus_en="A registrant calls with a fix in Seoul, and then from the home area.",
    expected_ja="国外からの通報は理由と案内つきで断られ、管内からの通報は受け付けられる。",
    expected_en="The call from abroad is refused with the reason and guidance; the one from "
    "the home area is taken.",
    why_ja="日本国内でしか使えない。断られた人が、通報できたと思い込んではならない。",
    why_en="The service works inside Japan only; nobody may believe that such a call was received.",
)
async def abroad(t: Trial, w: World) -> None:
    new = await NewCalls.since_now(w, await w.console())
    phone = await w.handset()
    await refused_call(
        t,
        phone,
        code=Refusal.OUTSIDE_JAPAN,
        fix=SEOUL,
        about=("国外", "海外", "国内", "その国"),
        ja="国外からの通報が断られる",
    )
    await _taken_from_home(t, w, phone, new)


async def _taken_from_home(t: Trial, w: World, phone: Handset, new: NewCalls) -> None:
    """The same handset is served from home: it was the position that was refused."""
    call = await t.observe(
        "the same handset's call from the home area is taken",
        w.call_from(phone, w.home),
        w.patience,
        expected="a call",
        refusals=(CallRefused,),
        ja="同じ端末の、管内からの通報は受け付けられる",
    )
    if call is not None:
        receiver = call.view.receiver.code if call.view.receiver else "none"
        t.check(
            "it goes to the home department",
            receiver == w.home.department,
            expected=w.home.department,
            seen=receiver,
            ja="登録地消防本部に届く",
        )
        await nothing_else_rings(t, new, call)


@purpose(
    id="POSITION-OFF",
    requirements=("ASO-10", "CNB-13"),
    derived=("ASO-10",),
    interfaces="A",
    role=Role.HOME,
    needs=Needs(),
    title_ja="測位機能が無効、または許可されていない端末からは通報できない",
    title_en="With positioning switched off or denied, no call can be made",
    stimulus_ja="登録者が、測位を切った端末と、測位を許可しない端末で通報する。",
    stimulus_en="A registrant calls with positioning off, then with positioning denied.",
    expected_ja="どちらも理由つきで断られ、どうすればよいかが示される。測位を入れれば通報できる。",
    expected_en="Both are refused with the reason and what to do; with positioning on the call "
    "works.",
    why_ja="測位なしでは出動先が分からない。直し方が示されなければ通報者は行き詰まる。",
    why_en="Without positioning nobody knows where to go, and the caller must learn how to "
    "turn it on.",
)
async def positioning_off(t: Trial, w: World) -> None:
    new = await NewCalls.since_now(w, await w.console())
    phone = await w.handset()
    for positioning, ja in (
        (Positioning.OFF, "測位が無効な端末の通報が断られる"),
        (Positioning.DENIED, "測位を許可しない端末の通報が断られる"),
    ):
        await refused_call(
            t,
            phone,
            code=Refusal.POSITIONING_OFF,
            fix=None,
            positioning=positioning,
            about=("位置情報", "測位", "GPS"),
            ja=ja,
        )
    await _taken_from_home(t, w, phone, new)


@purpose(
    id="POSITION-NONE",
    requirements=("ASO-18", "ASO-17"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(),
    title_ja="測位が得られない通報は、位置なしと示して登録地消防本部が受ける",
    title_en="A call without a fix goes home, marked as having no position",
    stimulus_ja="登録者が、測位は有効だが位置が得られないまま「現在地」で通報する。",
    stimulus_en="A registrant calls from 'current position' with positioning on but no fix.",
    expected_ja="登録地消防本部の指令台に、位置なしと分かる形で表示される。",
    expected_en="The home department's console shows the call, marked as having no position.",
    why_ja="位置がないからといって通報を失ってはならず、あるかのように見せてもならない。",
    why_en="A call must neither be lost for lack of a position nor shown as if it had one.",
)
async def no_position(t: Trial, w: World) -> None:
    console = await w.console()
    phone = await w.handset()
    call = await phone.call(Kind.FIRE, PlaceChoice.CURRENT, fix=None)
    shown = await t.observe(
        "the home department's console shows the call",
        console.wait_for_call(call.id, w.patience),
        w.patience + 1,
        expected=f"call {call.id} at {w.home.center}",
        ja="登録地消防本部の指令台に表示される",
    )
    if shown is None:
        return
    t.check(
        "the home department owns it",
        shown.mine,
        expected=w.home.department,
        seen=shown.owner.code,
        ja="登録地消防本部の通報である",
    )
    t.check(
        "no position is shown",
        shown.place.point is None and shown.place.fix is None,
        expected="no point, no fix",
        seen=shown.place.model_dump_json(exclude_none=True),
        ja="位置が表示されていない",
    )
    t.check(
        "the dispatcher is told that there is no position",
        any("位置" in notice.text_ja for notice in shown.notices),
        expected="a notice about the position",
        seen=[f"{notice.code.value}: {notice.text_ja}" for notice in shown.notices],
        level=CheckLevel.DERIVED,
        ja="位置がないことが指令員に知らされる",
    )


@purpose(
    id="POSITION-BORDER",
    requirements=("CTS-01",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="境界をまたぐ測位の通報は、曖昧と示され、もう一方の消防本部も示される",
    title_en="A position over a border is flagged ambiguous, with the other department named",
    stimulus_ja="登録者が、登録地と模擬事業者の管内の境界上で、誤差円が両側にかかる測位で通報す"
    "る。",
    stimulus_en="A registrant calls from the border of the home and the peer's area with a "
    "circle of uncertainty on both sides.",
    expected_ja="どちらか一方の消防本部だけに届き、曖昧であることと、もう一方の消防本部が示される。",
    expected_en="One of the two, and only one, gets the call; it is flagged as ambiguous and names "
    "the other.",
    why_ja="境界では測位の誤差が管轄を変える。黙って一方に決めると、誤った消防本部が出動する。",
    why_en="At a border the error of a fix changes who is responsible; deciding silently sends the "
    "wrong department.",
)
async def border(t: Trial, w: World) -> None:
    there = w.ground("peer")
    point = t.require("the two departments have a common border", w.estate.border)
    console = await w.console()
    other = await w.peer()
    phone = await w.handset()
    fix = Fix(lat=point.lat, lon=point.lon, accuracy_m=STRADDLING_M)
    since = looking(w)
    call = await w.call_from(phone, w.home, fix=fix)
    decided = await t.observe(
        "the call is offered to the one or rings at the other",
        _decided(w, console, other, call.id),
        w.patience + 1,
        expected=f"call.offer to {there.operator}, or ringing at {w.home.center}",
        ja="一方に申し出られるか、もう一方の指令台で鳴る",
    )
    if decided is None:
        return
    receiver, note, offer = decided
    ambiguous, alternatives = note.ambiguous, [each.code for each in note.alternatives]
    counterpart = w.home.department if receiver == there.department else there.department
    t.check(
        "one of the two departments gets the call",
        receiver in (w.home.department, there.department),
        expected=f"{w.home.department} or {there.department}",
        seen=receiver,
        ja="どちらか一方の消防本部に届く",
    )
    t.check(
        "the call is flagged as ambiguous",
        ambiguous,
        expected="ambiguous",
        seen="ambiguous" if ambiguous else "not flagged",
        level=CheckLevel.DERIVED,
        ja="曖昧であることが示される",
    )
    t.check(
        "the other department is named as the alternative",
        counterpart in alternatives,
        expected=counterpart,
        seen=alternatives,
        level=CheckLevel.DERIVED,
        ja="もう一方の消防本部が示される",
    )
    if offer is None:
        await t.observe_nothing(
            ONE_ONLY,
            other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience + 1),
            since.left(),
            expected=f"no call.offer to {there.operator}",
            ja=ONE_ONLY_JA,
        )
        return
    taken = await t.observe(
        "the peer's acceptance of the offer is answered by call.assign",
        other.take(offer, center=there.center),
        w.patience,
        expected="call.assign",
        ja="模擬事業者の承諾に call.assign が返る",
    )
    if taken is not None:
        await taken.ring()
        await t.observe_nothing(
            ONE_ONLY,
            console.wait_for_call(call.id, w.patience + 1, _rings_here),
            since.left(),
            expected=f"not ringing at {w.home.center}",
            ja=ONE_ONLY_JA,
        )


def _rings_here(seen: ConsoleCall) -> bool:
    return seen.mine and seen.state is CallState.RINGING


async def _decided(
    w: World, console: Console, other: SimulatedPeer, call_id: UUID
) -> tuple[str, bodies.RoutingNote, Received | None]:
    """Which department the SUT chose, what it says of that, and the offer, if it is one.

    The first sign decides; whether the other one comes as well is looked at later.
    """
    offer = w.start(other.expect(MessageType.CALL_OFFER, call_id=call_id, within=w.patience))
    home = w.start(console.wait_for_call(call_id, w.patience, _rings_here))
    await asyncio.wait((offer, home), return_when=asyncio.FIRST_COMPLETED)
    if offer.done():
        home.cancel()
        received = await offer
        body = received.body_as(bodies.CallOffer)
        return body.department, body.routing, received
    offer.cancel()
    shown = await home
    return shown.owner.code, shown.routing, None
