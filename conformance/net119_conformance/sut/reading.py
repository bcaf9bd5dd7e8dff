"""Reads a profile, and says everything that is wrong with it at once."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from net119_protocol.interconnect.mapping import UnknownMapping, load_mapping
from net119_protocol.profile.load import load_profiles
from net119_simulators.safety import is_loopback
from pydantic import ValidationError

from net119_conformance.catalogue import Role
from net119_conformance.errors import ConformanceError
from net119_conformance.masking_words import read_listed
from net119_conformance.sut.kinds import UnknownDriver, find_kind
from net119_conformance.sut.options import Option
from net119_conformance.sut.profile import SutProfile, host_of

DOCS = "docs/sut-profile.md describes every key"
_ON_THE_WIRE = (Role.HOME, Role.RECEIVING)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the key, what is wrong with it, and what to write instead."""

    path: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what} -> {self.remedy}"


class ProfileError(ConformanceError):
    """A profile that cannot be used; ``problems`` holds all that is wrong with it."""

    def __init__(self, file: Path, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        one = len(problems) == 1
        listed = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(
            f"{'one thing is' if one else f'{len(problems)} things are'} wrong:{listed}",
            f"profile {file}",
            DOCS,
        )


def read_toml(file: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        ConformanceError: it cannot be read.
    """
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConformanceError(
            f"the profile cannot be read: {getattr(error, 'strerror', None) or error}",
            f"--sut {file}",
            'write it as TOML, or have "net119 sut init" write one',
        ) from error


def read_profile(file: Path) -> SutProfile:
    """Read a profile.

    Raises:
        ProfileError: something is wrong with it.
        ConformanceError: it cannot be read as TOML.
    """
    content = read_toml(file)
    try:
        profile = SutProfile.model_validate(content)
    except ValidationError as error:
        raise ProfileError(file, tuple(_said(error, ""))) from error
    profile = profile.model_copy(update={"folder": file.absolute().parent})
    problems = tuple(_contradictions(profile))
    if problems:
        raise ProfileError(file, problems)
    return profile


_REMEDIES = {
    "sut": 'say who it is, as in [sut] key = "acme", name, vendor and version',
    "sut.key": "use a short name of small letters, digits and hyphens, such as acme",
    "sut.operator": "write the operator code, small letters, digits and hyphens, such as acme",
    "claims": 'claim roles, as in [claims] roles = ["home", "receiving"]',
    "claims.roles": "claim some of home, receiving, registration, operation, alarm",
    "claims.options": f"use some of {', '.join(Option)}",
    "addresses": "write addresses as https://127.0.0.2:8443, 127.0.0.2:61614 or 127.20.0.0/16",
    "timers": "write seconds as numbers, or leave the key out for the published default",
    "driver": 'say who operates the system, as in [driver] kind = "http-hook"',
    "driver.admin_token_env": "set that variable in the environment of the run, or name another",
    "capacity": 'write it as docs/load.md shows, or "none" for a part not claimed',
}


def _said(error: ValidationError, table: str) -> Iterator[Problem]:
    """What a model found wrong, key by key; alternatives of one key are told once."""
    told: set[str] = set()
    for each in error.errors(include_url=False):
        keys = [str(key) for key in each["loc"] if "[" not in str(key)]
        keys = [key for key in keys if key.islower() or key.isdigit()]
        path = ".".join(([table] if table else []) + keys) or "the file"
        if path in told:
            continue
        told.add(path)
        what = each["msg"].removeprefix("Value error, ")
        if each["type"] == "extra_forbidden":
            what = "there is no such key"
        elif each["type"] == "missing":
            what = "it is missing"
        yield Problem(path, f"{what[:1].lower()}{what[1:]}", _remedy(path))


def _remedy(path: str) -> str:
    keys = path.split(".")
    for length in range(len(keys), 0, -1):
        found = _REMEDIES.get(".".join(keys[:length]))
        if found:
            return found
    return DOCS


def _contradictions(profile: SutProfile) -> Iterator[Problem]:
    """What is wrong between keys, and with what they name outside the file."""
    yield from _driver(profile)
    yield from _missing_addresses(profile)
    yield from _other_hosts(profile)
    try:
        load_mapping(profile.mapping)
    except UnknownMapping as unknown:
        yield Problem("mapping", str(unknown), "name a mapping that is there (docs/mappings.md)")
    known = load_profiles()
    for name in profile.claims.department_profiles:
        if name not in known:
            yield Problem(
                "claims.department_profiles",
                f"there is no department profile {name!r}",
                f"use some of {', '.join(sorted(known))}",
            )
    listed = profile.masking.file
    if listed is not None:
        try:
            read_listed(profile.path(listed))
        except ConformanceError as wrong:
            yield Problem("masking.file", f"{wrong.what} ({wrong.where})", wrong.what_to_do)
    ca_file = profile.addresses.ca_file
    if ca_file is not None and not profile.path(ca_file).is_file():
        yield Problem(
            "addresses.ca_file",
            f"there is no file {profile.path(ca_file)}",
            "name the PEM file of the authority that signed the system's certificates, or leave "
            "the key out if it uses those that net119 sut prepare makes",
        )


def _driver(profile: SutProfile) -> Iterator[Problem]:
    table = profile.driver
    try:
        kind = find_kind(table.kind)
        kind.settings(table.settings)
    except UnknownDriver as unknown:
        yield Problem("driver.kind", unknown.what, unknown.what_to_do)
    except ValidationError as error:
        yield from _said(error, "driver")
    except ConformanceError as wrong:
        yield Problem("driver.kind", wrong.what, wrong.what_to_do)
    else:
        extra = set(table.verbs or ()) - kind.verbs
        if extra:
            yield Problem(
                "driver.verbs",
                f"a driver of kind {table.kind} never has {', '.join(sorted(extra))}",
                f"use some of {', '.join(sorted(kind.verbs))}",
            )


def _missing_addresses(profile: SutProfile) -> Iterator[Problem]:
    addresses, claims = profile.addresses, profile.claims
    if addresses.stomp is None and any(role in claims.roles for role in _ON_THE_WIRE):
        yield Problem(
            "addresses.stomp",
            "the roles home and receiving need the STOMP endpoint",
            'write where it listens, such as stomp = "127.0.0.2:61614"',
        )
    if addresses.base_url is None and profile.driver.kind == "api":
        yield Problem(
            "addresses.base_url",
            "the driver api needs it",
            'write where the documented API is, such as base_url = "https://127.0.0.2:8443"',
        )
    if addresses.plaintext_url is None and Option.OLD_PHONES in claims.options:
        yield Problem(
            "addresses.plaintext_url",
            f"the option {Option.OLD_PHONES} needs it",
            'write where phones without TLS come, such as plaintext_url = "http://127.0.0.2:8080"',
        )
    if (addresses.mail_in is None) != (addresses.mail_out is None):
        missing = "mail_in" if addresses.mail_in is None else "mail_out"
        yield Problem(
            f"addresses.{missing}",
            "mail needs both ways",
            "write mail_in, where the system takes mail, and mail_out, where it sends it to and "
            "the suite listens",
        )


def _other_hosts(profile: SutProfile) -> Iterator[Problem]:
    addresses = profile.addresses
    for key in ("base_url", "plaintext_url", "stomp", "mail_in"):
        value = getattr(addresses, key)
        if value is None:
            continue
        host = host_of(value)
        if is_loopback(host):
            continue
        if host not in addresses.test_systems:
            yield Problem(
                f"addresses.{key}",
                f"{host} is no loopback address, and nobody said that it is a test system",
                f'if it is one, and never a real service, write test_systems = ["{host}"]',
            )
        elif Option.LIVE in profile.claims.options:
            yield Problem(
                "claims.options",
                f"calls in mode live are never sent to {host}, a host other than loopback",
                f"leave out {Option.LIVE}",
            )
