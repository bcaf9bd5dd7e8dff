"""What waits for a department: numbers that show nobody, and whose registration runs out."""

import math
from collections import Counter
from datetime import timedelta

from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Refusal

from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration.ports import PAGE, ApplicationList, Overview
from net119_reference.registration.record import Registrant
from net119_reference.registration.roles import Right, require
from net119_reference.registration.states import REVIEWED
from net119_reference.service.registration.office import Office
from net119_reference.service.registration.reading import row_of

MOST_DAYS = 3660
_RUNNING = frozenset({RegistrationState.APPROVED, RegistrationState.CHANGE_PENDING})


class Overviews:
    """The start page of staff, and the list of what expires."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def overview(self, who: StaffIdentity, days: int) -> Overview:
        """Numbers only, so that nothing is audited."""
        require(who, Right.READ)
        by_state = Counter(each.state for each in self._office.registry.all_of(who.department))
        post = self._office.post
        return Overview(
            by_state=dict(by_state),
            to_review=sum(by_state[state] for state in REVIEWED),
            days=days,
            expiring=len(self._expiring(who.department, days)),
            undeliverable=len(await post.failures(who.department)) if post else 0,
        )

    async def expiring(self, who: StaffIdentity, days: int, page: int) -> ApplicationList:
        """Registrations that expire within so many days, the first to expire first; audited."""
        require(who, Right.READ)
        found = self._expiring(who.department, days)
        pages = max(1, math.ceil(len(found) / PAGE))
        page = min(max(1, page), pages)
        part = found[(page - 1) * PAGE : page * PAGE]
        ids = " ".join(str(each.registrant_id) for each in part)
        await self._office.kernel.run(
            lambda tx: self._office.audit(
                tx, who.department, who.name, "listed", None, "expiring", ids
            )
        )
        profile = self._office.profile(who.department)
        return ApplicationList(
            rows=tuple(row_of(each, profile) for each in part),
            page=page,
            pages=pages,
            total=len(found),
            by_state=dict(Counter(each.state for each in found)),
        )

    def _expiring(self, department: str, days: int) -> list[Registrant]:
        if not 0 <= days <= MOST_DAYS:
            raise Refused(Refusal.INVALID, f"give 0 to {MOST_DAYS} days", field="days")
        until = self._office.clock.now() + timedelta(days=days)
        dated = [
            (each.expires_at, str(each.registrant_id), each)
            for each in self._office.registry.all_of(department)
            if each.state in _RUNNING and each.expires_at is not None and each.expires_at <= until
        ]
        return [each for _, _, each in sorted(dated, key=lambda row: row[:2])]
