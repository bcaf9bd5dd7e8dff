"""An application for registration: the registrant's data, and what a department asks besides.

Which of it is asked, and which answers are good enough, says the department's profile.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool

from net119_protocol.model import ShortText, WireModel
from net119_protocol.person import Name, RegistrantData


class Basis(StrEnum):
    """What ties a person to a department's area (TOM-02, CTS-05, CNB-02, ASO-01)."""

    LIVES = "lives"
    WORKS = "works"
    STUDIES = "studies"
    ACCEPTED = "accepted"
    """Nothing of the three: asks to be accepted by the department's own decision."""


class Guardian(WireModel):
    """Who applies on behalf of a minor (CNB-47)."""

    name: Name
    """Name of the guardian."""
    kana: ShortText = ""
    """Name in kana; may be empty."""
    relation: ShortText = ""
    """Relation to the user."""
    phone: ShortText = ""
    """Telephone number; may be empty."""


class Application(WireModel):
    """Everything an applicant tells a department."""

    data: RegistrantData
    """What is registered."""
    basis: Basis = Basis.LIVES
    """Why this department.  A document that leaves it out says that the person lives there; a
    form has to say it (`net119_protocol.profile.form`)."""
    basis_municipality: Annotated[str, Field(pattern=r"^([0-9]{5})?$")] = ""
    """Municipality of work or school, five-digit JIS code; empty for who lives there."""
    certificate: StrictBool | None = None
    """Whether the person holds a disability certificate; absent if not said."""
    text_capable: StrictBool | None = None
    """Whether the person can communicate in writing (TOM-02); absent if not said."""
    guardian: Guardian | None = None
    """The guardian who applies for a minor."""


__all__ = ["Application", "Basis", "Guardian"]
