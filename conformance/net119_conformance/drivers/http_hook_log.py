"""The audit log of a department, read through a vendor's hook."""

from uuid import UUID

from net119_protocol.api.records import Access
from net119_simulators.recorder import Recorder

from net119_conformance.drivers.http_hook_audit import AskAudit, AuditEntries
from net119_conformance.drivers.http_hook_client import HookClient


class HookAudit:
    """One department's log; asked anew each time."""

    def __init__(self, client: HookClient, recorder: Recorder, department: str) -> None:
        self._client = client
        self._recorder = recorder
        self._department = department

    async def accesses(self, registrant_id: UUID | None = None) -> tuple[Access, ...]:
        """The newest entries, newest first; a hook has no names of registrants to narrow them."""
        body = AskAudit(department=self._department)
        answer, _ = await self._client.ask("audit", body, AuditEntries, self._recorder)
        count = len(answer.entries)
        return tuple(
            Access(
                number=count - place,
                at=each.at,
                actor=each.actor,
                action=each.action,
                registrant_id=registrant_id,
                purpose=f"call {each.call_id}" if each.call_id else "not told",
                what=each.what,
            )
            for place, each in enumerate(answer.entries)
        )
