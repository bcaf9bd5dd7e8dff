"""Who may read optional data, decided in this one place (invariant I6, ASO-04).

Every view of a registration that staff or a console gets goes through :func:`visible`, or
through :func:`visible_application`, which asks it.
"""

from net119_protocol.application import Application
from net119_protocol.person import RegistrantData
from net119_protocol.profile.model import OptionalVisibility, Profile


def optional_is_sealed(profile: Profile, *, keyed_in: bool) -> bool:
    """Whether the department must not read optional data before a call sends them.

    What staff entered themselves they have read already.
    """
    return profile.optional_visibility is OptionalVisibility.SEALED and not keyed_in


def visible(data: RegistrantData, profile: Profile, *, keyed_in: bool) -> RegistrantData:
    """The data as the department's staff may read them before a call."""
    if optional_is_sealed(profile, keyed_in=keyed_in):
        return data.model_copy(update={"optional": None})
    return data


def visible_application(
    application: Application, profile: Profile, *, keyed_in: bool
) -> Application:
    """An application as the department's staff may read it before a call."""
    data = visible(application.data, profile, keyed_in=keyed_in)
    return application.model_copy(update={"data": data})
