"""Who may read optional data, decided in this one place (invariant I6, ASO-04).

Every view of a registration that staff get goes through :func:`visible`, or through
:func:`visible_application`, which asks it.  What a console gets with a call that nobody has
answered yet goes through :func:`before_answer`.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from net119_protocol.application import Application
from net119_protocol.model import WireModel
from net119_protocol.person import Medical, OptionalData, RegistrantData
from net119_protocol.profile.model import Item, OptionalVisibility, Profile

from net119_reference.registration.changes import changes

M = TypeVar("M", bound=WireModel)

_IN_DATA = {
    Item.KANA: "kana",
    Item.DISABILITY: "disability",
    Item.REASON: "reason",
}
"""Not the handset: that it changes is for staff to review (ASO-12, ASO-25)."""
SEALED = "data.optional"
"""Stands for everything that is sealed where items are named."""
_IN_ADDRESS = {Item.FLAT: "flat", Item.AUTO_LOCK: "auto_lock"}
_IN_OPTIONAL = {
    Item.PHONE: "phone",
    Item.FAX: "fax",
    Item.CONTACTS: "contacts",
    Item.FREQUENT_PLACES: "frequent_places",
    Item.MEDICAL: "medical",
    Item.HEARING_PERSON_AT_HOME: "hearing_person_at_home",
    Item.SIGN_LANGUAGE: "sign_language",
    Item.WRITING: "writing",
    Item.REMARKS: "remarks",
}
"""Items that a department may leave optional, and their fields; all others are always required."""


def optional_is_sealed(profile: Profile, *, keyed_in: bool) -> bool:
    """Whether the department must not read optional data before a call sends them.

    What staff entered themselves they have read already.
    """
    return profile.optional_visibility is OptionalVisibility.SEALED and not keyed_in


def visible(data: RegistrantData, profile: Profile, *, keyed_in: bool) -> RegistrantData:
    """The data as the department's staff may read them before a call.

    Sealed is every item that the department does not require, wherever it stands: the optional
    part, the flat and how to get past a locked entrance (CNB-48), kana, disability, reason.
    """
    if not optional_is_sealed(profile, keyed_in=keyed_in):
        return data
    optional = data.optional and _without(data.optional, _sealed(_IN_OPTIONAL, profile))
    return _without(data, _sealed(_IN_DATA, profile)).model_copy(
        update={
            "address": _without(data.address, _sealed(_IN_ADDRESS, profile)),
            "optional": None if optional == OptionalData() else optional,
        }
    )


def with_sealed(
    entered: RegistrantData, before: RegistrantData, profile: Profile, *, keyed_in: bool
) -> RegistrantData:
    """What staff entered who could not see what is sealed: that stays, item by item.

    An item that they entered takes the place of the sealed one; of the medical data, each entry.
    The flat of a home that is left stays behind.
    """
    if not optional_is_sealed(profile, keyed_in=keyed_in):
        return entered
    old, new = before.optional or OptionalData(), entered.optional or OptionalData()
    optional = _kept(new, old, _sealed(_IN_OPTIONAL, profile))
    if new.medical is not None and old.medical is not None:
        fields = list(Medical.model_fields)
        optional = optional.model_copy(update={"medical": _kept(new.medical, old.medical, fields)})
    address = entered.address
    if _same_home(entered, before):
        address = _kept(address, before.address, _sealed(_IN_ADDRESS, profile))
    return _kept(entered, before, _sealed(_IN_DATA, profile)).model_copy(
        update={
            "address": address,
            "optional": None if optional == OptionalData() else optional,
        }
    )


def before_answer(data: RegistrantData) -> RegistrantData:
    """The data as a center's consoles may have them while a call rings (ASO-04).

    The call has sent everything, but nobody has taken it: it rings at every desk, and may go to
    another department before somebody does.  So no console gets what any department may leave
    optional; which these are at the home department a receiving provider does not know.  Name,
    date of birth, sex, home, mail and handset are there at once.  Everything comes with the answer.
    """
    return _without(data, list(_IN_DATA.values())).model_copy(
        update={
            "address": _without(data.address, list(_IN_ADDRESS.values())),
            "optional": None,
        }
    )


def visible_application(
    application: Application, profile: Profile, *, keyed_in: bool
) -> Application:
    """An application as the department's staff may read it before a call."""
    data = visible(application.data, profile, keyed_in=keyed_in)
    return application.model_copy(update={"data": data})


def changed_items(
    before: Application, after: Application, profile: Profile, *, keyed_in: bool
) -> tuple[str, ...]:
    """Paths of what a change changes, as the department's staff may read them before a call.

    That somebody entered a medicine tells of the illness: of what is sealed it is told only that
    some of it changes.
    """
    found = changes(
        visible_application(before, profile, keyed_in=keyed_in),
        visible_application(after, profile, keyed_in=keyed_in),
    )
    paths = [each.path for each in found]
    if len(paths) < len(changes(before, after)):
        paths.append(SEALED)
    return tuple(paths)


def remains_keyed_in(
    before: Application, after: Application, profile: Profile, *, keyed_in: bool
) -> bool:
    """Whether a record is still what staff keyed in after its person has changed it (ASO-04).

    What the person enters among what can be sealed, staff have not read: it is sealed from then on.
    """
    return keyed_in and SEALED not in changed_items(before, after, profile, keyed_in=False)


def _sealed(fields: Mapping[Item, str], profile: Profile) -> list[str]:
    return [name for item, name in fields.items() if item not in profile.required]


def _without(part: M, names: list[str]) -> M:
    blank = {name: type(part).model_fields[name].default for name in names}
    return part.model_copy(update=blank)


def _kept(entered: M, before: M, names: list[str]) -> M:
    """What was entered, and of these fields what was there before where nothing was entered."""
    old = {name: getattr(before, name) for name in names if _is_blank(getattr(entered, name))}
    return entered.model_copy(update=old)


def _is_blank(value: Any) -> bool:
    return value is None or value in ("", ())


def _same_home(entered: RegistrantData, before: RegistrantData) -> bool:
    new, old = entered.address, before.address
    return (new.municipality_code, new.street) == (old.municipality_code, old.street)
