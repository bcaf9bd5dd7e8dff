"""Who registers where, and by which steps; drawn before anything is started."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from net119_protocol.directory import Department
from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Channel, Item, OptionalVisibility, Profile
from net119_simulators.applications import Applying, make_applying

from net119_scenarios.plan import the_directory
from net119_scenarios.registration.steps import Step


@dataclass(frozen=True)
class RegisterRequest:
    """What ``net119 register`` was asked for; ``pace_s``: how long people take before they act."""

    department: str
    seed: int = 1
    pace_s: float = 0.6


@dataclass(frozen=True)
class RegistrationPlan:
    """The cast and the steps that must be seen, in order."""

    request: RegisterRequest
    profile: Profile
    department: Department
    person: Applying
    today: date

    @property
    def by_mail(self) -> bool:
        """Whether the way is an empty mail and pages; else it is paper."""
        return Channel.MAIL_WEB in self.profile.channels

    @property
    def sealed(self) -> bool:
        """Whether the reviewer must not see optional data (ASO-04)."""
        return self.by_mail and self.profile.optional_visibility is OptionalVisibility.SEALED

    @property
    def steps(self) -> tuple[Step, ...]:
        """What must be seen to happen."""
        image = (Step.IMAGE,) if self.profile.asks(Item.IDENTITY_IMAGE) and self.by_mail else ()
        before = (
            (Step.EMPTY_MAIL, Step.URL_MAIL, Step.TERMS, Step.FORM)
            + image
            + (Step.CONFIRM, Step.SUBMIT, Step.RECEIVED_MAIL)
        )
        after = (Step.STAFF_LOG_IN, Step.REVIEW, Step.APPROVE, Step.COMPLETION_MAIL, Step.LOG_IN)
        if self.by_mail:
            return (*before, *after, Step.CALL_PAGE)
        return (Step.STAFF_LOG_IN, Step.KEY_IN, *after[1:], Step.CALL_PAGE)


def profiled() -> Mapping[str, Profile]:
    """The departments where somebody can register, by code."""
    return load_profiles()


def plan_registration(request: RegisterRequest, today: date) -> RegistrationPlan:
    """Who takes part in a registration on a day in Japan.

    Raises:
        KeyError: there is no profile of this department.
        UnknownDepartment: it is none of the directory.
    """
    profile = profiled()[request.department]
    department = the_directory().on(today).department(request.department)
    return RegistrationPlan(
        request, profile, department, make_applying(profile, request.seed, today), today
    )
