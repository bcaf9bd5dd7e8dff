"""Tables of a provider (SQLAlchemy Core).

Times are ISO 8601 text in UTC with microseconds: they sort as text, and SQLite keeps no time
zone (measured: a zone-aware column comes back naive).
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import false as sa_false
from sqlalchemy import text as sa_text
from sqlalchemy import true as sa_true

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

settings = Table(
    "settings",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Directory and operators as last loaded through the admin API; own state starts as normal."""

last_commit = Table(
    "last_commit",
    metadata,
    Column("mark", String(32), primary_key=True),
)
"""One row with a random mark of the latest transaction, on PostgreSQL: where the connection is lost
in mid-commit, it tells whether that was stored."""

accounts = Table(
    "accounts",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("unit", String(40), nullable=False),
    Column("name", String(200), nullable=False),
)

registrants = Table(
    "registrants",
    metadata,
    Column("registrant_id", String(36), primary_key=True),
    Column("department", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("data", Text, nullable=False),
    Column("applied_at", String(32), nullable=False),
    Column("approved_at", String(32)),
    Column("reason", String(200), nullable=False, default=""),
    Column("login_id", String(80), unique=True),
    Column("password_hash", String(200)),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("since", String(32)),
    Column("details", Text),
    Column("proposal", Text),
    Column("defects", Text),
    Column("paper", Text),
    Column("keyed_in", Boolean, nullable=False, server_default=sa_true()),
    Column("terms_version", String(200), nullable=False, server_default=sa_text("''")),
    Column("expires_at", String(32)),
    Column("reminded", String(200), nullable=False, server_default=sa_text("''")),
    Column("device_blocked", Boolean, nullable=False, server_default=sa_false()),
    Column("suspended_at", String(32)),
    Column("ended_at", String(32)),
)
"""``data`` is what is registered, ``details`` the rest of the application (an Application without
its data), ``proposal`` the Application of a change that waits for review; ``since`` is when the
present state began; ``reminded`` the days of the reminders sent for the present expiry.
``suspended_at`` is set where the clock, not the department, suspended it; ``ended_at`` stays when
the record is destroyed."""

handset_tokens = Table(
    "handset_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("registrant_id", String(36), ForeignKey("registrants.registrant_id"), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("expires_at", String(32)),
)
"""``expires_at`` is set for the sessions of feature phones, whose secret stands in their URLs."""

calls = Table(
    "calls",
    metadata,
    Column("call_id", String(36), primary_key=True),
    Column("side", String(10), nullable=False),
    Column("state", String(20), nullable=False),
    Column("registrant_id", String(36)),
    Column("client_call_id", String(64)),
    Column("opened_at", String(32), nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("registrant_id", "client_call_id"),
    Index(None, "state"),
)
"""A call's present state as one document; its lines and history stand apart."""

lines = Table(
    "lines",
    metadata,
    Column("call_id", String(36), ForeignKey("calls.call_id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("author", String(80), nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    Column("document", Text, nullable=False),
)
"""One index only: each line of a commit dirties a page of every index.  That no author uses a
``client_id`` twice is seen to in memory; who does not know all lines of a call cannot write to it,
since the next number is taken then."""

pending_lines = Table(
    "pending_lines",
    metadata,
    Column("call_id", String(36), ForeignKey("calls.call_id"), primary_key=True),
    Column("client_id", String(64), primary_key=True),
    Column("document", Text, nullable=False),
)
"""Lines of our dispatchers that the anchor has not numbered yet."""

history = Table(
    "history",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("call_id", String(36), ForeignKey("calls.call_id"), nullable=False, index=True),
    Column("at", String(32), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("what", String(200), nullable=False),
    Column("detail", Text, nullable=False, default=""),
)

call_acts = Table(
    "call_acts",
    metadata,
    Column("call_id", String(36), ForeignKey("calls.call_id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document", Text, nullable=False),
)
"""What was done with a call beside lines and history, each kind counted from 1: transfers,
places of its trail, reports of discrepancies.  Kept as long as the call."""

inbox = Table(
    "inbox",
    metadata,
    Column("sender", String(40), primary_key=True),
    Column("call_id", String(36), primary_key=True, index=True),
    Column("message_id", String(36), primary_key=True),
    Column("n", Integer, nullable=False),
    Column("channel", String(10), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("held", LargeBinary),
    Column("received_at", String(32), nullable=False),
)
"""Messages of peers that were handled, and (``held``) those that wait for an earlier one."""

outbox = Table(
    "outbox",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("peer", String(40), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("destination", String(200), nullable=False),
    Column("message_id", String(36), nullable=False),
    Column("type", String(40), nullable=False),
    Column("call_id", String(36)),
    Column("n", Integer, nullable=False),
    Column("answers", String(36)),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("confirmed", Boolean, nullable=False, default=False),
    Index("ix_outbox_waiting", "confirmed", "number"),
    Index("ix_outbox_call", "call_id", "peer", "n"),
    Index("ix_outbox_answers", "answers"),
)
"""Messages to peers, kept as long as the call so that they can be sent again."""
