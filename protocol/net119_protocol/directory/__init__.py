"""Interface D: the dated jurisdiction directory and the municipality polygons.

`load_municipalities` and `load_directory` read files and cost time; a caller does so once and
hands the results on. Everything else is pure.
"""

from net119_protocol.directory.accuracy import (
    LEAST_RADIUS_M,
    MISSING_RADIUS_M,
    PLATFORM_FACTOR,
    platform_accuracy,
    radius_from_class,
    radius_from_platform,
)
from net119_protocol.directory.changes import ComingChange, coming_changes, next_change
from net119_protocol.directory.directory import (
    Department,
    Directory,
    DirectoryError,
    DirectoryView,
    UnknownDepartment,
    default_directory_text,
    load_directory,
    unnamed_department,
)
from net119_protocol.directory.findings import Finding, FindingKind, Severity
from net119_protocol.directory.lookup import (
    AT_SEA_M,
    COAST_M,
    MAX_RADIUS_M,
    JurisdictionIndex,
    Overlap,
    PointHit,
)
from net119_protocol.directory.metric import distance_m
from net119_protocol.directory.model import (
    JAPAN,
    CenterRow,
    DepartmentRow,
    DirectoryFile,
    PlannedStop,
    ProviderRow,
    japan_date,
)
from net119_protocol.directory.municipalities import (
    CREDIT_EN,
    CREDIT_JA,
    Municipalities,
    Municipality,
    MunicipalityFileError,
    load_municipalities,
    packaged_geojson,
)
from net119_protocol.directory.review import review
from net119_protocol.directory.sampling import border_point, neighbours, random_point_in

__all__ = [
    "AT_SEA_M",
    "COAST_M",
    "CREDIT_EN",
    "CREDIT_JA",
    "JAPAN",
    "LEAST_RADIUS_M",
    "MAX_RADIUS_M",
    "MISSING_RADIUS_M",
    "PLATFORM_FACTOR",
    "CenterRow",
    "ComingChange",
    "Department",
    "DepartmentRow",
    "Directory",
    "DirectoryError",
    "DirectoryFile",
    "DirectoryView",
    "Finding",
    "FindingKind",
    "JurisdictionIndex",
    "Municipalities",
    "Municipality",
    "MunicipalityFileError",
    "Overlap",
    "PlannedStop",
    "PointHit",
    "ProviderRow",
    "Severity",
    "UnknownDepartment",
    "border_point",
    "coming_changes",
    "default_directory_text",
    "distance_m",
    "japan_date",
    "load_directory",
    "load_municipalities",
    "neighbours",
    "next_change",
    "packaged_geojson",
    "platform_accuracy",
    "radius_from_class",
    "radius_from_platform",
    "random_point_in",
    "review",
    "unnamed_department",
]
