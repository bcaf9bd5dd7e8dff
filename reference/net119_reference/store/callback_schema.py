"""URLs of callback mails, and the sessions that they opened; both end with their call."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table

from net119_reference.store.schema import metadata

callback_urls = Table(
    "callback_urls",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("call_id", String(36), ForeignKey("calls.call_id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("letter", String(200), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("replaced", Boolean, nullable=False),
    Column("opened", Boolean, nullable=False),
)
"""``number`` is the callback's in its call, ``letter`` the mail's Message-ID."""

callback_sessions = Table(
    "callback_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("call_id", String(36), ForeignKey("calls.call_id"), nullable=False, index=True),
    Column("secret_hash", String(64), nullable=False),
)
"""Tokens that are good for one call, each with the URL it came by."""
