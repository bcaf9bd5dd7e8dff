"""The planned world: what the directory of a run says about a municipality without NET119."""

from datetime import date

from net119_conformance.world.needs import Needs
from net119_conformance.world.plan import Claim, plan_world
from net119_protocol.directory import Directory, load_directory
from net119_simulators.person import jurisdictions


def test_a_municipality_without_net119_has_a_department_with_a_number_and_no_center() -> None:
    index = jurisdictions()
    claim = Claim("one", "aoba", Needs(unadopted=True, sibling=True))
    base = load_directory(index.municipalities)
    plan = plan_world([claim], index, base, iter(()))
    ground = plan.estates["one"].unadopted
    assert ground is not None
    directory = Directory.from_json(plan.directory, index.municipalities)
    rows = [
        row for row in directory.content.departments if ground.municipality in row.municipalities
    ]
    assert [(row.code, row.name_ja, row.phone) for row in rows] == [
        (ground.department, ground.name_ja, ground.phone)
    ]
    assert rows[0].center is None
    assert not rows[0].adopted_on(date(2024, 4, 1))
    assert ground.phone.startswith("0000-")
    estate = plan.estates["one"]
    assert estate.sibling is not None
    assert len({estate.home.phone, estate.sibling.phone, ground.phone}) == 3
