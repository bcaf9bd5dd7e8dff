"""The offline bundle as a department gets it: it installs and works where there is no network."""

import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tools import make_bundle


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle for the Python that runs here, made and unpacked."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        pytest.skip("the bundle is for Linux on x86_64")
    folder = tmp_path_factory.mktemp("bundle")
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    made = make_bundle.make(folder, [python])
    digest = subprocess.run(
        ["sha256sum", "--check", f"{made.name}.sha256"], cwd=folder, capture_output=True, text=True
    )
    assert digest.stdout == f"{made.name}: OK\n"
    with tarfile.open(made) as tar:
        tar.extractall(folder, filter="data")
    made.unlink()
    return folder / "net119"


def without_network(script: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a script where only loopback exists, with the interpreter of these tests as `python3`."""
    programs = home / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    if not (programs / "python3").exists():
        (programs / "python3").symlink_to(Path(sys.executable).resolve())
    apart = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    return subprocess.run(
        [*apart, "bash", "-c", f"set -e; ip link set lo up\n{script}"],
        cwd=home,
        env={
            "HOME": str(home),
            "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "LANG": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.mark.slow
def test_it_installs_and_acts_out_a_call_without_a_network(unpacked: Path, tmp_path: Path) -> None:
    done = without_network(
        f"{unpacked}/install.sh\n"
        "net119/net119 doctor\n"
        "net119/net119 scenario run traveller-falls-ill\n"
        "net119/net119 --lang en --version",
        tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "できました。次にすること" in done.stdout
    assert "この機器で動きます。" in done.stdout
    assert "すべて成り立ちました。" in done.stdout
    # Nothing of the checkout is used, and nothing is left behind but what was asked for.
    place = without_network(
        "net119/venv/bin/python -c 'import net119_cli as n; print(n.__file__)'", tmp_path
    )
    assert place.stdout.startswith(str(tmp_path / "net119/venv/"))
    assert sorted(path.name for path in (tmp_path / "net119").iterdir()) == [
        "LICENSE",
        "VERSION",
        "docs",
        "installed-by-net119",
        "net119",
        "venv",
    ]


def test_what_is_damaged_or_in_the_way_stops_the_installation(
    unpacked: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "net119-copy"
    shutil.copytree(unpacked, copy, copy_function=os.link)
    (copy / "LICENSE").unlink()
    (copy / "LICENSE").write_text("other")
    damaged = without_network(f"{copy}/install.sh", tmp_path)
    assert damaged.returncode == 1
    assert "LICENSE: FAILED" in damaged.stdout
    assert "アーカイブをもう一度展開" in damaged.stderr
    assert not (tmp_path / "net119").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    taken = without_network(f"{unpacked}/install.sh --to full --lang en", tmp_path)
    assert taken.returncode == 1
    assert "full holds something else" in taken.stderr
    missing = without_network(f"{unpacked}/install.sh --python python0.9", tmp_path)
    assert missing.returncode == 1
    assert "指定された Python がありません" in missing.stderr
