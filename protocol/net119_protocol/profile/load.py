"""Reads department profiles from TOML files, and says all that is wrong with them at once."""

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from net119_protocol.profile.model import Profile

PACKAGED = Path(__file__).parent / "data"


class ProfileError(ValueError):
    """Profiles cannot be used; ``problems`` has one line each: file, key, what, what to do."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


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
        raise ProfileError((f"{folder}: there is no such folder; name one that holds *.toml",))
    problems: list[str] = []
    found: dict[str, Profile] = {}
    origin: dict[str, str] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            profile = read_profile(file)
        except ProfileError as wrong:
            problems += wrong.problems
            continue
        if profile.department in found:
            problems.append(
                f"{file.name}: department: {profile.department!r} has a profile in "
                f"{origin[profile.department]} already; keep one of the two"
            )
        problems += _taken(profile, found, file.name, origin)
        found[profile.department] = profile
        origin[profile.department] = file.name
    if problems:
        raise ProfileError(tuple(problems))
    return MappingProxyType(found)


def _taken(
    profile: Profile, others: Mapping[str, Profile], file: str, origin: Mapping[str, str]
) -> list[str]:
    """Addresses that another department has: mail to them could not be told apart."""
    return [
        f"{file}: mail: {address} is the application address of {origin[other.department]} too; "
        "every department needs its own"
        for other in others.values()
        for address in [profile.mail.application]
        if address is not None and address == other.mail.application
    ]


def read_profile(file: Path) -> Profile:
    """One profile.

    Raises:
        ProfileError: with every problem of the file.
    """
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as wrong:
        raise ProfileError((f"{file.name}: cannot be read: {wrong}; it is UTF-8 text",)) from None
    except tomllib.TOMLDecodeError as wrong:
        raise ProfileError((f"{file.name}: is no TOML: {wrong}",)) from None
    return parse_profile(content, file.name)


def parse_profile(content: Mapping[str, Any], name: str) -> Profile:
    """A profile from its keys; ``name`` stands in the problems.

    Raises:
        ProfileError: with every problem.
    """
    try:
        return Profile.model_validate(dict(content))
    except ValidationError as wrong:
        raise ProfileError(
            tuple(
                f"{name}: {'.'.join(map(str, each['loc'])) or 'file'}: {_say(each)}"
                for each in wrong.errors(include_url=False, include_input=False)
            )
        ) from None


def _say(each: Mapping[str, Any]) -> str:
    said = {
        "missing": "is missing; add it",
        "extra_forbidden": "is no key of a profile; remove it, or check its spelling",
    }
    return said.get(str(each["type"]), str(each["msg"]).removeprefix("Value error, "))
