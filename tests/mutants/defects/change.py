"""Changes and stops through mailed URLs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from net119_protocol.api.registration import LinkPurpose
from net119_protocol.api.staff import RegistrationState
from net119_reference.registration.states import CAN_CALL, REGISTERED, Act
from net119_reference.service import handsets
from net119_reference.service.registration import account, applicants
from net119_reference.service.registration.applicants import Applicants
from net119_reference.service.registration.office import Office
from net119_reference.service.registry import Registry

from tests.mutants.registry import Patch, mutant


async def _nothing(*_: Any) -> None:
    """In the place of what should be done."""


@mutant(
    "changes-at-once",
    kills={"CHANGE-REVIEWED": "before the review the old address stands"},
)
def changes_at_once(patch: Patch) -> None:
    """A change is in force before anybody has reviewed it."""

    def apply_change(
        original: Any, desk: Applicants, tx: Any, before: Any, proposal: Any, actor: str
    ) -> Any:
        found = original(desk, tx, before, proposal, actor)
        return desk._office.registry.change(tx, found, data=proposal.data)

    patch.around(Applicants, "apply_change", apply_change)


@mutant(
    "rejected-changes-stay",
    kills={"CHANGE-REVIEWED": "after the rejection the old address stands"},
)
def rejected_changes_stay(patch: Patch) -> None:
    """Rejecting a change puts it in force."""

    def act(
        original: Any, office: Office, tx: Any, before: Any, what: Act, *rest: Any, **new: Any
    ) -> Any:
        if what is Act.REJECT_CHANGE and before.proposal is not None:
            new["data"] = before.proposal.data
        return original(office, tx, before, what, *rest, **new)

    patch.around(Office, "act", act)


@mutant(
    "approved-changes-lost", kills={"CHANGE-REVIEWED": "after the approval the new address stands"}
)
def approved_changes_lost(patch: Patch) -> None:
    """An approved change is told, and not kept."""

    def act(
        original: Any, office: Office, tx: Any, before: Any, what: Act, *rest: Any, **new: Any
    ) -> Any:
        if what is Act.APPROVE_CHANGE:
            new.pop("data", None)
        return original(office, tx, before, what, *rest, **new)

    patch.around(Office, "act", act)


@mutant("opening-stops", kills={"STOP-BY-MAIL": "the opened URL alone stops nothing"})
def opening_stops(patch: Patch) -> None:
    """The registration ends when its URL is opened, as a mail filter may do."""

    async def open_link(original: Any, desk: Applicants, token: str) -> Any:
        shown = await original(desk, token)
        if shown.purpose is LinkPurpose.ACCOUNT:
            await desk.stop(token)
        return shown

    patch.around(Applicants, "open_link", open_link)


@mutant("stopped-goes-on", kills={"STOP-BY-MAIL": "the call page no longer works"})
def stopped_goes_on(patch: Patch) -> None:
    """A stopped registration's call page and log-ins go on."""
    stopped = frozenset({RegistrationState.STOPPED})
    patch(Registry, "shut_out", lambda *_: None)
    patch(handsets, "CAN_CALL", CAN_CALL | stopped)
    patch(account, "REGISTERED", REGISTERED | stopped)


def _calls_go_on(patch: Patch, shut_out: Callable[..., object]) -> None:
    """A stopped registration opens nothing any more; what was open goes on unless shut out."""

    def stopped(original: Any, own: Registry, tx: Any, registrant_id: Any, why: str) -> None:
        shut_out(own, tx, registrant_id, why)

    patch.around(Registry, "shut_out", stopped)
    patch(handsets, "CAN_CALL", CAN_CALL | {RegistrationState.STOPPED})


@mutant(
    "stopped-handsets-call",
    kills={"STOP-BY-MAIL": "a handset that was logged in no longer calls"},
)
def stopped_handsets_call(patch: Patch) -> None:
    """Who was logged in when the registration stopped goes on to call."""
    _calls_go_on(patch, Registry.revoke_page)


@mutant(
    "stopped-pages-call",
    kills={"STOP-BY-MAIL": "a call page that was open no longer calls"},
)
def stopped_pages_call(patch: Patch) -> None:
    """A call page that was open when the registration stopped goes on to call."""
    _calls_go_on(patch, lambda own, tx, who, _why: own.end_log_ins(tx, who))


@mutant("stopped-can-log-in", kills={"STOP-BY-MAIL": "the ID no longer works"})
def stopped_can_log_in(patch: Patch) -> None:
    """The password of a stopped registration goes on to work."""

    def act(original: Any, *given: Any, **changed: Any) -> Any:
        if Act.STOP in given:
            del changed["password_hash"]
        return original(*given, **changed)

    patch.around(Office, "act", act)


@mutant(
    "stop-needs-review",
    kills={"STOP-BY-MAIL": "the registration has stopped without an act of staff"},
)
def stop_needs_review(patch: Patch) -> None:
    """A stop is told and put aside for a clerk."""
    patch(Applicants, "stop", _nothing)


@mutant(
    "old-device-goes-on",
    kills={
        "CHANGE-DEVICE-BLOCKS": "the call page can no longer call",
    },
)
def old_device_goes_on(patch: Patch) -> None:
    """A change of device blocks nothing until it is approved."""
    patch(applicants, "changes_device", lambda *_: False)


@mutant(
    "old-device-keeps-its-session",
    kills={"CHANGE-DEVICE-BLOCKS": "the open session can no longer call"},
)
def old_device_session(patch: Patch) -> None:
    """A change of device ends call page and log-in, but no session that is open."""

    def shut_out(original: Any, registry: Registry, tx: Any, registrant_id: Any, why: str) -> None:
        registry.revoke_page(tx, registrant_id, why)

    def change(original: Any, registry: Registry, tx: Any, before: Any, **new: Any) -> Any:
        return original(registry, tx, before, **{**new, "device_blocked": False})

    patch.around(Registry, "shut_out", shut_out)
    patch.around(Registry, "change", change)


@mutant(
    "old-address-goes-on", kills={"CHANGE-MAIL-AT-ONCE": "mail goes to the new address at once"}
)
def old_address_goes_on(patch: Patch) -> None:
    """Mail goes to the address that was registered first."""
    first: dict[Any, str] = {}

    def tell(original: Any, office: Office, tx: Any, found: Any, *rest: Any, **more: Any) -> None:
        mail = first.setdefault(found.registrant_id, found.data.mail)
        known = found.data.model_copy(update={"mail": mail})
        original(office, tx, replace(found, data=known), *rest, **more)

    patch.around(Office, "tell", tell)


@mutant(
    "proposed-address-is-told",
    kills={"CHANGE-MAIL-AT-ONCE": "until the approval nothing goes to the new address"},
)
def proposed_address_is_told(patch: Patch) -> None:
    """Mail goes to an address that is only applied for, too."""

    def tell(original: Any, office: Office, tx: Any, found: Any, *rest: Any, **more: Any) -> None:
        original(office, tx, found, *rest, **more)
        if found.proposal is not None:
            original(office, tx, replace(found, data=found.proposal.data), *rest, **more)

    patch.around(Office, "tell", tell)


@mutant(
    "old-address-is-told-too",
    kills={"CHANGE-MAIL-AT-ONCE": "no more mail goes to the old address"},
)
def old_address_is_told_too(patch: Patch) -> None:
    """Mail goes to the new address, and to the one that was registered first."""
    first: dict[Any, str] = {}

    def tell(original: Any, office: Office, tx: Any, found: Any, *rest: Any, **more: Any) -> None:
        original(office, tx, found, *rest, **more)
        mail = first.setdefault(found.registrant_id, found.data.mail)
        if mail != found.data.mail:
            known = found.data.model_copy(update={"mail": mail})
            original(office, tx, replace(found, data=known), *rest, **more)

    patch.around(Office, "tell", tell)
