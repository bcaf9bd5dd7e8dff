"""What is sent of the place: home and fix, and the pin corrected on the map."""

from net119_protocol.codes import Kind, PlaceChoice
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.places import Fix, Point

from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.world import World


@purpose(
    id="POSITION-HOME-AND-GPS",
    requirements=("CNB-27",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(peer=True),
    title_ja="「自宅」を選ぶと、登録住所と測位の両方が送られる",
    title_en="'Home' sends the registered address together with the GPS position",
    stimulus_ja="登録者が、自宅の近くで「自宅」を選んで通報する。別の登録者が、模擬事業者の管内"
    "で「現在地」を選んで通報する。",
    stimulus_en="A registrant near home calls from 'home'; another calls from 'current "
    "position' in the peer's area.",
    expected_ja="「自宅」では登録住所と測位の両方が、「現在地」では測位だけが届く。",
    expected_en="With 'home' both the registered address and the fix arrive; with 'current "
    "position' the fix alone.",
    why_ja="自宅と測位が食い違うとき、指令員は両方を見て判断する。",
    why_en="Where home and fix differ, the dispatcher must see both to judge.",
)
async def home_and_gps(t: Trial, w: World) -> None:
    console = await w.console()
    who = await w.register()
    phone = await w.handset(who)
    address = who.person.address
    near = Fix(lat=address.lat, lon=address.lon, accuracy_m=15.0)
    call = await phone.call(Kind.AMBULANCE, PlaceChoice.HOME, fix=near)
    shown = await t.observe(
        "the console shows the call from home",
        console.wait_for_call(call.id, w.patience),
        w.patience + 1,
        expected=f"call {call.id}",
        ja="自宅からの通報が指令台に表示される",
    )
    if shown is not None:
        registered = shown.place.registered
        t.check(
            "'home' brings the registered address",
            registered is not None and registered.address == address.one_line(),
            expected=address.one_line(),
            seen=None if registered is None else registered.address,
            ja="「自宅」では登録住所が届く",
        )
        fix = shown.place.fix
        t.check(
            "'home' brings the fix as well",
            fix is not None and (fix.lat, fix.lon) == (near.lat, near.lon),
            expected=f"{near.lat}, {near.lon}",
            seen="no fix" if fix is None else f"{fix.lat}, {fix.lon}",
            ja="「自宅」でも測位が届く",
        )
    other = await w.peer()
    away = await w.handset()
    far = await w.call_from(away, w.ground("peer"))
    offer = await t.observe(
        "the call from 'current position' is offered to the peer",
        other.expect(MessageType.CALL_OFFER, call_id=far.id, within=w.patience),
        w.patience + 1,
        expected="call.offer",
        ja="「現在地」からの通報が相手に申し出られる",
    )
    if offer is not None and isinstance(offer.envelope.body, bodies.CallOffer):
        place = offer.envelope.body.place
        t.check(
            "'current position' brings the fix and no registered address as its place",
            place.fix is not None and place.registered is None,
            expected="fix only",
            seen=place.model_dump_json(exclude_none=True),
            ja="「現在地」では測位だけが届く",
        )


@purpose(
    id="POSITION-CORRECTED",
    requirements=("CNB-28", "ASO-16"),
    interfaces="AC",
    role=Role.HOME,
    needs=Needs(sibling=True),
    title_ja="地図で直した位置が管轄を決め、もとの測位も残る",
    title_en="A pin corrected on the map decides, and the raw fix is kept beside it",
    stimulus_ja="測位は登録地の管内だが、通報者が地図のピンを別の消防本部の管内に直してから通報"
    "する。",
    stimulus_en="The fix lies in the home area; the caller drags the pin into another department's "
    "area before calling.",
    expected_ja="直した位置の消防本部に届き、指令台には直した位置ともとの測位が別々に示される。",
    expected_en="The department of the pin gets the call; its console shows pin and raw fix apart.",
    why_ja="測位が誤っていることを知っているのは通報者である。",
    why_en="The caller is the one who knows that the fix is wrong.",
)
async def corrected(t: Trial, w: World) -> None:
    there = w.ground("sibling")
    console = await w.console(there)
    phone = await w.handset()
    pin = Point(lat=there.lat, lon=there.lon)
    raw = w.fix_at(w.home)
    call = await phone.call(Kind.FIRE, PlaceChoice.CURRENT, fix=raw, corrected_pin=pin)
    shown = await t.observe(
        "the department of the pin gets the call",
        console.wait_for_call(call.id, w.patience, lambda seen: seen.mine),
        w.patience + 1,
        expected=f"call {call.id} at {there.center}",
        ja="直した位置の消防本部に届く",
    )
    if shown is None:
        return
    place = shown.place
    t.check(
        "the pin is shown",
        place.corrected_pin is not None
        and (place.corrected_pin.lat, place.corrected_pin.lon) == (pin.lat, pin.lon),
        expected=f"{pin.lat}, {pin.lon}",
        seen=place.model_dump_json(exclude_none=True),
        ja="直した位置が示される",
    )
    t.check(
        "the raw fix is kept",
        place.fix is not None and (place.fix.lat, place.fix.lon) == (raw.lat, raw.lon),
        expected=f"{raw.lat}, {raw.lon}",
        seen=place.model_dump_json(exclude_none=True),
        ja="もとの測位も残っている",
    )
