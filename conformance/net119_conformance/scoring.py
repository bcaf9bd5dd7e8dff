"""Which purposes count for a system, by the catalogue version that its profile claims."""

from collections.abc import Iterable

from net119_conformance.catalogue import Text, snapshot
from net119_conformance.catalogue.model import CatalogueError
from net119_conformance.errors import ConformanceError


def unscored(claimed: str, purposes: Iterable[str]) -> frozenset[str]:
    """Those of the suite's purposes (IDs) that are newer than what is claimed; none for "".

    Raises ConformanceError for a version that there is no snapshot of.
    """
    try:
        return snapshot.unscored(claimed, purposes)
    except LookupError as wrong:
        what = str(wrong.args[0])
        raise ConformanceError(
            Text(en=what, ja=f"申告されたカタログの版はありません（{what}）"),
            "[sut] catalogue",
            Text(
                en="name one of these, or leave it out", ja="この中から選ぶか、書かないでください"
            ),
        ) from None
    except CatalogueError as wrong:
        raise ConformanceError(
            "; ".join(wrong.problems),
            "catalogue snapshot",
            Text(en="install the suite anew", ja="試験環境を入れ直してください"),
        ) from None
