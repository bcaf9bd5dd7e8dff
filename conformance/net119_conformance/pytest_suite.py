"""The one test function of a conformance run; `pytest_plugin` makes an item of each plan line."""

from net119_conformance.plan import PlanItem
from net119_conformance.pytest_plugin import mirror
from net119_conformance.record import ItemRecord


def test_purpose(net119_item: PlanItem, net119_record: ItemRecord) -> None:
    """Fail or skip as the record of the item says."""
    mirror(net119_record)
