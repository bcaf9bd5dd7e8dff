"""The list of destroyed records, for backups to lose them too (ASO-06).

It stands in the database, and once more in a file beside it: a database that is restored from a
backup no longer knows what was destroyed since, and gets it from there.  It holds registrants'
numbers and days, nothing that names anybody.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from net119_reference.registration.deleted import Deleted
from net119_reference.service.rows import moment, stamp
from net119_reference.store.registration_schema import deletions

FILE = "deletions.jsonl"
"""Name of the list in the data folder: one JSON object a line."""
CONFIRM = (
    sa.update(deletions)
    .where(deletions.c.registrant_id == sa.bindparam("b_registrant_id"))
    .values(backups_done=True)
)


class BadList(Exception):
    """A list of deletions that cannot be read."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{where}: {what}")
        self.what = what
        self.where = where
        self.what_to_do = (
            f"give the file {FILE} of the provider's data folder, unchanged, or a copy of it"
        )


def stored(connection: Connection) -> tuple[Deleted, ...]:
    """The list of the database, oldest first."""
    query = sa.select(deletions).order_by(deletions.c.at, deletions.c.registrant_id)
    return tuple(
        Deleted(
            UUID(row.registrant_id),
            row.department,
            moment(row.at),
            row.why,
            moment(row.backups_by),
            row.backups_done,
        )
        for row in connection.execute(query)
    )


def read_list(file: Path) -> tuple[Deleted, ...]:
    """The list of a file; empty if there is none.

    Raises:
        BadList: it cannot be read; the text names the line.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise BadList(f"cannot be read ({error})", str(file)) from None
    return tuple(_entry(line, f"{file}, line {n}") for n, line in enumerate(lines, 1) if line)


def _entry(line: str, where: str) -> Deleted:
    try:
        content = json.loads(line)
        return Deleted(
            UUID(str(content["registrant_id"])),
            str(content["department"]),
            moment(content["at"]),
            str(content["why"]),
            moment(content["backups_by"]),
            content["backups_done"] is True,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadList(f"is no entry of the list ({error!r})", where) from None


def write_list(file: Path, entries: Iterable[Deleted]) -> None:
    """Replace the file in one step, so that it is never half written.

    Raises:
        OSError: it cannot be written.
    """
    new = file.with_name(f"{file.name}.new")
    with new.open("w", encoding="utf-8") as out:
        out.writelines(f"{_line(entry)}\n" for entry in entries)
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)


def _line(entry: Deleted) -> str:
    texts = {
        **asdict(entry),
        "registrant_id": str(entry.registrant_id),
        "at": stamp(entry.at),
        "backups_by": stamp(entry.backups_by),
    }
    return json.dumps(texts, ensure_ascii=False)


def together(*lists: Iterable[Deleted]) -> tuple[Deleted, ...]:
    """Several lists as one, oldest first; of two entries about one record the later list's."""
    found: Mapping[UUID, Deleted] = {each.registrant_id: each for one in lists for each in one}
    return tuple(sorted(found.values(), key=lambda each: (each.at, str(each.registrant_id))))
