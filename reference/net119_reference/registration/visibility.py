"""Who may read optional data, decided in this one place (invariant I6, ASO-04).

Every view of a registration that staff or a console gets goes through :func:`visible`, or
through :func:`visible_application`, which asks it.
"""

from net119_protocol.application import Application
from net119_protocol.person import RegistrantData
from net119_protocol.profile.model import Item, OptionalVisibility, Profile

_IN_ADDRESS = {Item.FLAT: "flat", Item.AUTO_LOCK: "auto_lock"}


def optional_is_sealed(profile: Profile, *, keyed_in: bool) -> bool:
    """Whether the department must not read optional data before a call sends them.

    What staff entered themselves they have read already.
    """
    return profile.optional_visibility is OptionalVisibility.SEALED and not keyed_in


def visible(data: RegistrantData, profile: Profile, *, keyed_in: bool) -> RegistrantData:
    """The data as the department's staff may read them before a call.

    Sealed are the optional part and what of the address is no part of it unless the department
    requires it: the flat, and how to get past a locked entrance (CNB-48).
    """
    if not optional_is_sealed(profile, keyed_in=keyed_in):
        return data
    hidden = [name for item, name in _IN_ADDRESS.items() if item not in profile.required]
    address = data.address.model_copy(update=dict.fromkeys(hidden))
    return data.model_copy(update={"optional": None, "address": address})


def with_sealed(
    entered: RegistrantData, before: RegistrantData, profile: Profile, *, keyed_in: bool
) -> RegistrantData:
    """What staff entered who could not see what is sealed: that stays as it was."""
    if not optional_is_sealed(profile, keyed_in=keyed_in):
        return entered
    seen = visible(before, profile, keyed_in=keyed_in)
    kept = {
        name: getattr(before.address, name)
        for name in _IN_ADDRESS.values()
        if getattr(seen.address, name) is None and getattr(entered.address, name) is None
    }
    address = entered.address.model_copy(update=kept)
    optional = before.optional if entered.optional is None else entered.optional
    return entered.model_copy(update={"optional": optional, "address": address})


def visible_application(
    application: Application, profile: Profile, *, keyed_in: bool
) -> Application:
    """An application as the department's staff may read it before a call."""
    data = visible(application.data, profile, keyed_in=keyed_in)
    return application.model_copy(update={"data": data})
