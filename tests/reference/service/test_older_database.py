"""A provider starts over the tables of an older version, with a call in them."""

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from net119_protocol.api.handset import NewLocation
from net119_protocol.codes import CallState
from net119_protocol.places import Fix
from net119_reference.store.migrate import HEAD, alembic_config, version_of

from tests.reference.service.support import (
    CHITOSE,
    ManualClock,
    Site,
    Tape,
    new_call,
    quick_folder,
)
from tests.reference.service.trio import new_line

SINCE = {
    "0007": {
        *("transfer", "transfers", "places", "locationAsked", "locationRequest"),
        *("discrepancies", "transferredFrom", "callbacks", "reopening", "disclosures"),
        "dispatches",
    },
    "0008": {"callbacks", "reopening", "disclosures", "dispatches"},
}
"""What a call's document has had only since after a version of the tables."""


def made_older(folder: Path, version: str) -> None:
    """Take the database back to a version, and its calls with it."""
    url = f"sqlite:///{folder / 'net119.db'}"
    command.downgrade(alembic_config(url), version)
    assert version_of(url) == version
    with sqlite3.connect(folder / "net119.db") as database:
        rows = database.execute("SELECT call_id, document FROM calls").fetchall()
        assert len(rows) == 1
        for call_id, document in rows:
            known = json.loads(document)
            then = {key: value for key, value in known.items() if key not in SINCE[version]}
            assert len(then) < len(known), "the document is as it was then"
            database.execute(
                "UPDATE calls SET document = ? WHERE call_id = ?", (json.dumps(then), call_id)
            )


@pytest.mark.parametrize("version", SINCE)
def test_a_call_of_an_older_version_goes_on(version: str) -> None:
    """I2: an update in the middle of a call loses nothing, and the call can do what is new."""

    async def main(folder: Path) -> None:
        site = await Site("aoba", folder / "aoba", ManualClock()).start()
        caller = await site.registrant()
        await site.console(Tape())
        call_id = (await site.call(caller, new_call(CHITOSE))).call_id
        await site.service.answer(site.dispatcher, call_id)
        await site.service.caller_says(caller, call_id, new_line("髙橋です"))
        await site.service.stop()
        site.attachments.clear()
        await asyncio.to_thread(made_older, site.folder, version)

        await site.start()
        try:
            assert version_of(f"sqlite:///{site.folder / 'net119.db'}") == HEAD
            await site.console(Tape())
            call = site.live(call_id).known()
            assert call.state in (CallState.ANSWERED, CallState.INTERRUPTED)
            told = await site.service.caller_says(caller, call_id, new_line("𠮷田です"))
            record = await site.service.call_record(site.dispatcher, call_id)
            texts = [line.text for line in record.lines if line.text in ("髙橋です", "𠮷田です")]
            assert texts == ["髙橋です", "𠮷田です"]
            assert record.lines[-1].seq == told.seq
            await site.service.acts.ask_location(site.dispatcher, call_id)
            fix = Fix(lat=42.82, lon=141.65, accuracy_m=10.0)
            await site.service.positions.tell(caller, call_id, NewLocation(fix=fix))
            record = await site.service.call_record(site.dispatcher, call_id)
            assert [point.number for point in record.trail] == [1, 2]
            assert record.callbacks == ()
        finally:
            await site.stop()

    with quick_folder() as folder:
        asyncio.run(main(Path(folder)))
