"""What is reviewed: the folder of a report, or an archive of one, which itself stays untouched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from net119_conformance.export import read_report, unpacked
from net119_conformance.report.files import ReportFiles
from net119_conformance.results import Report
from net119_conformance.review.items import to_review
from net119_conformance.review.model import FILE, Review, add_reviews, read_reviews
from net119_conformance.review.standing import Reviews, assess


@dataclass(frozen=True)
class Source:
    """``folder``: where the report lies, for an archive as long as it is open. ``file`` takes the
    decisions, ``page`` is the report for people that shows them. ``packed``: decisions that the
    archive holds already. ``fingerprint``: of the key that signed the archive, "" for a folder."""

    folder: Path
    report: Report
    file: Path
    page: Path
    packed: tuple[Review, ...] = ()
    fingerprint: str = ""

    def reviews(self) -> Reviews:
        """How it stands now.

        Raises:
            ConformanceError: evidence is missing, or the file of decisions cannot be read.
        """
        decisions = (*self.packed, *read_reviews(self.file))
        return assess(self.report, to_review(self.folder, self.report), decisions)

    def add(self, *reviews: Review) -> None:
        """Write decisions down. Raises ConformanceError if that cannot be done."""
        add_reviews(self.file, reviews)


@contextmanager
def opened(path: Path, trusted: Path | None = None) -> Iterator[Source]:
    """The report in a folder or an archive. ``trusted``: the public key that an archive must be
    signed by.

    What is decided about an archive lies beside it, as ``NAME.reviews.json``: a file in it would
    break the signature of whoever made it.

    Raises:
        ConformanceError: there is no report, or the archive was changed.
    """
    if path.is_dir() or not path.exists():
        yield folder_source(path)
        return
    with unpacked(path, trusted) as (folder, fingerprint):
        yield Source(
            folder,
            read_report(folder),
            path.with_name(f"{path.name}.reviews.json"),
            path.with_name(f"{path.name}.reviewed.html"),
            read_reviews(folder / FILE),
            fingerprint,
        )


def folder_source(folder: Path) -> Source:
    """The report in a folder. Raises ConformanceError if there is none."""
    return Source(folder, read_report(folder), folder / FILE, ReportFiles.of(folder).html)
