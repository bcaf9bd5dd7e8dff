"""Optional data of a registrant: sealed until a call sends them, then only for who has it (I6)."""

from collections.abc import Sequence
from typing import Any

from net119_protocol.api.console import ConsoleCall
from net119_protocol.interconnect import MessageType, decode
from net119_protocol.person import RegistrantData
from net119_reference.ports import Outgoing

from tests.reference.interplay.clients import Placed
from tests.reference.interplay.node import CONTACTS, HOME_OF, SEALED, Store

SENT_IN = (MessageType.CALL_OFFER.value, MessageType.CALLBACK_FAILED.value)
"""Messages of the anchor that bring the contacts to who is asked to take the call, or has it."""
SERVED = {"aoba": {"chitose"}, "midori": {"chita-tokoname", "chita-handa"}, "akane": {"aso"}}
"""Departments of the center with a console: the others' calls are none of its business."""
_MARKS = [(each.phone or "").encode() for each in CONTACTS]


def check_message(sender: str, item: Outgoing, calls: Sequence[Placed]) -> None:
    """A message carries them only where the anchor asks somebody to take the call."""
    carries = any(mark in item.payload for mark in _MARKS)
    if not carries and item.type != MessageType.CALL_OFFER.value:
        return
    call_id = decode(item.payload).call_id
    for call in calls:
        if call.call_id == call_id:
            assert carries, "the call does not send its caller's optional data (I6)"
            assert item.type in SENT_IN, f"optional data in {item.type} (I6)"
            assert sender == call.anchor, f"optional data sent by {sender} (I6)"


def check_staff(operator: str, data: RegistrantData) -> None:
    """Calls come and go: what the home department may read of the registration stays the same."""
    if HOME_OF[operator] == SEALED:
        assert data.optional is None, "staff reads what is sealed (I6)"
    else:
        assert data.optional is not None, "staff does not see what it may read (I6)"
        assert data.optional.contacts == CONTACTS


def check_console(
    operator: str, shown: Sequence[ConsoleCall], calls: Sequence[Placed], stores: dict[str, Store]
) -> None:
    """A console is shown a call once its center had it, the optional data from the answer on."""
    for view in shown:
        for call in calls:
            if call.call_id != view.call_id:
                continue
            optional = view.registrant.optional
            contacts = () if optional is None else optional.contacts
            wanted = CONTACTS if view.answered_at else ()
            assert contacts == wanted, "optional data belong to a call that is answered (I6)"
            if call.anchor != operator:
                had = _assigned(stores[call.anchor], call, operator)
                assert had & SERVED[operator], f"shown at {operator}, which never had it (I6)"


def _assigned(store: Store, call: Placed, operator: str) -> set[str]:
    """The departments of a provider to which the anchor has given the call, by its history."""
    rows: list[Any] = store.rows(
        "SELECT detail FROM history WHERE call_id = ? AND what = 'assigned'", str(call.call_id)
    )
    found = (detail.partition(" at provider ") for (detail,) in rows)
    return {department for department, _, provider in found if provider == operator}
