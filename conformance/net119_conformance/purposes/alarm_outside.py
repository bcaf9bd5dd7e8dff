"""An alarm from a house that its user has left: where crews go, who looks, and who is told."""

from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import EntryKind
from net119_protocol.api import alarm_register as register
from net119_protocol.api import alarms as api

from net119_conformance.at_alarms import (
    CORPS,
    FAR,
    HELPERS,
    OTHER_STATION,
    OTHER_WARD,
    STATION,
    Kyoto,
    kyoto,
    refusal_of,
)
from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.purposes.alarm_handling import ALARMS
from net119_conformance.trial import Trial
from net119_conformance.world.alarm_settings import HAIL_S
from net119_conformance.world.world import World

NEW_HELPERS = (CORPS, FAR)
"""Those of the new home; the first of the old house is another one."""


@purpose(
    id="ALARM-OUTSIDE",
    requirements=("KYO-07", "KYO-10", "KYO-13"),
    interfaces="HC",
    role=Role.ALARM,
    needs=ALARMS,
    title_ja="転居した利用者の通報では発信設備のある家へ向かい、居住地の消防署へ伝えられる",
    title_en="Crews go to where a moved user's unit hangs, and the home's station can be told",
    stimulus_ja="利用者が別の区へ転居し、協力員も替わったが、発信設備は元の家にある。そこから通報があり、"
    "だれも答えない。転居していない利用者の通報もある。",
    stimulus_en="A user has moved to another ward, with other helpers, while the unit is still in "
    "the old house. It raises an alarm, and nobody answers; so does the unit of a user who has not "
    "moved.",
    expected_ja="出動先は元の家で、登録の住所と違うことが示され、元の家の協力員に頼む。元の家の署が出動し、"
    "転居先の署への連絡が記録される。管轄内の活動では断られる。",
    expected_en="Crews go to the old house, the desk says that the registered address is another "
    "one, and the old house's helpers are asked. Its station goes, and telling the new one is "
    "recorded; within one's own area that is refused.",
    why_ja="答えられない人は、どこにいるかも言えない。登録の住所へ向かえば、空の家に着く。"
    "次に訪ねる居住地の署も、知らなければ何もできない。",
    why_en="Who cannot answer cannot say where they are: at the registered address crews find "
    "nobody. And the home station is the one that visits next: it must know.",
    timeout_s=45.0,
)
async def outside(t: Trial, w: World) -> None:
    async with kyoto(t, w) as k:
        number, unit = await k.put_up()
        moved = register.ChangeLedger(
            kind=EntryKind.MOVE,
            user=k.user(number, NEW_HELPERS, OTHER_WARD),
            received_on=k.today,
        )
        await k.section.change(number, moved)
        taken = await unit.press()
        with t.waiting("the dispatch"):
            sent = await k.incident(
                taken, lambda each: each.dispatched and each.helpers, after=HAIL_S
            )
        await _where(t, k, number, sent)
        t.check(
            "the place is in another station's area than the home",
            (sent.crew_area, sent.station) == (STATION, OTHER_STATION),
            expected=(STATION, OTHER_STATION),
            seen=(sent.crew_area, sent.station),
            ja="出動先と居住地の署が異なる",
        )
        what = api.TellHomeStation(what="中京区の旧宅で搬送")
        told = await k.desk.tell_home_station(sent.incident_id, what)
        report = told.home_station_report
        t.check(
            "the home station is told, and it is recorded",
            report is not None and (report.station, report.what) == (OTHER_STATION, what.what),
            expected=(OTHER_STATION, what.what),
            seen=report,
            ja="居住地の署への連絡が記録される",
        )
        _, other = await k.put_up()
        with t.waiting("the dispatch within the area"):
            within = await k.incident(
                await other.press(), lambda each: each.dispatched, after=HAIL_S
            )
        t.check(
            "of who has not moved nothing of the kind is said",
            not within.moved,
            expected="not moved",
            seen="moved" if within.moved else "not moved",
            ja="転居していない利用者については、何も示されない",
        )
        refused = await refusal_of(k.desk.tell_home_station(within.incident_id, what))
        t.check(
            "within its own area there is nothing to be told",
            refused == "wrong-state",
            expected="wrong-state",
            seen=refused,
            ja="管轄内の活動では連絡は断られる",
        )


async def _where(t: Trial, k: Kyoto, number: int, sent: Incident) -> None:
    """Where the crews of a silent alarm go, and whom the desk asks to look."""
    old, new = k.user(number).address, k.user(number, NEW_HELPERS, OTHER_WARD).address
    view = await k.desk.incident(sent.incident_id)
    house = view.incident.house
    t.check(
        "crews go to the house where the unit hangs",
        house is not None and house.address == old != new,
        expected=old.one_line(),
        seen="nowhere" if house is None else house.address.one_line(),
        ja="出動先は発信設備のある家である",
    )
    t.check(
        "the desk says that the registered address is another one",
        sent.moved and view.moved,
        expected="moved",
        seen=("moved" if sent.moved else "not moved", "moved" if view.moved else "not moved"),
        ja="登録の住所と違うことが受信席に示される",
    )
    t.check(
        "the helpers of that house are asked",
        sent.helpers[0].name == HELPERS[0].name,
        expected=HELPERS[0].name,
        seen=[each.name for each in sent.helpers],
        ja="その家の協力員に頼む",
    )
