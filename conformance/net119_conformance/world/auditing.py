"""The audit log of a department, as a purpose reads it."""

from net119_conformance.drivers.interface import Verb
from net119_conformance.drivers.staff import AuditLog
from net119_conformance.world.phones import Phones
from net119_conformance.world.plan import Ground


class Auditing(Phones):
    """Who looked at what, and to whom it was given; part of `World`."""

    async def audit_log(self, ground: Ground) -> AuditLog:
        """The audit log of a department of the SUT, as its staff read it."""
        self.claimed(Verb.AUDIT)
        with self.trial.waiting(f"the audit log of {ground.department}"):
            return await self._stack.enter_async_context(
                self.driver.audit_log(
                    ground.department, name="auditor", wiretap=self.trial.evidence
                )
            )
