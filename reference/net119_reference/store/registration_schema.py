"""Tables of registration: mailed URLs, call pages, staff, images, history and the audit log."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from net119_reference.store.schema import metadata

registration_links = Table(
    "registration_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("purpose", String(20), nullable=False),
    Column("department", String(40), nullable=False),
    Column("mail", String(254), nullable=False),
    Column("registrant_id", String(36), ForeignKey("registrants.registrant_id"), index=True),
    Column("created_at", String(32), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("used_at", String(32)),
    Column("revoked_at", String(32)),
    Column("terms_version", String(200)),
    Column("terms_at", String(32)),
    Column("draft", Text),
    Column("entries", Text),
    Column("defects", Text),
)
"""Mailed URLs; the secret itself is stored nowhere but in the mail until it is sent."""

identity_images = Table(
    "identity_images",
    metadata,
    Column("image_id", String(36), primary_key=True),
    Column("department", String(40), nullable=False),
    Column("registrant_id", String(36), ForeignKey("registrants.registrant_id"), index=True),
    Column("link_hash", String(64), index=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("added_at", String(32), nullable=False),
    Column("reviewed_at", String(32)),
)
"""Encrypted identity images: of a draft (``link_hash``) or of a registration."""

registration_history = Table(
    "registration_history",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("registrant_id", String(36), ForeignKey("registrants.registrant_id"), nullable=False),
    Column("at", String(32), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("what", String(40), nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Index(None, "registrant_id"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("department", String(40), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(40), nullable=False),
    Column("registrant_id", String(36)),
    Column("purpose", String(200), nullable=False),
    Column("what", Text, nullable=False, default=""),
    Index(None, "department", "number"),
    Index(None, "registrant_id", "number"),
)
"""Each access to personal data and each disclosure; triggers of migration 0002 forbid changes."""

audit_sweeps = Table(
    "audit_sweeps",
    metadata,
    Column("registrant_id", String(36), primary_key=True),
    Column("at", String(32), nullable=False),
)
"""Registrants whose audit entries the retention sweep may delete; the trigger looks here."""

call_pages = Table(
    "call_pages",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("registrant_id", String(36), ForeignKey("registrants.registrant_id"), nullable=False),
    Column("device_hash", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
    Column("revoked_why", String(20)),
    Column("session_hash", String(64)),
    Index(None, "registrant_id"),
)

staff_accounts = Table(
    "staff_accounts",
    metadata,
    Column("department", String(40), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("password_hash", String(200), nullable=False),
    Column("roles", String(200), nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", String(32)),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("csrf", String(64), nullable=False),
    Column("department", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("expires_at", String(32), nullable=False),
)

staff_strangers = Table(
    "staff_strangers",
    metadata,
    Column("name_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", String(32)),
)
"""Names that nobody has and that somebody tried, so that a lock does not tell who works here."""

announcements = Table(
    "announcements",
    metadata,
    Column("announcement_id", String(36), primary_key=True),
    Column("department", String(40), nullable=False, index=True),
    Column("at", String(32), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("key", String(64)),
    UniqueConstraint("department", "key"),
)

announcement_mails = Table(
    "announcement_mails",
    metadata,
    Column("message_id", String(200), primary_key=True),
    Column(
        "announcement_id",
        String(36),
        ForeignKey("announcements.announcement_id"),
        nullable=False,
        index=True,
    ),
)

deletions = Table(
    "deletions",
    metadata,
    Column("registrant_id", String(36), primary_key=True),
    Column("department", String(40), nullable=False),
    Column("at", String(32), nullable=False),
    Column("why", String(40), nullable=False),
    Column("backups_by", String(32), nullable=False),
    Column("backups_done", Boolean, nullable=False, default=False),
)
"""Destroyed records, so that backups lose them too by ``backups_by`` (ASO-06)."""
