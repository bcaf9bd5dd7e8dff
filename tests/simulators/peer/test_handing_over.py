"""Transfer, positions and reports between two simulated peers."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from net119_protocol.codes import DiscrepancyKind, PlaceChoice, TrailCause, TransferFailure
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.person import DepartmentRef
from net119_protocol.places import CallPlace

from tests.simulators.peer.stage import pair

ASO = DepartmentRef(code="aso", name_ja="阿蘇", name_en="Aso", phone="0000-00-0001")


def test_a_transfer_that_fails_leaves_the_owner_and_one_that_is_done_releases_it(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            asked = asyncio.create_task(taken.ask_transfer("aso", "管轄外"))
            request = await anchored.transfer_requested()
            assert request.body_as(bodies.TransferRequest).reason == "管轄外"
            await anchored.transfer_failed(request, TransferFailure.SILENT)
            failed = await asked
            assert isinstance(failed, bodies.TransferFailed)
            assert failed.reason is TransferFailure.SILENT
            assert taken.is_owner

            again = asyncio.create_task(taken.ask_transfer("aso"))
            await anchored.transfer_done(await anchored.transfer_requested(), ASO)
            done = await again
            assert isinstance(done, bodies.TransferDone)
            assert (done.department, done.epoch, taken.epoch) == (ASO, 3, 3)
            assert not taken.is_owner
            assert taken.violations == ()

    asyncio.run(run())


def test_positions_and_reports(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            await taken.ask_location()
            request = await anchored.location_requested()
            place = CallPlace(choice=PlaceChoice.CURRENT)
            update = bodies.LocationUpdate(
                number=2, at=datetime.now(UTC), cause=TrailCause.ASKED, place=place
            )
            await anchored.location(update, request)
            told = await taken.expect(MessageType.LOCATION_UPDATE)
            assert told.envelope.in_reply_to == request.message_id
            assert [each.number for each in taken.places] == [2]
            report = bodies.DiscrepancyReport(kind=DiscrepancyKind.LATE, detail="遅い")
            await taken.report(report)
            await anchored.expect(MessageType.DISCREPANCY_REPORT)
            await anchored.report(report)
            await taken.expect(MessageType.DISCREPANCY_REPORT)
            assert len(anchored.discrepancies) == len(taken.discrepancies) == 1

    asyncio.run(run())
