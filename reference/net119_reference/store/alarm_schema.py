"""Tables of the home alarm service; nothing of them belongs to a call of NET119."""

from sqlalchemy import Column, Integer, String, Table, Text

from net119_reference.store.schema import metadata

alarm_ledgers = Table(
    "alarm_ledgers",
    metadata,
    Column("registration", Integer, primary_key=True, autoincrement=False),
    Column("state", String(20), nullable=False),
    Column("station", String(40), nullable=False),
    Column("document", Text, nullable=False),
)
"""Users' ledgers, in order of their registration number (KYO-03)."""

alarm_units = Table(
    "alarm_units",
    metadata,
    Column("unit_id", String(40), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("document", Text, nullable=False),
)
"""Units as they were last heard; they outlive their ledger: an alarm of a unit whose user is not
known any more is an alarm."""

alarm_incidents = Table(
    "alarm_incidents",
    metadata,
    Column("incident_id", String(36), primary_key=True),
    Column("number", String(40), nullable=False, unique=True),
    Column("state", String(20), nullable=False),
    Column("raised_at", String(32), nullable=False),
    Column("closed_at", String(32)),
    Column("document", Text, nullable=False),
)

alarm_opinions = Table(
    "alarm_opinions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("station", String(40), nullable=False),
    Column("sent_at", String(32), nullable=False),
    Column("document", Text, nullable=False),
)
"""Opinions of stations that somebody needs a unit (KYO-17)."""
