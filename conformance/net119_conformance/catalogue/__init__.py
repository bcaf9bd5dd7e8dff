"""The requirement catalogue: what the source documents ask, and what the suite judges of it."""

from net119_conformance.catalogue.catalogue import Catalogue
from net119_conformance.catalogue.loader import load_catalogue
from net119_conformance.catalogue.markdown import render_markdown
from net119_conformance.catalogue.model import (
    CATALOGUE_VERSION,
    CatalogueError,
    Clause,
    Document,
    Lang,
    Level,
    Requirement,
    RequirementStatus,
    Role,
    Side,
    Source,
    State,
    Text,
)

__all__ = [
    "CATALOGUE_VERSION",
    "Catalogue",
    "CatalogueError",
    "Clause",
    "Document",
    "Lang",
    "Level",
    "Requirement",
    "RequirementStatus",
    "Role",
    "Side",
    "Source",
    "State",
    "Text",
    "load_catalogue",
    "render_markdown",
]
