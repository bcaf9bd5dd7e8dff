"""Interface C for programs: what a console has to know of its center beside the calls.

Whom the center answers for, to whom a call can be given, and where the borders are.
"""

from typing import Any

from net119_protocol.model import Code, ShortText, WireModel
from net119_protocol.person import DepartmentRef


class TransferTarget(WireModel):
    """A department as somebody who wants to give it a call sees it.

    ``adopted`` is whether NET119 reaches it today, ``running`` whether a call would be taken now
    as far as is known here: else it is phoned (TOM-04, ASO-18).
    """

    department: DepartmentRef
    adopted: bool
    running: bool
    own: bool
    """Whether a center of this provider answers for it."""


class CenterView(WireModel):
    """The dispatcher's center: whom it answers for, and the departments there are."""

    code: Code
    name_ja: ShortText
    name_en: ShortText
    dispatcher: ShortText
    departments: tuple[DepartmentRef, ...]
    targets: tuple[TransferTarget, ...]
    """Every named department but those that are the center's only one, as the directory has it."""


class MunicipalityArea(WireModel):
    """A municipality with its border, as a GeoJSON geometry in WGS 84."""

    code: ShortText
    name_ja: ShortText
    name_en: ShortText
    geometry: dict[str, Any]


class DepartmentArea(WireModel):
    """The area of a department, simplified to some 30 m for drawing; routing uses the exact one."""

    department: DepartmentRef
    directory_version: ShortText
    municipalities: tuple[MunicipalityArea, ...]
