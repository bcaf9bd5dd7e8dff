"""Prepared statements do what SQLAlchemy does with them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from net119_reference.ports import StorageFailed
from net119_reference.service import rows
from net119_reference.store import Database, Prepared, Write, schema

from tests.reference.service.support import fresh_database, quick_folder

_T = schema.outbox
_INSERT = sa.insert(_T)
_CONFIRM = sa.update(_T).where(_T.c.number == sa.bindparam("b_number")).values(confirmed=True)
_UNBIND = sa.update(_T).where(_T.c.number == sa.bindparam("b_number")).values(call_id=None)
_DELETE = sa.delete(_T).where(_T.c.number == sa.bindparam("b_number"))


def message(number: int, payload: bytes = b"\x00\xff") -> dict[str, Any]:
    return {
        "number": number,
        "peer": "midori",
        "channel": "client",
        "destination": "/queue/髙橋",
        "message_id": f"m{number}",
        "type": "call.offer",
        "call_id": "c",
        "n": number,
        "answers": None,
        "payload": payload,
        "created_at": "2026-04-01T00:00:00.000000+00:00",
        "confirmed": False,
    }


def stored(writes: Sequence[Sequence[Write]]) -> list[tuple[Any, ...] | str]:
    """Every row after these transactions, and what was said of those that failed."""

    async def main(folder: Path) -> list[tuple[Any, ...] | str]:
        fresh_database(folder)
        database = Database(f"sqlite:///{folder / 'net119.db'}")
        await database.open()
        found: list[tuple[Any, ...] | str] = []
        for each in writes:
            try:
                await database.commit(each)
            except StorageFailed as failed:
                found.append(str(failed))
        query = sa.select(_T).order_by(_T.c.number)
        found += map(tuple, await database.read(lambda c: c.execute(query).all()))
        await database.close()
        return found

    with quick_folder() as folder:
        return asyncio.run(main(Path(folder)))


def test_prepared_or_not_the_same_is_stored_and_refused() -> None:
    def work(insert: Any, confirm: Any, unbind: Any, delete: Any) -> list[list[Write]]:
        def of(statement: Any, *numbers: int) -> list[Write]:
            return [Write(statement, {"b_number": number}) for number in numbers]

        return [
            [Write(insert, message(number, b"\x00" * number)) for number in range(1, 6)],
            [Write(insert, message(6)), *of(confirm, 1, 3), *of(delete, 2), *of(unbind, 4)],
            # The last one fails, and takes the others of its transaction with it.
            [*of(delete, 1), Write(insert, message(7)), Write(insert, message(5))],
            of(confirm, 99),
        ]

    plain: tuple[Any, ...] = (_INSERT, _CONFIRM, _UNBIND, _DELETE)
    found = stored(work(*plain))
    assert len(found) == 6
    assert found[0] == "UNIQUE constraint failed: outbox.number"
    assert [(row[0], row[-1]) for row in found[1:]] == [
        (1, True),
        (3, True),
        (4, False),
        (5, False),
        (6, False),
    ]
    assert stored(work(*(Prepared(each) for each in plain))) == found


def test_a_row_that_lacks_a_value_stores_nothing() -> None:
    lacking = {key: value for key, value in message(2).items() if key != "peer"}
    insert = Prepared(_INSERT)
    found = stored([[Write(insert, message(1)), Write(insert, lacking)]])
    assert found == ["'peer'"]


@pytest.mark.parametrize(
    "name", sorted(k for k, v in vars(rows).items() if isinstance(v, Prepared))
)
def test_every_prepared_statement_can_be_compiled_whole(name: str) -> None:
    """No default of SQLAlchemy's is left to be filled in, which only SQLAlchemy would do."""
    statement: Prepared = getattr(rows, name)
    compiled: Any = statement._statement.compile(
        dialect=sa.create_engine("sqlite://").dialect, column_keys=statement._columns
    )
    assert not compiled.isinsert or not compiled.insert_prefetch
    assert not compiled.isupdate or not compiled.update_prefetch
    assert not compiled.post_compile_params
