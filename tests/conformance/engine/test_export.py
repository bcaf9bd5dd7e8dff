"""Signed archives of a report: whole, dated, and every change to them is seen."""

import hashlib
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from net119_conformance.errors import ConformanceError
from net119_conformance.export import MANIFEST, PUBLIC_KEY, SUMS, Verified, export, verify

from tests.conformance.engine.test_runner import run_toys

NOW = datetime(2026, 4, 1, 3, 4, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report")
    run_toys(out, "TOY-PASS", "TOY-FAIL")
    return out


@pytest.fixture
def archive(folder: Path, tmp_path: Path) -> Path:
    export(folder, tmp_path / "a.zip", tmp_path / "key", NOW)
    return tmp_path / "a.zip"


def said(found: Verified) -> list[str]:
    """What is wrong with an archive, in English; in Japanese it is said as well."""
    assert all(re.search("[\u3040-\u30ff]", each.ja) for each in found.problems)
    return [each.en for each in found.problems]


def rewrite(archive: Path, name: str, content: bytes | None) -> None:
    """Put other content into one file of an archive; None leaves it out."""
    with zipfile.ZipFile(archive) as packed:
        contents = {each: packed.read(each) for each in packed.namelist()}
    contents.pop(name, None)
    if content is not None:
        contents[name] = content
    with zipfile.ZipFile(archive, "w") as packed:
        for each, data in contents.items():
            packed.writestr(each, data)


def test_an_archive_holds_the_report_and_its_evidence(archive: Path) -> None:
    found = verify(archive)
    assert found.problems == ()
    assert found.manifest is not None
    assert found.manifest.created_at == NOW
    assert found.manifest.verdict.value == "FAIL"
    assert sorted(found.manifest.files) == [
        "evidence/TOY-FAIL--toy.jsonl",
        "evidence/TOY-PASS--toy.jsonl",
        "report.html",
        "report.json",
        "report.junit.xml",
    ]


def test_the_checksums_can_be_checked_without_this_command(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "out")
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", SUMS],
        cwd=tmp_path / "out",
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(": OK") == 5


@pytest.mark.parametrize("name", ["report.json", "evidence/TOY-FAIL--toy.jsonl"])
def test_a_changed_file_is_named(archive: Path, name: str) -> None:
    rewrite(archive, name, b"{}")
    assert said(verify(archive)) == [f"{name} was changed"]


def test_a_missing_file_and_an_added_one_are_named(archive: Path) -> None:
    rewrite(archive, "report.html", None)
    rewrite(archive, "evidence/more.jsonl", b"")
    assert said(verify(archive)) == ["report.html is missing", "evidence/more.jsonl was added"]


def test_a_manifest_made_to_fit_a_change_breaks_the_signature(archive: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        manifest = packed.read(MANIFEST)
        old = hashlib.sha256(packed.read("report.json")).hexdigest().encode()
    rewrite(archive, "report.json", b"{}")
    new = hashlib.sha256(b"{}").hexdigest().encode()
    rewrite(archive, MANIFEST, manifest.replace(old, new))
    assert said(verify(archive)) == ["the signature does not fit: the manifest was changed"]


def test_another_key_is_told_apart(folder: Path, archive: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "b.zip", tmp_path / "other key", NOW)
    with zipfile.ZipFile(archive) as packed:
        (tmp_path / "public.pem").write_bytes(packed.read(PUBLIC_KEY))
    assert verify(archive, tmp_path / "public.pem").problems == ()
    problems = said(verify(tmp_path / "b.zip", tmp_path / "public.pem"))
    assert "another key" in problems[0]
    assert "signature" in problems[1]


def test_the_key_is_for_its_owner_alone_and_stays(folder: Path, tmp_path: Path) -> None:
    first = export(folder, tmp_path / "a.zip", tmp_path / "key", NOW)[1]
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert export(folder, tmp_path / "b.zip", tmp_path / "key", NOW)[1] == first


def test_what_is_no_report_and_no_archive_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConformanceError, match="no report"):
        export(tmp_path, tmp_path / "a.zip", tmp_path / "key", NOW)
    (tmp_path / "key").write_text("no key", "ascii")
    with pytest.raises(ConformanceError, match="no private key"):
        export(folder, tmp_path / "a.zip", tmp_path / "key", NOW)
    with pytest.raises(ConformanceError, match="no archive"):
        verify(tmp_path / "key")


def test_a_report_without_its_evidence_is_not_exported(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "evidence" / "TOY-PASS--toy.jsonl").unlink()
    with pytest.raises(ConformanceError, match="cannot be read"):
        export(tmp_path / "copy", tmp_path / "a.zip", tmp_path / "key", NOW)
    assert not (tmp_path / "a.zip").exists()


def test_pictures_go_along_only_where_somebody_wants_them(folder: Path, tmp_path: Path) -> None:
    """Nothing can be masked in a picture, so none leaves the machine by itself."""
    shutil.copytree(folder, tmp_path / "copy")
    picture = "evidence/TOY-PASS--toy.picture-1.png"
    (tmp_path / "copy" / picture).write_bytes(b"pixels")
    (tmp_path / "copy" / "evidence" / "OTHER--toy.picture-1.png").write_bytes(b"of another run")
    for wanted in (False, True):
        archive = tmp_path / f"{wanted}.zip"
        export(tmp_path / "copy", archive, tmp_path / "key", NOW, pictures=wanted)
        manifest = verify(archive).manifest
        assert manifest is not None
        assert (picture in manifest.files) is wanted
        assert (manifest.pictures, manifest.pictures_left_out) == (int(wanted), int(not wanted))
        with zipfile.ZipFile(archive) as packed:
            assert (picture in packed.namelist()) is wanted
            assert not [name for name in packed.namelist() if "OTHER" in name]
