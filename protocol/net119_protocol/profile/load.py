"""Reads department profiles from TOML files, and says all that is wrong with them at once."""

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from net119_protocol.labels import Label, Language
from net119_protocol.profile.faults import Fault, faults_of
from net119_protocol.profile.model import Profile

PACKAGED = Path(__file__).parent / "data"


class ProfileError(ValueError):
    """Profiles cannot be used; ``problems`` has a line each: file, key, what, what to do."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        self.problems = self.lines("en")
        super().__init__("\n".join(self.problems))

    def lines(self, language: Language) -> tuple[str, ...]:
        """One line for each fault."""
        return tuple(fault.line(language) for fault in self.faults)


def load_profiles(folder: Path | None = None) -> Mapping[str, Profile]:
    """All profiles of a folder (``*.toml``) by department; the packaged ones without a folder.

    Raises:
        ProfileError: with every problem of every file.
    """
    return _packaged() if folder is None else _read(folder)


@functools.cache
def _packaged() -> Mapping[str, Profile]:
    return _read(PACKAGED)


def _read(folder: Path) -> Mapping[str, Profile]:
    if not folder.is_dir():
        said = Label(
            "そのようなフォルダーはありません。*.toml のあるフォルダーを指定してください",
            "there is no such folder; name one that holds *.toml",
        )
        raise ProfileError((Fault(str(folder), "", said),))
    faults: list[Fault] = []
    found: dict[str, Profile] = {}
    origin: dict[str, str] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            profile = read_profile(file)
        except ProfileError as wrong:
            faults += wrong.faults
            continue
        if profile.department in found:
            code, other = profile.department, origin[profile.department]
            said = Label(
                f"{code!r} のプロファイルは {other} にもあります。一方だけにしてください",
                f"{code!r} has a profile in {other} already; keep one of the two",
            )
            faults.append(Fault(file.name, "department", said))
        faults += _taken(profile, found, file.name, origin)
        found[profile.department] = profile
        origin[profile.department] = file.name
    if faults:
        raise ProfileError(tuple(faults))
    return MappingProxyType(found)


def _taken(
    profile: Profile, others: Mapping[str, Profile], file: str, origin: Mapping[str, str]
) -> list[Fault]:
    """Addresses that another department has: mail to them could not be told apart."""
    address = profile.mail.application
    return [
        Fault(
            file,
            "mail.application",
            Label(
                f"{address} は {origin[other.department]} の申請用アドレスと同じです。"
                "消防本部ごとに別にしてください",
                f"{address} is the application address of {origin[other.department]} too; "
                "give every department its own",
            ),
        )
        for other in others.values()
        if address is not None and address == other.mail.application
    ]


def read_profile(file: Path) -> Profile:
    """One profile.

    Raises:
        ProfileError: with every problem of the file.
    """
    return parse_profile(read_content(file), file.name)


def read_content(file: Path) -> dict[str, Any]:
    """The keys of a file, whatever they are.

    Raises:
        ProfileError: the file cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as wrong:
        said = Label(
            f"読めません（{wrong}）。UTF-8 で保存し、読めるようにしてください",
            f"cannot be read: {wrong}; save it as UTF-8 text and make it readable",
        )
        raise ProfileError((Fault(file.name, "", said),)) from None
    except tomllib.TOMLDecodeError as wrong:
        said = Label(
            f"TOML の形になっていません（{wrong}）。その行を直してください",
            f"is no TOML: {wrong}; mend that line",
        )
        raise ProfileError((Fault(file.name, "", said),)) from None


def parse_profile(content: Mapping[str, Any], name: str) -> Profile:
    """A profile from its keys; ``name`` stands in the problems.

    Raises:
        ProfileError: with every problem.
    """
    try:
        return Profile.model_validate(dict(content))
    except ValidationError as wrong:
        raise ProfileError(faults_of(wrong, name)) from None
