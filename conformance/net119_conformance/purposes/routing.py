"""Where a call goes: own area, another department, another provider."""

import asyncio

from net119_protocol.codes import CallState, Kind
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.errors import Waited

from net119_conformance.catalogue import Role
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.purposes.offers import keeps_the_profile
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World

SAID, ASKED = "道の駅の駐車場です。子どもが熱で、ふるえています", "けがですか、病気ですか"
SEEN, WHERE = "隣の家の二階から煙が出ています", "中に人はいますか"


@purpose(
    id="ROUTE-OWN",
    requirements=("CTS-01", "CTS-07", "CNB-29"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(),
    title_ja="自本部の管内からの通報が、自本部の指令台に届く",
    title_en="A call from the home department's own area reaches its console",
    stimulus_ja="登録者が、登録地消防本部の管内から、よいGPS測位で火事の通報をする。指令員が応"
    "答し、双方が一言ずつ書く。",
    stimulus_en="A registrant reports a fire from inside the home department's area with a "
    "good GPS fix; the dispatcher answers and each side writes a line.",
    expected_ja="指令台に通報が、種別と送られた測位のまま表示され、応答の後に文字のやりとりがで"
    "きる。",
    expected_en="The console shows the call with its kind and the fix as sent; after the "
    "answer the two can chat.",
    why_ja="ほとんどの通報はこの形で、これが通らなければ他のすべてに意味がない。",
    why_en="Most calls are like this; if it fails, nothing else matters.",
)
async def own_area(t: Trial, w: World) -> None:
    console = await w.console()
    phone = await w.handset()
    fix = w.fix_at(w.home)
    # Not the kind that most calls are of, which a system may show whatever it was told.
    call = await w.call_from(phone, w.home, kind=Kind.FIRE, fix=fix)
    shown = await t.observe(
        "the call is shown at the home department's console",
        console.wait_for_call(call.id, w.patience),
        w.patience + 1,
        expected=f"call {call.id} at {w.home.center}",
        ja="通報が登録地消防本部の指令台に表示される",
    )
    if shown is None:
        return
    t.check(
        "the console owns the call",
        shown.mine and shown.owner.code == w.home.department,
        expected=w.home.department,
        seen=f"{shown.owner.code}, mine={shown.mine}",
        ja="その指令台の通報である",
    )
    t.check(
        "the console shows the kind of the call",
        shown.kind is Kind.FIRE,
        expected=Kind.FIRE.value,
        seen=shown.kind.value,
        ja="指令台に、通報の種別が示される",
    )
    seen = shown.place.fix
    t.check(
        "the fix is shown as the handset sent it",
        seen is not None
        and (seen.lat, seen.lon, seen.accuracy_m) == (fix.lat, fix.lon, fix.accuracy_m),
        expected=f"{fix.lat}, {fix.lon}, {fix.accuracy_m} m",
        seen="no fix" if seen is None else f"{seen.lat}, {seen.lon}, {seen.accuracy_m} m",
        ja="測位が、端末の送ったとおりに表示される",
    )
    await t.observe(
        "a dispatcher can take the call",
        console.answer(call.id),
        w.patience,
        expected="the call, answered",
        ja="指令員が応答できる",
    )
    await t.observe(
        "the caller sees that a dispatcher has answered",
        call.wait_for_view(lambda view: view.state is CallState.ANSWERED, w.patience),
        w.patience + 1,
        expected="state answered",
        ja="通報者に、応答されたことが見える",
    )
    said = await t.observe(
        "the caller's line is acknowledged",
        call.say(SEEN),
        w.patience,
        expected="an acknowledgement",
        ja="通報者の文が確認される",
    )
    if said is None:
        return
    await t.observe(
        "the dispatcher reads the caller's line",
        console.wait_for_line(
            call.id, lambda line: (line.seq, line.text) == (said.seq, SEEN), w.patience
        ),
        w.patience + 1,
        expected=f"line {said.seq}: {SEEN}",
        ja="通報者の文が指令台に届く",
    )
    asked = await t.observe(
        "the dispatcher's line is acknowledged",
        console.say(call.id, WHERE),
        w.patience,
        expected="an acknowledgement",
        ja="指令員の文が確認される",
    )
    if asked is None:
        return
    await t.observe(
        "the caller reads the dispatcher's line",
        call.wait_for_line(lambda line: (line.seq, line.text) == (asked.seq, WHERE), w.patience),
        w.patience + 1,
        expected=f"line {asked.seq}: {WHERE}",
        ja="指令員の文が通報者に届く",
    )


@purpose(
    id="ROUTE-SIBLING",
    requirements=("TOM-03", "CTS-01"),
    interfaces="AC",
    role=Role.BOTH,
    needs=Needs(sibling=True),
    title_ja="同じ事業者の別の消防本部の管内からの通報が、その消防本部に届く",
    title_en="A call from another department of the same provider reaches that department",
    stimulus_ja="登録者が、同じ事業者が受け持つ別の消防本部の管内から通報する。その後、別の登録者が登録地の管内"
    "から通報する。",
    stimulus_en="A registrant calls from the area of another department of the same provider; "
    "after that another one calls from the home department's own area.",
    expected_ja="その場所を受け持つ消防本部の指令台に表示され、登録地の指令台のものにはならない。",
    expected_en="The responsible department's console has the call; the home console does not "
    "own it.",
    why_ja="通報先は登録地ではなく、通報の場所で決まる。",
    why_en="The place of the call decides, not the place of registration.",
)
async def sibling(t: Trial, w: World) -> None:
    there = w.ground("sibling")
    home_console = await w.console()
    console = await w.console(there)
    phone = await w.handset()
    since = looking(w)
    call = await w.call_from(phone, there)
    shown = await t.observe(
        "the responsible department's console shows the call",
        console.wait_for_call(call.id, w.patience),
        w.patience + 1,
        expected=f"call {call.id} at {there.center}",
        ja="通報の場所を受け持つ消防本部の指令台に表示される",
    )
    if shown is None:
        return
    t.check(
        "the responsible department owns the call",
        shown.mine and shown.owner.code == there.department,
        expected=there.department,
        seen=f"{shown.owner.code}, mine={shown.mine}",
        ja="通報の場所を受け持つ消防本部の通報である",
    )
    await console.answer(call.id)
    view = await t.observe(
        "the caller is told which department has the call",
        call.wait_for_view(lambda seen: seen.state is CallState.ANSWERED, w.patience),
        w.patience + 1,
        expected="state answered",
        ja="通報者に、応答した消防本部が示される",
    )
    if view is not None:
        receiver = view.receiver.code if view.receiver else "none"
        t.check(
            "the receiver named to the caller is the responsible department",
            receiver == there.department,
            expected=there.department,
            seen=receiver,
            ja="通報者に示された消防本部が正しい",
        )
    later = await w.call_from(await w.handset(), w.home)
    await t.observe(
        "a later call from the home department's own area is shown at its console",
        home_console.wait_for_call(later.id, w.patience, lambda seen: seen.mine),
        w.patience + 1,
        expected=f"call {later.id} at {w.home.center}",
        ja="登録地の管内からの後の通報は、登録地の指令台に表示される",
    )
    try:
        await home_console.wait_for_call(call.id, since.left(), lambda seen: seen.mine)
        owned = True
    except Waited:
        owned = False
    t.check(
        "the home department's console does not own it",
        not owned,
        expected="not the home department's",
        seen="owned by the home department" if owned else "not owned",
        ja="登録地消防本部の通報にはなっていない",
    )


@purpose(
    id="ROUTE-PARTNER",
    requirements=("TOM-03", "CTS-01", "CTS-12", "ASO-18"),
    interfaces="AC",
    role=Role.BOTH,
    needs=Needs(partner=True),
    title_ja="別の事業者の消防本部の管内からの通報が、実際のもう一つの事業者に届く",
    title_en="A call from another provider's area reaches that real provider, and the two chat",
    stimulus_ja="登録者が、もう一つの事業者が受け持つ消防本部の管内から通報し、そこの指令員が応"
    "答する。",
    stimulus_en="A registrant calls from the area of the run's other real provider, whose "
    "dispatcher answers.",
    expected_ja="相手の事業者の指令台に表示され、応答が通報者に見え、双方の文が届き、両方の記録"
    "が同じになる。",
    expected_en="The other provider's console shows the call, the answer reaches the caller, lines "
    "pass both ways, and both records agree.",
    why_ja="事業者が違っても通報が届くことが、相互接続の目的そのものである。",
    why_en="That the provider does not matter is what interconnection is for.",
    timeout_s=40.0,
)
async def partner(t: Trial, w: World) -> None:
    there = w.ground("partner")
    await w.partner_running()
    console = await w.partner_console()
    phone = await w.handset()
    call = await w.call_from(phone, there)
    shown = await t.observe(
        "the other provider's console shows the call",
        console.wait_for_call(call.id, w.patience),
        w.patience + 1,
        expected=f"call {call.id} at {there.center} of {there.operator}",
        ja="相手の事業者の指令台に表示される",
    )
    if shown is None:
        return
    await console.answer(call.id)
    await t.observe(
        "the caller sees the answer",
        call.wait_for_view(lambda view: view.state is CallState.ANSWERED, w.patience),
        w.patience + 1,
        expected="state answered",
        ja="応答が通報者に見える",
    )
    said = await call.say(SAID)
    await t.observe(
        "the caller's line reaches the other provider's dispatcher",
        console.wait_for_line(
            call.id, lambda line: (line.seq, line.text) == (said.seq, SAID), w.patience
        ),
        w.patience + 1,
        expected=f"line {said.seq}: {SAID}",
        ja="通報者の文が相手の指令員に届く",
    )
    asked = await console.say(call.id, ASKED)
    await t.observe(
        "the dispatcher's line reaches the caller",
        call.wait_for_line(lambda line: (line.seq, line.text) == (asked.seq, ASKED), w.patience),
        w.patience + 1,
        expected=f"line {asked.seq}: {ASKED}",
        ja="相手の指令員の文が通報者に届く",
    )
    record = await console.record(call.id)
    theirs = [(line.seq, line.text) for line in record.lines]
    mine = [(line.seq, line.text) for line in call.lines]
    t.check(
        "the caller's chat and the other provider's record agree",
        theirs == mine and len(mine) > 1,
        expected=mine,
        seen=theirs,
        ja="通報者の画面と相手の記録が一致する",
    )


@purpose(
    id="ROUTE-PEER",
    requirements=("TOM-03", "CTS-12", "CNB-39", "ASO-19"),
    interfaces="AB",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="別の事業者の管内からの通報を、登録情報と位置を添えて申し出、承諾の後に引き渡す",
    title_en="A call from another provider's area is offered with the data, then assigned",
    stimulus_ja="登録者が、模擬事業者の消防本部の管内から火事の通報をする。模擬事業者が承諾し、応答し、"
    "一言書く。",
    stimulus_en="A registrant reports a fire in the area of a simulated peer, which accepts, "
    "answers and writes a line.",
    expected_ja="call.offer に正しい消防本部・種別・登録情報・測位・期限があり、承諾の後に新し"
    "い epoch の call.assign が届き、応答と文が通報者に届く。",
    expected_en="call.offer names the department, kind, registrant, fix and a deadline to "
    "come; after the acceptance comes call.assign under a greater epoch; answer and line reach "
    "the caller.",
    why_ja="受け取る消防本部は、この申し出にある情報だけを頼りに出動を決める。",
    why_en="The receiving department decides about a dispatch from what stands in this offer.",
)
async def peer(t: Trial, w: World) -> None:
    there = w.ground("peer")
    other = await w.peer()
    who = await w.register()
    phone = await w.handset(who)
    call = await w.call_from(phone, there, kind=Kind.FIRE)
    offer = await t.observe(
        "the peer is offered the call",
        other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience),
        w.patience + 1,
        expected="call.offer",
        ja="相手の事業者に通報が申し出られる",
    )
    if offer is None or not isinstance(offer.envelope.body, bodies.CallOffer):
        return
    body = offer.envelope.body
    t.check(
        "the offer is for the responsible department",
        body.department == there.department,
        expected=there.department,
        seen=body.department,
        ja="申し出が、通報の場所を受け持つ消防本部あてである",
    )
    t.check(
        "the offer says the kind of the call",
        body.kind is Kind.FIRE,
        expected=Kind.FIRE.value,
        seen=body.kind.value,
        ja="申し出に、通報の種別がある",
    )
    t.check(
        "the offer carries the registrant's data",
        (body.registrant.name, body.registrant.mail, body.registrant.address.one_line())
        == (who.person.name, who.person.mail, who.person.address.one_line()),
        expected="name, mail and address as registered",
        seen=f"{body.registrant.name}, {body.registrant.mail}",
        ja="登録情報が添えられている",
    )
    fix = body.place.fix
    t.check(
        "the offer carries the fix",
        fix is not None and (fix.lat, fix.lon) == (there.lat, there.lon),
        expected=f"{there.lat}, {there.lon}",
        seen="no fix" if fix is None else f"{fix.lat}, {fix.lon}",
        ja="測位が添えられている",
    )
    t.check(
        "the offer has a deadline to come",
        body.expires_at > offer.at,
        expected=f"expiresAt after {offer.at.isoformat()}, when it came",
        seen=body.expires_at.isoformat(),
        ja="期限が、届いた時より後である",
        doubt=t.missed_since(asyncio.get_running_loop().time()),
    )
    taken = await t.observe(
        "the acceptance is answered by call.assign",
        other.take(offer, center=there.center),
        w.patience,
        expected="call.assign",
        ja="承諾に call.assign が返る",
    )
    if taken is None:
        return
    # The message's own epoch: what the peer knows of the call may have moved on by now.
    assigned = other.find(MessageType.CALL_ASSIGN, call.id)[0].envelope.epoch
    t.check(
        "the assignment has a greater epoch",
        assigned > offer.envelope.epoch,
        expected=f"above {offer.envelope.epoch}",
        seen=assigned,
        ja="epoch が大きくなっている",
    )
    await taken.ring()
    await taken.answer("山田")
    view = await t.observe(
        "the caller sees the peer's answer",
        call.wait_for_view(lambda seen: seen.state is CallState.ANSWERED, w.patience),
        w.patience + 1,
        expected="state answered",
        ja="相手の応答が通報者に見える",
    )
    if view is not None:
        receiver = view.receiver.code if view.receiver else "none"
        t.check(
            "the caller is told who has the call",
            receiver == there.department,
            expected=there.department,
            seen=receiver,
            ja="受け持つ消防本部が通報者に示される",
        )
    await taken.say("どうしましたか")
    await t.observe(
        "the peer's line reaches the caller",
        call.wait_for_line(lambda line: line.text == "どうしましたか", w.patience),
        w.patience + 1,
        expected="どうしましたか",
        ja="相手の文が通報者に届く",
    )
    keeps_the_profile(t, other)
