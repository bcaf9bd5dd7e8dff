"""The statements a provider writes with, and how its records become rows."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from net119_protocol.chat import ChatLine

from net119_reference.calls.model import Call
from net119_reference.store import BulkInsert, Prepared, registration_schema, schema

INSERT_CALL = Prepared(sa.insert(schema.calls))
UPDATE_CALL = Prepared(
    sa.update(schema.calls)
    .where(schema.calls.c.call_id == sa.bindparam("b_call_id"))
    .values(
        state=sa.bindparam("b_state"),
        side=sa.bindparam("b_side"),
        document=sa.bindparam("b_document"),
    )
)
INSERT_LINE = BulkInsert(schema.lines)
INSERT_HISTORY = Prepared(sa.insert(schema.history), "call_id", "at", "epoch", "what", "detail")
INSERT_ACT = Prepared(sa.insert(schema.call_acts))
UPDATE_ACT = (
    sa.update(schema.call_acts)
    .where(
        schema.call_acts.c.call_id == sa.bindparam("b_call_id"),
        schema.call_acts.c.kind == sa.bindparam("b_kind"),
        schema.call_acts.c.number == sa.bindparam("b_number"),
    )
    .values(document=sa.bindparam("b_document"))
)
INSERT_OUTBOX = Prepared(sa.insert(schema.outbox))
CONFIRM_OUTBOX = Prepared(
    sa.update(schema.outbox)
    .where(schema.outbox.c.number == sa.bindparam("b_number"))
    .values(confirmed=True)
)
DELETE_OUTBOX = Prepared(
    sa.delete(schema.outbox).where(schema.outbox.c.number == sa.bindparam("b_number"))
)
INSERT_INBOX = Prepared(sa.insert(schema.inbox))
RELEASE_INBOX = (
    sa.update(schema.inbox)
    .where(
        schema.inbox.c.sender == sa.bindparam("b_sender"),
        schema.inbox.c.call_id == sa.bindparam("b_call_id"),
        schema.inbox.c.message_id == sa.bindparam("b_message_id"),
    )
    .values(held=None)
)
INSERT_PENDING = Prepared(sa.insert(schema.pending_lines))
DELETE_PENDING = Prepared(
    sa.delete(schema.pending_lines).where(
        schema.pending_lines.c.call_id == sa.bindparam("b_call_id"),
        schema.pending_lines.c.client_id == sa.bindparam("b_client_id"),
    )
)
DELETE_SETTING = sa.delete(schema.settings).where(schema.settings.c.key == sa.bindparam("b_key"))
INSERT_SETTING = sa.insert(schema.settings)
INSERT_AUDIT = Prepared(
    sa.insert(registration_schema.audit_log),
    *("at", "department", "actor", "action", "registrant_id", "purpose", "what"),
)
INSERT_ACCOUNT = sa.insert(schema.accounts)
INSERT_HANDSET_TOKEN = sa.insert(schema.handset_tokens)
PROLONG_HANDSET_TOKEN = (
    sa.update(schema.handset_tokens)
    .where(schema.handset_tokens.c.token_hash == sa.bindparam("b_token_hash"))
    .values(expires_at=sa.bindparam("b_expires_at"))
)


@lru_cache(maxsize=256)  # a batch of lines has one moment
def stamp(moment: datetime) -> str:
    """A moment as it is stored: it sorts as text."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """The moment of a stored stamp."""
    return datetime.fromisoformat(text)


def document(call: Call) -> str:
    """A call as it is stored."""
    return call.model_dump_json(by_alias=True, exclude_none=True)


def new_call(call: Call) -> dict[str, Any]:
    """Row of a call that was not stored before."""
    return {
        "call_id": str(call.call_id),
        "side": call.side.value,
        "state": call.state.value,
        "registrant_id": str(call.registrant_id) if call.registrant_id else None,
        "client_call_id": call.client_call_id,
        "opened_at": stamp(call.opened_at),
        "document": document(call),
    }


def changed_call(call: Call) -> dict[str, Any]:
    """Parameters that update a call's row."""
    return {
        "b_call_id": str(call.call_id),
        "b_state": call.state.value,
        "b_side": call.side.value,
        "b_document": document(call),
    }


def new_history(call: Call, at: str, what: str, detail: str) -> dict[str, Any]:
    """Row of an entry in a call's history; ``at`` as :func:`stamp` writes it."""
    return {
        "call_id": str(call.call_id),
        "at": at,
        "epoch": call.epoch,
        "what": what,
        "detail": detail,
    }


def new_line(call_id: str, author: str, line: ChatLine, document: str) -> dict[str, Any]:
    """Row of a line, whose JSON is ``document``."""
    return {
        "call_id": call_id,
        "seq": line.seq,
        "author": author,
        "client_id": line.client_id,
        "at": stamp(line.at),
        "document": document,
    }
