"""A report as one file that a department can file: dated, with checksums, signed.

The archive holds the report in all its forms, the evidence it names, `manifest.json` with a
SHA-256 of each file, `SHA256SUMS` for anybody without this command, and the Ed25519 signature
(RFC 8032) of the manifest with the public key. Whoever has the key's fingerprint from the vendor
by another way knows that the report is the vendor's, and unchanged.
"""

import glob
import hashlib
import os
import tempfile
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
)
from pydantic import BaseModel, ConfigDict, ValidationError

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.evidence import PICTURE, read_evidence
from net119_conformance.export_keys import fingerprint, key_in, signing_key, trusted_key
from net119_conformance.report.files import ReportFiles
from net119_conformance.results import Report
from net119_conformance.review.items import to_review
from net119_conformance.review.model import FILE as REVIEWS
from net119_conformance.review.model import read_reviews
from net119_conformance.review.standing import Standing, assess
from net119_conformance.verdict import Verdict

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
SIGNATURE = "manifest.sig"
PUBLIC_KEY = "public-key.pem"
_OWN = frozenset({MANIFEST, SUMS, SIGNATURE, PUBLIC_KEY})
MOST_BYTES = 2 * 1024**3
"""An archive that would unpack to more is not looked into."""


class Manifest(BaseModel):
    """What an archive holds. `files`: SHA-256 in hexadecimal by name. `pictures`: how many of them
    are pictures that people attached, and `pictures_left_out` how many there are besides. `words`:
    how many steps a person answered, with free words perhaps. `reviews`: of the results that need
    review, how many stand how; a decision that fits no more counts as "stale"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["net119-conformance-export-1"] = "net119-conformance-export-1"
    created_at: datetime
    generator: str
    catalogue: str
    suts: tuple[str, ...]
    run_started_at: datetime
    verdict: Verdict
    exit_status: int
    complete: bool
    selection: tuple[str, ...] = ()
    pictures: int = 0
    pictures_left_out: int = 0
    words: int = 0
    reviews: dict[Standing, int] = {}
    files: dict[str, str]


@dataclass(frozen=True)
class Verified:
    """An archive that was looked at. `problems` is empty if it is whole and unchanged;
    `fingerprint` is that of the key that signed it."""

    manifest: Manifest | None
    fingerprint: str
    problems: tuple[Text, ...]


def export(
    folder: Path, archive: Path, key_file: Path, now: datetime, *, pictures: bool = False
) -> tuple[Manifest, str]:
    """Write the report in `folder` into `archive`, signed with the key in `key_file`, which is
    made if it is not there; returns the manifest and the key's fingerprint.

    `pictures`: those that people attached go along; nothing can be masked in them, so that
    somebody has to have looked at them and to want it.

    Raises:
        ConformanceError: there is no whole report, or a file cannot be read or written.
    """
    report = read_report(folder)
    attached = _pictures(folder, report)
    reviewed = folder / REVIEWS
    reviews = assess(report, to_review(folder, report), read_reviews(reviewed))
    wanted = [*_files(folder, report), *(attached if pictures else ())]
    wanted += [reviewed] if reviewed.exists() else []
    files = {path.relative_to(folder).as_posix(): path for path in wanted}
    key = signing_key(key_file)
    try:
        contents = {name: path.read_bytes() for name, path in files.items()}
    except OSError as problem:
        raise ConformanceError(
            Text(
                en=f"a file of the report cannot be read: {problem}",
                ja=f"報告書のファイルを読めません: {problem}",
            ),
            str(folder),
            Text(
                en="run the suite again: a report without its evidence proves nothing",
                ja="もう一度判定してください。証拠のない報告書では何も示せません",
            ),
        ) from problem
    manifest = Manifest(
        created_at=now.astimezone(UTC),
        generator=report.generator,
        catalogue=report.catalogue,
        suts=tuple(report.sut),
        run_started_at=report.started_at,
        verdict=report.summary.verdict,
        exit_status=report.summary.exit_status,
        complete=report.summary.complete,
        selection=report.selection,
        pictures=len(attached) if pictures else 0,
        pictures_left_out=0 if pictures else len(attached),
        words=_words(folder, report),
        reviews=reviews.counts,
        files={name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    )
    text = (manifest.model_dump_json(indent=2) + "\n").encode()
    public = key.public_key()
    contents |= {
        MANIFEST: text,
        SUMS: "".join(f"{value}  {name}\n" for name, value in manifest.files.items()).encode(),
        SIGNATURE: b64encode(key.sign(text)) + b"\n",
        PUBLIC_KEY: public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    }
    _write(archive, contents, now)
    return manifest, fingerprint(public)


def read_report(folder: Path) -> Report:
    """The report in a folder. Raises ConformanceError if there is none that can be read."""
    try:
        return Report.read(ReportFiles.of(folder).json)
    except OSError as problem:
        raise ConformanceError(
            Text(
                en=f"there is no report: {problem.strerror or problem}",
                ja=f"報告書がありません: {problem.strerror or problem}",
            ),
            str(folder),
            Text(
                en="name the folder that --out of `net119 conformance run` named",
                ja="net119 conformance run の --out に指定したフォルダーを指定してください",
            ),
        ) from problem
    except ValueError as problem:
        raise ConformanceError(
            Text(
                en="report.json is no report of this version of the suite",
                ja="report.json は、この版の試験環境の報告書ではありません",
            ),
            str(folder),
            Text(
                en="run the suite again, or use the version that wrote it",
                ja="もう一度判定するか、書き出した版を使ってください",
            ),
        ) from problem


def _files(folder: Path, report: Report) -> list[Path]:
    """The report's forms, and the evidence that it names; nothing else that lies about."""
    forms = ReportFiles.of(folder)
    return [forms.json, forms.junit, forms.html, *_evidence(folder, report)]


def _pictures(folder: Path, report: Report) -> list[Path]:
    """The pictures that people attached, beside the evidence that the report names."""
    return [
        picture
        for path in _evidence(folder, report)
        for picture in sorted(path.parent.glob(f"{glob.escape(path.stem)}{PICTURE}*"))
    ]


def _words(folder: Path, report: Report) -> int:
    """How many steps people answered: what they write in free words is masked in part only."""
    return sum(
        line.get("kind") == "person" and bool(line.get("said"))
        for path in _evidence(folder, report)
        for line in read_evidence(path)
    )


def _evidence(folder: Path, report: Report) -> list[Path]:
    found: list[Path] = []
    named = {name for each in report.results for name in (each.evidence, each.first) if name}
    for name in sorted(named):
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ConformanceError(
                Text(
                    en=f"the report names evidence outside of its folder: {name}",
                    ja=f"報告書に、フォルダーの外の証拠が書かれています: {name}",
                ),
                str(ReportFiles.of(folder).json),
                Text(
                    en="do not export a report that somebody has changed",
                    ja="書き換えられた報告書はまとめないでください",
                ),
            )
        found.append(path)
    return found


def _write(archive: Path, contents: dict[str, bytes], now: datetime) -> None:
    # ZIP knows local times of years from 1980 on; UTC is what the manifest says.
    stamp = now.astimezone(UTC).timetuple()[:6]
    unfinished = archive.with_name(archive.name + ".unfinished")
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as out:
            for name, content in contents.items():
                entry = zipfile.ZipInfo(name, stamp)
                entry.external_attr = 0o644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                out.writestr(entry, content)
        os.replace(unfinished, archive)
    except OSError as problem:
        unfinished.unlink(missing_ok=True)
        raise ConformanceError(
            Text(
                en=f"the archive cannot be written: {problem}",
                ja=f"ZIP ファイルを書き出せません: {problem}",
            ),
            str(archive),
            Text(en="name another file", ja="別のファイルを指定してください"),
        ) from problem


def verify(archive: Path, trusted: Path | None = None) -> Verified:
    """Look whether an archive is whole, unchanged, and signed by the key it brings, or by the one
    in `trusted` (PEM, public).

    Raises:
        ConformanceError: it is no archive, or `trusted` is no key.
    """
    contents = _contents(archive)
    problems = [_missing(name) for name in sorted(_OWN - contents.keys())]
    if problems:
        return Verified(None, "", tuple(problems))
    key = key_in(contents[PUBLIC_KEY])
    if key is None:
        no_key = Text(
            en=f"{PUBLIC_KEY} is no Ed25519 key",
            ja=f"{PUBLIC_KEY} が Ed25519 の鍵ではありません",
        )
        return Verified(None, "", (no_key,))
    if trusted is not None:
        wanted = trusted_key(trusted)
        if fingerprint(wanted) != fingerprint(key):
            problems.append(
                Text(
                    en=f"it is signed by another key: {fingerprint(key)}",
                    ja=f"別の鍵で署名されています: {fingerprint(key)}",
                )
            )
        key = wanted
    try:
        key.verify(b64decode(contents[SIGNATURE], validate=False), contents[MANIFEST])
    except (InvalidSignature, ValueError):
        problems.append(
            Text(
                en="the signature does not fit: the manifest was changed",
                ja=f"署名が合いません。{MANIFEST} が書き換えられています",
            )
        )
    try:
        manifest = Manifest.model_validate_json(contents[MANIFEST])
    except ValidationError:
        unclear = Text(
            en=f"{MANIFEST} cannot be understood", ja=f"{MANIFEST} の内容を読み取れません"
        )
        return Verified(None, fingerprint(key), (*problems, unclear))
    problems += _differences(manifest, contents)
    return Verified(manifest, fingerprint(key), tuple(problems))


def _missing(name: str) -> Text:
    return Text(en=f"{name} is missing", ja=f"{name} がありません")


def _differences(manifest: Manifest, contents: dict[str, bytes]) -> list[Text]:
    there = contents.keys() - _OWN
    problems = [_missing(name) for name in sorted(manifest.files.keys() - there)]
    problems += [
        Text(en=f"{name} was added", ja=f"{name} が付け加えられています")
        for name in sorted(there - manifest.files.keys())
    ]
    problems += [
        Text(en=f"{name} was changed", ja=f"{name} が書き換えられています")
        for name, value in sorted(manifest.files.items())
        if name in contents and hashlib.sha256(contents[name]).hexdigest() != value
    ]
    return problems


@contextmanager
def unpacked(archive: Path, trusted: Path | None) -> Iterator[tuple[Path, str]]:
    """The files of an archive, in a folder that goes away again, and the fingerprint of its key.

    Raises:
        ConformanceError: it is no archive, or it was changed.
    """
    found = verify(archive, trusted)
    if found.problems or found.manifest is None:
        raise ConformanceError(
            Text(
                en="the archive cannot be trusted: "
                + "; ".join(each.en for each in found.problems),
                ja="この ZIP ファイルは信用できません: "
                + "、".join(each.ja for each in found.problems),
            ),
            str(archive),
            Text(
                en="ask for it again where it comes from",
                ja="作成した人に、もう一度送ってもらってください",
            ),
        )
    with tempfile.TemporaryDirectory(prefix="net119-archive-") as scratch:
        folder = Path(scratch)
        with zipfile.ZipFile(archive) as packed:
            for name in found.manifest.files:
                packed.extract(name, folder)  # sanitises absolute names and ..
        yield folder, found.fingerprint


def _contents(archive: Path) -> dict[str, bytes]:
    to_do = Text(
        en="name a file that `net119 conformance export` wrote",
        ja="net119 conformance export が書き出したファイルを指定してください",
    )
    try:
        with zipfile.ZipFile(archive) as packed:
            names = [entry.filename for entry in packed.infolist()]
            size = sum(entry.file_size for entry in packed.infolist())
            if size > MOST_BYTES or len(set(names)) != len(names):
                raise ConformanceError(
                    Text(
                        en="it is too large, or names a file twice",
                        ja="大きすぎるか、同じ名前のファイルが二つ入っています",
                    ),
                    str(archive),
                    to_do,
                )
            return {name: packed.read(name) for name in names}
    except (
        OSError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
    ) as problem:
        raise ConformanceError(
            Text(en=f"no archive: {problem}", ja=f"ZIP ファイルとして読めません: {problem}"),
            str(archive),
            to_do,
        ) from problem
