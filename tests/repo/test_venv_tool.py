"""tools/venv.py: when the environment counts as current, and what is said when it cannot be."""

import importlib.util
import sys
from pathlib import Path

import pytest

from tools import venv


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose .venv holds a working interpreter and the command."""
    (tmp_path / "requirements").mkdir()
    for name in venv.SETS:
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"# {name}\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / ".venv" / "bin" / "net119").touch()
    (tmp_path / ".venv" / "bin" / "activate").write_text(f"VIRTUAL_ENV={tmp_path / '.venv'}\n")
    monkeypatch.setattr(venv, "ROOT", tmp_path)
    monkeypatch.setattr(venv, "VENV", tmp_path / ".venv")
    return tmp_path


def stamp(project: Path, name: str) -> None:
    (project / ".venv" / f"net119-{name}.stamp").write_text(venv.fingerprint(name))


def test_a_larger_set_serves_for_a_smaller_one(project: Path) -> None:
    assert not venv.is_current("runtime")
    stamp(project, "load")
    assert venv.is_current("runtime")
    assert venv.is_current("load")
    assert not venv.is_current("conformance")
    assert not venv.is_current("dev")
    stamp(project, "dev")
    assert all(venv.is_current(name) for name in venv.SETS)


@pytest.mark.parametrize("changed", ["requirements/dev.txt", "pyproject.toml"])
def test_a_changed_file_makes_it_stale(project: Path, changed: str) -> None:
    stamp(project, "dev")
    assert venv.is_current("dev")
    (project / changed).write_text("# other\n")
    assert not venv.is_current("dev")


def test_an_interpreter_that_is_gone_makes_it_stale(project: Path) -> None:
    stamp(project, "dev")
    (project / ".venv" / "bin" / "python").unlink()
    assert not venv.is_current("dev")


def test_a_moved_folder_makes_it_stale(project: Path) -> None:
    stamp(project, "dev")
    (project / ".venv" / "bin" / "activate").write_text("VIRTUAL_ENV=/elsewhere/.venv\n")
    assert not venv.is_current("dev")


def test_without_the_venv_module_it_says_which_package_to_install(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / ".venv" / "bin" / "python").unlink()
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "ensurepip" else real(name)
    )
    monkeypatch.setattr(sys, "argv", ["venv.py", "runtime"])
    assert venv.main() == 1
    said = capfd.readouterr().err
    assert f"python{sys.version_info[0]}.{sys.version_info[1]}-venv" in said
    assert "Traceback" not in said


def test_a_failing_step_is_named(project: Path) -> None:
    with pytest.raises(venv.CannotInstall, match="trying it failed"):
        venv.run([sys.executable, "-c", "raise SystemExit(3)"], "trying it")


def test_the_pin_of_a_package_comes_with_its_hashes() -> None:
    pin = "uv==2 \\\n    --hash=sha256:2 \\\n    --hash=sha256:3\n"
    requirements = f"a==1 \\\n    --hash=sha256:1\n{pin}    # via x\nz==3\n"
    assert venv.pin_of("uv", requirements) == pin
    assert venv.pin_of("u", requirements) is None
