"""Days pass for a provider in a test: what a sweep does then, and what its database holds."""

import sqlite3
from datetime import date, datetime, time
from uuid import UUID

from net119_protocol.api.admin import RecordAct, Sweep, SweepOrder
from net119_protocol.api.handset import LogIn
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.profile.load import load_profiles
from net119_reference.ports import HandsetIdentity
from net119_reference.records.fiscal import JAPAN, japan_day
from net119_reference.registration.ports import PaperDetails

from tests.reference.registration.support import (
    Town,
    application,
)
from tests.reference.service.support import START

TODAY = japan_day(START)
ASO, CHITA = (load_profiles()[code] for code in ("aso", "chita-nanbu"))


async def sweep_on(here: Town, day: date, at: time = time(0, 1)) -> dict[RecordAct, int]:
    """Let it become that day, and sweep; what was done, by kind."""
    moment = datetime.combine(day, at, JAPAN)
    here.clock.advance((moment - here.clock.now()).total_seconds())
    done: Sweep = await here.provider.sweep(SweepOrder(dry_run=False))
    counts: dict[RecordAct, int] = {}
    for row in done.rows:
        counts[row.act] = counts.get(row.act, 0) + row.count
    return counts


async def state(here: Town, registrant_id: UUID) -> State:
    (row,) = [each for each in await here.rows() if each.registrant_id == registrant_id]
    return State(row.state)


async def keyed_in(here: Town) -> tuple[UUID, HandsetIdentity]:
    """A person of Chita-Nanbu: paper, approval, log-in."""
    paper = PaperDetails(
        consent_signed=True,
        received_on=TODAY,
        terms_version=CHITA.terms.version,
    )
    keyed: UUID = await here.desk.key_in(here.clerk, application("chita-nanbu"), paper)
    await here.desk.approve(here.clerk, keyed, 0)
    letter = await here.letter("登録が完了")
    words = dict(line.split(": ", 1) for line in letter.text.splitlines() if ": " in line)
    session = await here.provider.log_in(LogIn(login_id=words["ID"], password=words["パスワード"]))
    return keyed, await here.provider.handset_identity(session.token)


def dump(here: Town) -> str:
    with sqlite3.connect(here.folder / "net119.db") as database:
        return "\n".join(database.iterdump())
