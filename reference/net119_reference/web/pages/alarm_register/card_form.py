"""The form of a registration card: fields of the page to a user's data, and back (KYO-01)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from net119_protocol.alarms.people import AlarmUser, Helper
from net119_protocol.directory import JurisdictionIndex
from net119_protocol.person import Address, Contact, Sex
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.wareki import DateProblem, in_wareki, parse_birth_date
from pydantic import ValidationError

from net119_reference.web.pages.alarm_register import problems

HELPER_ROWS, RELATIVE_ROWS = 5, 3
MOST_HELPERS = 20
_TEXTS = ("kana", "phone")
_LONG = ("illnesses", "house")


@dataclass
class CardForm:
    """What was typed, and what of it is wrong.

    ``before`` are the user's data as they are, where the form changes them.
    """

    fields: Mapping[str, str]
    today: date
    index: JurisdictionIndex
    wards: frozenset[str]
    offices: frozenset[str]
    before: AlarmUser | None = None
    problems: list[FieldProblem] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A field without surrounding space."""
        return self.fields.get(name, "").strip()

    def _required(self, name: str, limit: int = 200) -> str:
        text = self.text(name)
        if not text:
            self.problems.append(problems.missing(name))
        elif len(text) > limit:
            self.problems.append(problems.too_long(name, len(text), limit))
        return text

    def _optional(self, name: str, limit: int = 200) -> str:
        text = self.text(name)
        if len(text) > limit:
            self.problems.append(problems.too_long(name, len(text), limit))
        return text

    def user(self) -> AlarmUser | None:
        """The user's data; None where something is wrong, which ``problems`` then holds."""
        name = self._required("name", 80)
        birth = self._birth_date()
        texts = {each: self._optional(each) for each in _TEXTS}
        texts |= {each: self._optional(each, 2000) for each in _LONG}
        office = self.text("ward_office")
        if office not in self.offices:
            self.problems.append(problems.choose("ward_office"))
        address = self._address()
        helpers, relatives = tuple(self._helpers()), tuple(self._relatives())
        if self.problems or birth is None or address is None:
            return None
        try:
            return AlarmUser(
                name=name,
                birth_date=birth,
                sex=Sex(self.text("sex")) if self.text("sex") in set(Sex) else Sex.UNSTATED,
                address=address,
                ward_office=office,
                helpers=helpers,
                relatives=relatives,
                linked_detectors=self.text("linked_detectors") == "yes",
                **texts,
            )
        except ValidationError as error:
            self.problems += problems.of_validation(error)
            return None

    def _birth_date(self) -> date | None:
        try:
            return parse_birth_date(self.text("birth_date")[:40], self.today)
        except DateProblem as problem:
            self.problems.append(FieldProblem("birth_date", problem.code, problem.ja, problem.en))
            return None

    def _address(self) -> Address | None:
        ward, street = self.text("ward"), self._required("street")
        flat, lock = self._optional("flat"), self._optional("auto_lock")
        known = self.before.address if self.before is not None else None
        place = self.index.municipalities.get(ward) if ward in self.wards else None
        if place is None:
            self.problems.append(problems.choose("ward"))
            return None
        moved = known is None or (known.municipality_code, known.street) != (ward, street)
        if moved or known is None:
            # Nobody has confirmed it on a map: it is some point of the ward, and says so.
            lat, lon = self.index.municipalities.some_point(ward)
            return Address(
                prefecture=place.prefecture,
                municipality=place.name_ja,
                municipality_code=ward,
                street=street or "-",
                flat=flat or None,
                auto_lock=lock or None,
                lat=lat,
                lon=lon,
                position_confirmed=False,
            )
        return known.model_copy(update={"flat": flat or None, "auto_lock": lock or None})

    def _helpers(self) -> Iterator[Helper]:
        for row in range(1, MOST_HELPERS + 1):
            at = f"helpers.{row}"
            if not any(self.text(f"{at}.{each}") for each in ("name", "kana", "phone", "minutes")):
                continue
            name, phone = self._required(f"{at}.name", 80), self._required(f"{at}.phone")
            minutes = self.text(f"{at}.minutes")
            good = minutes.isdigit() and len(minutes) <= 3 and int(minutes) <= 240
            if not good:
                self.problems.append(problems.minutes(f"{at}.minutes"))
            kana, available = self._optional(f"{at}.kana"), self._optional(f"{at}.available")
            if name and phone and good and not self.problems:
                yield Helper(
                    name=name,
                    kana=kana,
                    phone=phone,
                    minutes=int(minutes),
                    corps_member=self.text(f"{at}.corps_member") == "yes",
                    has_key=self.text(f"{at}.has_key") == "yes",
                    available=available,
                )

    def _relatives(self) -> Iterator[Contact]:
        kept = self.before.relatives if self.before is not None else ()
        for row in range(1, max(RELATIVE_ROWS, len(kept)) + 1):
            at = f"relatives.{row}"
            name, phone = self._optional(f"{at}.name", 80), self._optional(f"{at}.phone")
            relation = self._optional(f"{at}.relation")
            if not (name or phone or relation):
                continue
            known = kept[row - 1] if row <= len(kept) else None
            other_way = known is not None and bool(known.fax or known.mail)
            if not name:
                self.problems.append(problems.missing(f"{at}.name"))
            if not phone and not other_way:
                self.problems.append(problems.missing(f"{at}.phone"))
            if self.problems:
                continue
            changed = {"name": name, "phone": phone or None, "relation": relation}
            if known is not None:  # fax, mail and remarks have no field here, and stay
                yield known.model_copy(update=changed)
            else:
                yield Contact(name=name, phone=phone, relation=relation)


def typed(user: AlarmUser) -> dict[str, str]:
    """A user's data as the form holds them."""
    found = {
        "name": user.name,
        "kana": user.kana,
        "birth_date": in_wareki(user.birth_date),
        "sex": user.sex.value,
        "ward": user.address.municipality_code,
        "street": user.address.street,
        "flat": user.address.flat or "",
        "auto_lock": user.address.auto_lock or "",
        "phone": user.phone,
        "ward_office": user.ward_office,
        "illnesses": user.illnesses,
        "house": user.house,
        "linked_detectors": "yes" if user.linked_detectors else "",
    }
    for row, helper in enumerate(user.helpers, 1):
        at = f"helpers.{row}"
        found |= {
            f"{at}.name": helper.name,
            f"{at}.kana": helper.kana,
            f"{at}.phone": helper.phone,
            f"{at}.minutes": str(helper.minutes),
            f"{at}.available": helper.available,
            f"{at}.corps_member": "yes" if helper.corps_member else "",
            f"{at}.has_key": "yes" if helper.has_key else "",
        }
    for row, contact in enumerate(user.relatives, 1):
        at = f"relatives.{row}"
        found |= {
            f"{at}.name": contact.name,
            f"{at}.relation": contact.relation,
            f"{at}.phone": contact.phone or "",
        }
    return found


def moved_up(fields: Mapping[str, str], row: int) -> dict[str, str]:
    """The form with a helper one place further up: helpers are asked in their order (KYO-10)."""
    changed = dict(fields)
    if row < 2 or row > MOST_HELPERS:
        return changed
    ours, above = f"helpers.{row}.", f"helpers.{row - 1}."
    for name in [each for each in fields if each.startswith((ours, above))]:
        del changed[name]
    for name, text in fields.items():
        if name.startswith(ours):
            changed[above + name.removeprefix(ours)] = text
        elif name.startswith(above):
            changed[ours + name.removeprefix(above)] = text
    return changed
