"""A joint command center: the calls of ten municipalities ring in one room."""

import json

from net119_protocol.codes import CloseOutcome, FixSource
from net119_protocol.directory import Directory, load_directory
from net119_protocol.directory.model import CenterRow, DepartmentRow
from net119_protocol.places import Fix
from net119_simulators.errors import CallRefused
from net119_simulators.person import jurisdictions

from net119_conformance.catalogue import Role
from net119_conformance.purpose import purpose
from net119_conformance.trial import Trial
from net119_conformance.world.needs import Needs
from net119_conformance.world.plan import ADOPTED_FROM
from net119_conformance.world.world import GPS_ACCURACY_M, World

CENTER = "chita"
HALLS = (
    ("半田市", "Handa", "chita-handa", 34.8919, 136.9381),
    ("常滑市", "Tokoname", "chita-tokoname", 34.8866, 136.8323),
    ("東海市", "Tokai", "chita-tokai", 35.0230, 136.9022),
    ("大府市", "Obu", "chita-obu", 35.0117, 136.9636),
    ("知多市", "Chita", "chita-chita", 34.9963, 136.8645),
    ("阿久比町", "Agui", "chita-agui", 34.9326, 136.9157),
    ("東浦町", "Higashiura", "chita-higashiura", 34.9790, 136.9657),
    ("南知多町", "Minamichita", "chita-nanbu", 34.7150, 136.9299),
    ("美浜町", "Mihama", "chita-nanbu", 34.7792, 136.9078),
    ("武豊町", "Taketoyo", "chita-taketoyo", 34.8514, 136.9148),
)
"""The town hall of each municipality of the joint center, by its published position: written down,
not taken from the polygons that decide."""


def directory_with_joint_center(w: World) -> Directory:
    """The packaged directory, in which this SUT runs the joint center, and the purpose's home."""
    home = w.home
    base = load_directory(jurisdictions().municipalities).content
    centers = [
        row.model_copy(update={"provider": home.operator}) if row.code == CENTER else row
        for row in base.centers
    ]
    names = {"name_ja": home.name_ja, "name_en": home.department}
    own = {"code": home.center, "provider": home.operator, **names}
    department = {
        "code": home.department,
        **names,
        "municipalities": (home.municipality,),
        "phone": home.phone,
        "center": home.center,
        "adopted_from": ADOPTED_FROM,
    }
    content = base.model_copy(
        update={
            "version": f"{base.version}+joint",
            "centers": (*centers, CenterRow.model_validate(own)),
            "departments": (*base.departments, DepartmentRow.model_validate(department)),
        }
    )
    return Directory(content, jurisdictions().municipalities, "joint center")


@purpose(
    id="ROUTE-JOINT-CENTER",
    requirements=("CNB-01",),
    interfaces="AC",
    role=Role.BOTH,
    needs=Needs(own_system=True),
    timeout_s=90.0,
    title_ja="知多地域の十市町のどこからの通報も、一つの共同指令センターに届く",
    title_en="A call from each of the ten municipalities reaches the one joint center",
    stimulus_ja="十市町の役所・役場の場所から、一件ずつ通報する。",
    stimulus_en="One call is made from the town hall of each of the ten municipalities.",
    expected_ja="どの通報も共同の指令センターの指令台に表示され、その市町を管轄する消防本部の通報となる。",
    expected_en="Each call is shown at the joint center's console, as a call of the department "
    "that is in charge of the municipality.",
    why_ja="共同で運用する指令センターは、管轄のどの市町の通報も取りこぼしてはならない。",
    why_en="A joint center must miss the calls of none of the municipalities it answers for.",
)
async def joint_center(t: Trial, w: World) -> None:
    content = json.loads(directory_with_joint_center(w).to_json())
    await w.load_directory(content)
    console = await w.console(w.home.model_copy(update={"center": CENTER}))
    phone = await w.handset()
    for ja, name, department, lat, lon in HALLS:
        fix = Fix(lat=lat, lon=lon, accuracy_m=GPS_ACCURACY_M, source=FixSource.GPS)
        try:
            call = await w.call_from(phone, w.home, fix=fix)
        except CallRefused as refused:
            _rings(t, ja, name, department, refused.code.value)
            continue
        shown = await t.observe(
            f"the call from {name} is shown at the joint center",
            console.wait_for_call(call.id, w.patience),
            w.patience + 1,
            expected=f"call {call.id} at {CENTER}",
            ja=f"{ja}からの通報が共同の指令センターに表示される",
        )
        if shown is None:
            continue
        _rings(t, ja, name, department, shown.owner.code if shown.mine else "not this center's")
        await console.answer(call.id, within=w.patience)
        await console.close(call.id, CloseOutcome.PRACTICE_DONE, within=w.patience)


def _rings(t: Trial, ja: str, name: str, department: str, seen: str) -> None:
    t.check(
        f"the call from {name} is one of {department}",
        seen == department,
        expected=department,
        seen=seen,
        ja=f"{ja}からの通報が、その市町を管轄する消防本部の通報となる",
    )
