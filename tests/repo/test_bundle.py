"""The offline bundle: what goes in. That it installs is tested in tests/system."""

import os
import re
import tarfile
from pathlib import Path

import pytest

from tools import make_bundle
from tools.bundled_docs import page, write_docs

ROOT = Path(__file__).resolve().parents[2]
LOCK = """\
# comment
always==1 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
early==2 ; python_full_version < '3.11.5' \\
    --hash=sha256:bb
late==3 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
elsewhere==4 ; sys_platform == 'win32' \\
    --hash=sha256:dd
"""


@pytest.mark.parametrize(
    ("python", "kept"),
    [
        ("3.11.2", ["always", "early"]),
        ("3.11.99", ["always"]),
        ("3.13.0", ["always", "late"]),
    ],
)
def test_the_lock_is_read_for_the_python_that_will_install(python: str, kept: list[str]) -> None:
    found = make_bundle.pins_for(LOCK, python)
    assert [pin.split("==")[0] for pin in found] == kept
    assert found[0].endswith("--hash=sha256:aa \\\n    --hash=sha256:ab")


def test_the_same_content_makes_the_same_archive(tmp_path: Path) -> None:
    made = []
    for number in (1, 2):
        folder = tmp_path / str(number) / "net119"
        folder.mkdir(parents=True)
        (folder / "b.sh").write_text("echo\n")
        (folder / "a.txt").write_text("髙\n")
        os.utime(folder / "a.txt", (number, number))
        archive = tmp_path / f"{number}.tar.gz"
        make_bundle.pack(folder, archive, 1_700_000_000)
        made.append(archive.read_bytes())
    assert made[0] == made[1]
    with tarfile.open(tmp_path / "1.tar.gz") as tar:
        modes = {entry.name: entry.mode for entry in tar}
    assert modes == {"net119": 0o755, "net119/a.txt": 0o644, "net119/b.sh": 0o755}


def test_every_link_and_picture_of_the_docs_is_there(tmp_path: Path) -> None:
    write_docs(ROOT, tmp_path)
    pages = sorted(tmp_path.rglob("*.html"))
    assert tmp_path / "README.html" in pages
    dead = []
    for path in pages:
        for target in re.findall(r'(?:href|src)="(?!\w+:|#)([^"#]+)', path.read_text()):
            if not (path.parent / target).exists():
                dead.append(f"{path.name}: {target}")
    assert dead == []


def test_a_page_of_the_docs_says_its_language_and_keeps_text_text() -> None:
    made = page("# 訓練 <x>\n\n[表](other.md#a) [中](../x.md)\n\n`<b>`\n", "ja")
    assert '<html lang="ja">' in made
    assert "<title>訓練 &lt;x></title>" in made
    assert '<a href="other.html#a">表</a>' in made
    assert "<a>中</a>" in made
    assert "<code>&lt;b&gt;</code>" in made
