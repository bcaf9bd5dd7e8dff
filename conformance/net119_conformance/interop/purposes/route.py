"""A call from the other provider's area gets there, with all that was known of it."""

from net119_conformance.catalogue import Role
from net119_conformance.interop.blame import Side, Step
from net119_conformance.interop.purposes.words import NOT_IN_OFFER
from net119_conformance.interop.world import PairWorld
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs


@purpose(
    id="PAIR-ROUTE",
    requirements=("TOM-03", "CTS-01", "CTS-12", "CNB-39", "ASO-19"),
    interfaces="ABC",
    role=Role.BOTH,
    needs=Needs(partner=True),
    title_ja="相手の管内からの通報が、登録情報と位置を添えて相手の指令台に届き、応答が通報者に見える",
    title_en="A call from the other system's area rings there with the data, and is answered",
    stimulus_ja="送る側の登録者が、受ける側の消防本部の管内から救急の通報をする。受ける側の指令員"
    "が応答する。",
    stimulus_en="A registrant of the originating system calls an ambulance from the area of the "
    "receiving one, whose dispatcher answers.",
    expected_ja="受ける側の指令台に、種別・氏名・住所・測位がそのまま表示され、応答が通報者に見え"
    "る。登録地の指令台のものにはならない。",
    expected_en="The receiving console shows kind, name, address and fix as they were given; the "
    "caller sees the answer; the home console does not own the call.",
    why_ja="どの事業者のシステムを使っていても、通報が担当の消防本部に届くことが相互接続の目的で"
    "ある。",
    why_en="That the call gets to the department responsible, whichever systems there are, is what "
    "interconnection is for.",
    timeout_s=60.0,
)
async def route(t: Trial, w: PairWorld) -> None:
    """See the texts."""
    await w.linked()
    home_console = await w.console() if w.has_console_at_home else None
    console = await w.there_console()
    who = await w.register()
    phone = await w.handset(who)
    fix = w.fix_at(w.there)
    call = await w.call_from(phone, w.there, fix=fix)
    shown = await w.rings(call, console)
    person, seen = who.person, shown.registrant
    offered = w.offer_of(call.id)
    registrant = offered.registrant if offered is not None else None
    w.holds(
        "the console shows the caller as registered",
        (seen.name, seen.address.one_line()) == (person.name, person.address.one_line()),
        expected=f"{person.name}, {person.address.one_line()}",
        seen=f"{seen.name}, {seen.address.one_line()}",
        side=Side.RECEIVING,
        steps=(
            Step(
                Side.ORIGINATING,
                registrant is not None
                and (registrant.name, registrant.address.one_line())
                == (person.name, person.address.one_line()),
                NOT_IN_OFFER,
            ),
        ),
        ja="登録どおりの通報者が表示される",
    )
    place = shown.place.fix
    sent = offered.place.fix if offered is not None else None
    has_fix = sent is not None and (sent.lat, sent.lon) == (fix.lat, fix.lon)
    w.holds(
        "the console shows where the caller is",
        _near(place, fix.lat, fix.lon) or _near(shown.place.point, fix.lat, fix.lon),
        expected=f"{fix.lat}, {fix.lon}",
        seen="no fix" if place is None else f"{place.lat}, {place.lon}",
        side=Side.RECEIVING,
        steps=(Step(Side.ORIGINATING, has_fix, NOT_IN_OFFER),),
        ja="通報者の位置が表示される",
    )
    w.holds(
        "the console shows the kind",
        shown.kind.value == "ambulance",
        expected="ambulance",
        seen=shown.kind,
        side=Side.RECEIVING,
        steps=(
            Step(
                Side.ORIGINATING,
                offered is not None and offered.kind.value == "ambulance",
                NOT_IN_OFFER,
            ),
        ),
        ja="種別が表示される",
    )
    await w.answered(call, console)
    if home_console is not None:
        await w.not_owned_at_home(call.id, home_console)


def _near(point: object, lat: float, lon: float) -> bool:
    return (getattr(point, "lat", None), getattr(point, "lon", None)) == (lat, lon)
