"""The statements registration writes with, and how its records become rows and back."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.person import RegistrantData
from net119_protocol.profile.check import FieldProblem
from pydantic import TypeAdapter
from sqlalchemy.engine import Row

from net119_reference.registration.links import Link
from net119_reference.registration.ports import LinkPurpose, PaperDetails
from net119_reference.registration.record import Details, Registrant
from net119_reference.service.rows import INSERT_AUDIT as INSERT_AUDIT
from net119_reference.service.rows import moment, stamp
from net119_reference.store import registration_schema as tables
from net119_reference.store import schema
from net119_reference.store.mail_schema import mail_outbox

DEFECTS = TypeAdapter(tuple[FieldProblem, ...])
PAPER = TypeAdapter(PaperDetails)


def _update(table: sa.Table, key: str, *columns: str) -> sa.Update:
    return (
        sa.update(table)
        .where(table.c[key] == sa.bindparam(f"b_{key}"))
        .values({column: sa.bindparam(f"b_{column}") for column in columns})
    )


INSERT_REGISTRANT = sa.insert(schema.registrants)
UPDATE_REGISTRANT = _update(
    schema.registrants,
    "registrant_id",
    *(
        column.name
        for column in schema.registrants.columns
        if column.name not in ("registrant_id", "department", "applied_at")
    ),
)
INSERT_LINK = sa.insert(tables.registration_links)
UPDATE_LINK = _update(
    tables.registration_links,
    "token_hash",
    "registrant_id",
    "used_at",
    "revoked_at",
    "terms_version",
    "terms_at",
    "draft",
    "entries",
    "defects",
)
DELETE_LINK = sa.delete(tables.registration_links).where(
    tables.registration_links.c.token_hash == sa.bindparam("b_token_hash")
)
INSERT_HISTORY = sa.insert(tables.registration_history)
INSERT_PAGE = sa.insert(tables.call_pages)
REVOKE_PAGE = _update(tables.call_pages, "secret_hash", "revoked_at", "revoked_why")
DELETE_TOKEN = sa.delete(schema.handset_tokens).where(
    schema.handset_tokens.c.token_hash == sa.bindparam("b_token_hash")
)
INSERT_IMAGE = sa.insert(tables.identity_images)
DELETE_IMAGES_OF_LINK = sa.delete(tables.identity_images).where(
    tables.identity_images.c.link_hash == sa.bindparam("b_link_hash")
)
DELETE_IMAGES = sa.delete(tables.identity_images).where(
    tables.identity_images.c.registrant_id == sa.bindparam("b_registrant_id")
)
CLAIM_IMAGE = (
    sa.update(tables.identity_images)
    .where(tables.identity_images.c.link_hash == sa.bindparam("b_link_hash"))
    .values(registrant_id=sa.bindparam("b_registrant_id"), link_hash=None)
)
MOVE_IMAGE = (
    sa.update(tables.identity_images)
    .where(tables.identity_images.c.link_hash == sa.bindparam("b_link_hash"))
    .values(link_hash=sa.bindparam("b_new_hash"))
)
REVIEWED_IMAGES = (
    sa.update(tables.identity_images)
    .where(tables.identity_images.c.registrant_id == sa.bindparam("b_registrant_id"))
    .values(reviewed_at=sa.bindparam("b_reviewed_at"))
)
BLANK_HISTORY = (
    sa.update(tables.registration_history)
    .where(tables.registration_history.c.registrant_id == sa.bindparam("b_registrant_id"))
    .values(detail="")
)
DELETE_UNTIED_LETTERS = sa.delete(mail_outbox).where(
    mail_outbox.c.department == sa.bindparam("b_department"),
    mail_outbox.c.recipient == sa.bindparam("b_recipient"),
    mail_outbox.c.registrant_id.is_(None),
)
"""Letters from before the registration, such as the one with the first URL."""
INSERT_DELETION = sa.insert(tables.deletions)


def _optional(text: str | None) -> datetime | None:
    return moment(text) if text else None


def _stamped(at: datetime | None) -> str | None:
    return stamp(at) if at else None


def _json(value: Application | RegistrantData | Details | None) -> str | None:
    return None if value is None else value.model_dump_json(by_alias=True)


def registrant_row(found: Registrant) -> dict[str, Any]:
    """Row of a registrant."""
    return {
        "registrant_id": str(found.registrant_id),
        "department": found.department,
        "state": found.state.value,
        "data": found.data.model_dump_json(by_alias=True),
        "applied_at": stamp(found.applied_at),
        "approved_at": _stamped(found.approved_at),
        "reason": found.reason,
        "login_id": found.login_id,
        "password_hash": found.password_hash,
        "version": found.version,
        "since": _stamped(found.since),
        "details": _json(found.details),
        "proposal": _json(found.proposal),
        "defects": DEFECTS.dump_json(found.defects).decode() if found.defects else None,
        "paper": PAPER.dump_json(found.paper).decode() if found.paper else None,
        "keyed_in": found.keyed_in,
        "terms_version": found.terms_version,
        "expires_at": _stamped(found.expires_at),
        "reminded": found.reminded,
        "device_blocked": found.device_blocked,
        "suspended_at": _stamped(found.suspended_at),
        "ended_at": _stamped(found.ended_at),
    }


def registrant_of(row: Row[Any]) -> Registrant:
    """The registrant of a row; rows of older versions lack what was added later."""
    return Registrant(
        registrant_id=UUID(row.registrant_id),
        department=row.department,
        state=RegistrationState(row.state),
        data=RegistrantData.model_validate_json(row.data),
        applied_at=moment(row.applied_at),
        approved_at=_optional(row.approved_at),
        reason=row.reason,
        login_id=row.login_id,
        password_hash=row.password_hash,
        version=row.version,
        since=_optional(row.since),
        details=Details.model_validate_json(row.details) if row.details else Details(),
        proposal=Application.model_validate_json(row.proposal) if row.proposal else None,
        defects=DEFECTS.validate_json(row.defects) if row.defects else (),
        paper=PAPER.validate_json(row.paper) if row.paper else None,
        keyed_in=row.keyed_in,
        terms_version=row.terms_version,
        expires_at=_optional(row.expires_at),
        reminded=row.reminded,
        device_blocked=row.device_blocked,
        suspended_at=_optional(row.suspended_at),
        ended_at=_optional(row.ended_at),
    )


def prefixed(row: dict[str, Any]) -> dict[str, Any]:
    """Parameters of an update with the values of a row."""
    return {f"b_{key}": value for key, value in row.items()}


def link_row(link: Link) -> dict[str, Any]:
    """Row of a mailed URL."""
    return {
        "token_hash": link.token_hash,
        "purpose": link.purpose.value,
        "department": link.department,
        "mail": link.mail,
        "registrant_id": str(link.registrant_id) if link.registrant_id else None,
        "created_at": stamp(link.created_at),
        "expires_at": stamp(link.expires_at),
        "used_at": _stamped(link.used_at),
        "revoked_at": _stamped(link.revoked_at),
        "terms_version": link.terms_version,
        "terms_at": _stamped(link.terms_at),
        "draft": _json(link.draft),
        "entries": None if link.entries is None else json.dumps(dict(link.entries)),
        "defects": DEFECTS.dump_json(link.defects).decode() if link.defects else None,
    }


LINK_CHANGES = tuple(
    f"b_{name}"
    for name in (
        "token_hash",
        "registrant_id",
        "used_at",
        "revoked_at",
        "terms_version",
        "terms_at",
        "draft",
        "entries",
        "defects",
    )
)


def changed_link(link: Link) -> dict[str, Any]:
    """Parameters that update a mailed URL's row."""
    found = prefixed(link_row(link))
    return {key: found[key] for key in LINK_CHANGES}


def link_of(row: Row[Any]) -> Link:
    """The mailed URL of a row."""
    return Link(
        token_hash=row.token_hash,
        purpose=LinkPurpose(row.purpose),
        department=row.department,
        mail=row.mail,
        created_at=moment(row.created_at),
        expires_at=moment(row.expires_at),
        registrant_id=UUID(row.registrant_id) if row.registrant_id else None,
        used_at=_optional(row.used_at),
        revoked_at=_optional(row.revoked_at),
        terms_version=row.terms_version,
        terms_at=_optional(row.terms_at),
        draft=Application.model_validate_json(row.draft) if row.draft else None,
        entries=json.loads(row.entries) if row.entries else None,
        defects=DEFECTS.validate_json(row.defects) if row.defects else (),
    )
