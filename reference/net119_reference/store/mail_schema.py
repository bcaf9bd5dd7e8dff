"""The outbox of mail: one row for each letter to one recipient."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from net119_reference.store.schema import metadata

mail_outbox = Table(
    "mail_outbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("message_id", String(200), nullable=False, unique=True),
    Column("department", String(40), nullable=False),
    Column("registrant_id", String(36), index=True),
    Column("kind", String(40), nullable=False),
    Column("sender", String(320), nullable=False),
    Column("recipient", String(320), nullable=False),
    Column("follows", Boolean, nullable=False, default=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("charset", String(20), nullable=False),
    Column("in_reply_to", String(998)),
    Column("created_at", String(32), nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", String(32)),
    Column("ended_at", String(32)),
    Column("code", Integer),
    Column("reason", Text, nullable=False, default=""),
    Index("ix_mail_outbox_due", "due_at", "number"),
    Index("ix_mail_outbox_state", "department", "state"),
)
"""``due_at`` is set while a letter waits; ``text`` is emptied once it is sent or given up, since
it may hold a password or a link.  ``follows``: the recipient is the registrant's address at the
time of each attempt (invariant I8)."""
