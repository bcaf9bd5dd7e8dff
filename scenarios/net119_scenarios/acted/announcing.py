"""What a department's staff announce to its registrants: done, and looked at."""

from collections.abc import Sequence
from uuid import UUID

from net119_protocol.api.records import AnnouncementView, NewAnnouncement
from net119_simulators.network.accounts import Operation

from net119_scenarios.acted import deeds, musts
from net119_scenarios.acted.always import Held
from net119_scenarios.acted.cast import Staff
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.reasons import joined
from net119_scenarios.acted.troupe import Troupe
from net119_scenarios.words import Words


class Office:
    """The staff of one department, as the provider of the department knows it."""

    def __init__(self, troupe: Troupe, name: str) -> None:
        self._troupe = troupe
        self.department = _staff(troupe, name).department

    def _operation(self) -> Operation:
        provider = self._troupe.view().department(self.department).provider
        if provider is None:
            raise LookupError(f"{self.department} has not adopted NET119, so it has no staff pages")
        return self._troupe.venue.network.operation(provider)

    async def all(self) -> tuple[AnnouncementView, ...]:
        """Every announcement, also of scenarios before; raises what `ApiClient.ask` raises."""
        return await self._operation().announcements(self.department)

    async def new(self) -> tuple[AnnouncementView, ...]:
        """Those of this scenario, oldest first; raises as `all`."""
        before = self._troupe.announced.get(self.department, frozenset())
        return tuple(e for e in reversed(await self.all()) if e.announcement_id not in before)

    async def announce(self, step: deeds.Announce) -> None:
        """Mail all registrants; raises as `all`."""
        body = NewAnnouncement(kind=step.kind, subject=step.subject, text=step.text)
        await self._operation().announce(self.department, body)


async def take_places(troupe: Troupe) -> None:
    """Note what was announced before, so that only what comes now counts."""
    for name in troupe.scenario.staff():
        office = Office(troupe, name)
        known: Sequence[AnnouncementView] = await office.all()
        ids: frozenset[UUID] = frozenset(each.announcement_id for each in known)
        troupe.announced[office.department] = ids


async def act(troupe: Troupe, step: deeds.Step) -> None:
    """Do a staff member's step; raises what the simulators raise."""
    if not isinstance(step, deeds.Announce):
        raise TypeError(f"staff cannot {step}")
    await Office(troupe, step.actor or "").announce(step)


async def announced(troupe: Troupe, must: musts.Announced, names: Names) -> Held:
    """Whether staff announced, and whether it came to those who are registered there."""
    found = await Office(troupe, must.actor).new()
    if len(found) < must.at_least:
        shown = "".join(f"「{each.subject}」" for each in found)
        if not found:
            return Held(False, Words("お知らせは送られていない", "nothing was announced"))
        return Held(
            False,
            Words(
                f"お知らせは{len(found)}件だけ: {shown}", f"only {len(found)} announced: {shown}"
            ),
        )
    boxes, subjects = troupe.venue.boxes, {each.subject for each in found}
    without, said = [], []
    for name in must.to:
        letters = boxes.letters(troupe.people[name].data.mail)
        got = [each for each in letters if each.subject in subjects]
        said += [f"{each.subject}\n{each.text}" for each in got]
        if len({each.subject for each in got}) < len(subjects):
            without.append(names.actor(name))
    if without:
        who = joined(without)
        return Held(False, Words(f"{who.ja}に届いていない", f"it did not come to {who.en}"))
    missing = [text for text in must.texts if not any(text in each for each in said)]
    lacking = "".join(f"「{each}」" for each in missing)
    return Held(
        not missing,
        Words(f"お知らせに{lacking}がない", f"the announcements do not say {lacking}"),
    )


def _staff(troupe: Troupe, name: str) -> Staff:
    return troupe.scenario.staff()[name]


__all__ = ["Office", "act", "announced", "take_places"]
