"""Calls that come home because of the day: a planned stop there, and an adoption still to come."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from net119_protocol.directory import JAPAN, Directory, japan_date, load_directory
from net119_protocol.directory.model import CenterRow, DepartmentRow, PlannedStop, ProviderRow
from net119_protocol.interconnect import MessageType
from net119_simulators.peer import SimulatedPeer
from net119_simulators.person import jurisdictions

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.drivers.actors import Console
from net119_conformance.kept_home import KeptHome
from net119_conformance.looking import looking
from net119_conformance.purpose import purpose
from net119_conformance.told import home_again
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.plan import ADOPTED_FROM, Ground
from net119_conformance.world.world import World

STOPPED = ("停止", "休止", "保守", "点検", "メンテナンス")
NOT_YET = ("まだ", "これから", "開始前", "導入前")
MIDNIGHT = ("0時", "０時", "0:00", "00:00")


def directory_of(
    w: World, version: str, *, adopted: str = ADOPTED_FROM, stops: tuple[PlannedStop, ...] = ()
) -> Mapping[str, Any]:
    """The packaged directory with the purpose's home and peer, as JSON has it.

    ``adopted`` is the peer's first day, ``stops`` what is planned to stand still.
    """
    base = load_directory(jurisdictions().municipalities).content
    there = w.ground("peer")
    names = {"code": there.operator, "name_ja": "模擬事業者", "name_en": "Simulated"}
    sides = ((w.home, ADOPTED_FROM), (there, adopted))
    content = base.model_copy(
        update={
            "version": f"{base.version}+{version}",
            "providers": (*base.providers, ProviderRow.model_validate(names)),
            "centers": (*base.centers, *(_center(each) for each, _ in sides)),
            "departments": (*base.departments, *(_department(*each) for each in sides)),
            "stops": (*base.stops, *stops),
        }
    )
    directory = Directory(content, jurisdictions().municipalities, version)
    found: Mapping[str, Any] = json.loads(directory.to_json())
    return found


def _center(ground: Ground) -> CenterRow:
    return CenterRow.model_validate(
        {
            "code": ground.center,
            "name_ja": f"{ground.name_ja} 指令センター",
            "name_en": f"Command center of {ground.department}",
            "provider": ground.operator,
        }
    )


def _department(ground: Ground, adopted: str) -> DepartmentRow:
    return DepartmentRow.model_validate(
        {
            "code": ground.department,
            "name_ja": ground.name_ja,
            "name_en": ground.department,
            "municipalities": (ground.municipality,),
            "phone": ground.phone,
            "center": ground.center,
            "adopted_from": adopted,
        }
    )


@purpose(
    id="FALLBACK-DATED",
    requirements=("TOM-04", "ASO-18", "ASO-22"),
    derived=("ASO-22",),
    interfaces="ABC",
    role=Role.HOME,
    needs=Needs(own_system=True, peer=True),
    title_ja="計画停止中の地域と、まもなく導入される地域からの通報は登録地が受け、いつまでかが示される",
    title_en="Calls from where NET119 is stopped as planned, or comes at midnight, go home, and "
    "both "
    "sides read until when",
    stimulus_ja="管轄の指令センターが計画停止中の地域、あすからNET119を使える地域、停止が終わった地域から、"
    "順に通報する。相手の事業者はその間ずっと動いている。",
    stimulus_en="Calls are made from an area whose center is stopped as planned, from one that has "
    "NET119 from tomorrow, and once the stop is over; the peer runs all the while.",
    expected_ja="初めの二か所からの通報は、相手に申し出ず、T1を待たずに登録地に届く（4回までのうち最も"
    "早いもので、T1の半分以内）。指令員には理由・電話先・いつまでかが、通報者にはどの本部に伝わるかと"
    "いつまでかが、日本語で示される。停止が終われば新しい通報を申し出るが、登録地に届いた通報は"
    "その後も申し出ない。",
    expected_en="Calls from the first two are not offered and are at home without a wait for T1 "
    "(the soonest of up to four within half of T1); the dispatcher reads why, whom to phone and "
    "until when, the caller who will be told and until when. Once the stop is over a new call is "
    "offered, and those that came home are not offered then either.",
    why_ja="止まるとわかっている相手に申し出れば、その時間だけ助けが遅れる。",
    why_en="An offer to who is known to stand still delays help for nothing.",
    timeout_s=60.0,
)
async def dated(t: Trial, w: World) -> None:
    there = w.ground("peer")
    console = await w.console()
    other = await w.peer()
    kept = KeptHome(t, w, other)
    now = datetime.now(UTC).astimezone(JAPAN)
    end = (now + timedelta(hours=2)).replace(minute=30, second=0, microsecond=0)
    stop = PlannedStop(stop_from=now - timedelta(hours=1), stop_until=end, center=there.center)
    await w.load_directory(directory_of(w, "stop", stops=(stop,)))
    await w.seen_running(other.operator)
    texts = await home_again(t, w, console, kept.call, STOPPED, "planned stop", "計画停止")
    until = (f"{end.hour}時30分", f"{end.hour}:30", f"{end:%H:%M}", f"{end:%H時%M分}")
    _until_when(t, texts, until, "planned stop", "計画停止")
    kept.not_offered("planned stop", "計画停止")

    tomorrow = _tomorrow()
    await w.load_directory(directory_of(w, "soon", adopted=tomorrow.isoformat()))
    texts = await home_again(t, w, console, kept.call, NOT_YET, "from midnight", "あすから")
    midnight = tuple(f"{day}{sign}" for day in _written(tomorrow) for sign in MIDNIGHT)
    _until_when(t, texts, midnight, "from midnight", "あすから")
    kept.not_offered("from midnight", "あすから")

    over = stop.model_copy(update={"stop_until": now - timedelta(minutes=1)})
    again = looking(w)
    await w.load_directory(directory_of(w, "over", stops=(over,)))
    await _offered_again(t, w, console, other)
    await kept.nor_later(again)


def _tomorrow() -> date:
    return japan_date(datetime.now(UTC)) + timedelta(days=1)


def _written(day: date) -> tuple[str, ...]:
    """A day as it may stand before a time."""
    short = f"{day.month}月{day.day}日"
    return (short, f"{short} ", f"{day.month}/{day.day} ", f"{day.isoformat()} ", "明日", "あす")


def _until_when(
    t: Trial, texts: tuple[str, str], signs: tuple[str, ...], what: str, ja: str
) -> None:
    for who, text, reader in (
        ("dispatcher", texts[0], "指令員"),
        ("caller", texts[1], "通報者"),
    ):
        t.check(
            f"{what}: the {who} reads until when",
            any(sign in text for sign in signs),
            expected=" / ".join(signs),
            seen=text or "nothing",
            level=CheckLevel.DERIVED,
            ja=f"{ja}: いつまでかが{reader}に示される",
        )


async def _offered_again(t: Trial, w: World, console: Console, other: SimulatedPeer) -> None:
    there = w.ground("peer")
    call = await w.call_from(await w.handset(), there)
    offer = await t.observe(
        "once the stop is over the call is offered",
        other.expect(MessageType.CALL_OFFER, call_id=call.id, within=w.patience),
        w.patience + 1,
        expected="call.offer",
        ja="停止が終われば、通報が申し出られる",
    )
    if offer is not None:
        with t.waiting("call.assign"):
            await other.take(offer, center=there.center, within=w.patience)
        # Told some time after the assignment; until then the console shows the owner before.
        await t.observe(
            "and the department there owns it",
            console.wait_for_call(
                call.id,
                w.patience,
                lambda seen: seen.owner.code == there.department and not seen.mine,
            ),
            w.patience + 1,
            expected=there.department,
            ja="その消防本部の通報になる",
        )
