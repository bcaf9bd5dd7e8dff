"""A transfer between two reference providers, over real sockets, there and back."""

import asyncio
from pathlib import Path

import pytest
from net119_protocol.api.handset import NewLocation
from net119_protocol.codes import CallState, DiscrepancyKind, Kind, PlaceChoice, TransferFailure
from net119_protocol.places import Fix
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.person import make_person

ASO = Fix(lat=32.9521, lon=131.1211, accuracy_m=20.0)
TOMAKOMAI = fixed(42.6341, 141.6055)


async def there_and_back(network: LocalNetwork) -> None:
    await network.wait_until_peers_run("akane", ["aoba"], within=60)
    await network.wait_until_peers_run("aoba", ["akane"], within=60)
    credentials = await network.register("akane", "aso", make_person(1, "43428"))
    home = network.dispatcher("akane", await network.dispatcher_token("akane", "aso"))
    there = network.dispatcher("aoba", await network.dispatcher_token("aoba", "tomakomai"))
    async with home, there, network.phone("akane", credentials) as phone:
        call = await phone.call(Kind.AMBULANCE, PlaceChoice.CURRENT, fix=TOMAKOMAI)
        await there.wait_for_call(call.id, 30)
        await there.answer(call.id, within=30)
        await call.say("一", within=30)
        await there.ask_location(call.id)
        await call.wait_for_location_request(within=30)
        await call.tell_location(NewLocation(fix=ASO))
        await there.report_discrepancy(call.id, DiscrepancyKind.WRONG_DEPARTMENT, "管轄外", "aso")

        nowhere = await there.transfer(call.id, "nowhere")
        assert nowhere.failure is TransferFailure.UNKNOWN_DEPARTMENT
        done = await there.transfer(call.id, "aso", "現在地は阿蘇市内")
        assert done.failure is None
        await home.wait_for_call(call.id, 30)
        await home.answer(call.id, within=30)
        await home.say(call.id, "二", within=30)
        back = await home.transfer(call.id, "tomakomai")
        assert back.failure is None
        await there.answer(call.id, within=30)
        await call.wait_for_view(lambda view: view.state is CallState.ANSWERED, within=30)
        await there.say(call.id, "三", within=30)
        await call.wait_for_line(lambda line: line.text == "三", within=30)
        record = await there.record(call.id)
        assert [line.text for line in record.lines] == [line.text for line in call.lines]
        assert [point.number for point in record.trail] == [1, 2]
        assert [each.failure for each in record.transfers] == [nowhere.failure, None]
        assert [each.kind for each in record.discrepancies] == [DiscrepancyKind.WRONG_DEPARTMENT]
        assert record.call.transferred_from is not None
        assert record.call.transferred_from.code == "aso"
        assert call.violations == home.violations == there.violations == []


@pytest.mark.slow
def test_a_call_goes_there_and_back(tmp_path: Path) -> None:
    specs = (ProviderSpec("akane", "127.0.0.2"), ProviderSpec("aoba", "127.0.0.3"))

    async def scene() -> None:
        async with LocalNetwork(specs, tmp_path) as network:
            await there_and_back(network)

    asyncio.run(scene())
