"""What an image is told and has to do (docs/containers.md), and the profile that comes in it."""

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from net119_simulators.network.config import toml

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError
from net119_conformance.sut.profile import SutProfile, split_place
from net119_conformance.sut.reading import read_profile

VERSION = "1"
SERVE = "serve"
"""The task in which an image is the system under test."""
UNSUPPORTED = 127
"""Exit status of an image for a task that it does not know."""
WORLD = "/net119/world"
"""Where what the system has to load is mounted, read-only."""
PROFILE_LABEL = "net119.profile"
"""Label of an image: path of the profile in it."""
PROFILE_PATH = "/net119/sut.toml"
"""Where the profile is in an image without that label."""
SHOWN = (
    *("README.md", "directory.json", "operators.json", "registrants.json", "mail-domains.json"),
    *("departments.json", "alarms.toml", "profiles"),
    *("ca/ca.pem", "ca/sut.pem", "ca/sut.key", "ca-rsa/ca.pem", "ca-rsa/sut.pem", "ca-rsa/sut.key"),
)
"""All of a prepared world that a system may see: keys of peers and the plan stay with the suite."""


@dataclass(frozen=True)
class Place:
    """Where one container lives. ``address`` is its own, ``suite`` the one for people's mail.

    ``peers`` is the network of simulated peers, ``operator`` the code it goes by, ``token`` the
    secret of its admin API.
    """

    address: str
    suite: str
    peers: str
    operator: str
    token: str

    def variables(self) -> dict[str, str]:
        """What profiles may name as ``${SUT_...}``, and containers have in their environment."""
        return {
            "SUT_OPERATOR": self.operator,
            "SUT_ADDRESS": self.address,
            "SUT_SUITE_ADDRESS": self.suite,
            "SUT_PEERS": self.peers,
            "SUT_ADMIN_TOKEN": self.token,
        }


def environment(task: str, place: Place | None) -> dict[str, str]:
    """The environment variables of a container."""
    given = {"SUT_CONTRACT": VERSION, "SUT_TASK": task, "SUT_WORLD": WORLD}
    return given if place is None else {**given, **place.variables()}


def profile_here(text: str, place: Place, folder: Path, where: str) -> tuple[SutProfile, Path]:
    """The profile of an image at a place, and the file in ``folder`` that it was written to.

    ``where`` names the image and the path, for messages.

    Raises:
        ConformanceError: it is no profile, or says addresses or an operator that are not its own.
    """
    try:
        content = tomllib.loads(Template(text).safe_substitute(place.variables()))
    except tomllib.TOMLDecodeError as error:
        raise ConformanceError(
            Text(
                en=f"the profile is no TOML: {error}",
                ja=f"プロファイルを TOML として読めません: {error}",
            ),
            where,
            Text(en="docs/containers.md shows one", ja="例は docs/containers.ja.md にあります"),
        ) from error
    addresses: Any = content.get("addresses", {})
    if isinstance(addresses, dict):
        addresses["peers"] = place.peers
    content["world"] = {"folder": "world"}
    content["addresses"] = addresses
    file = folder / "sut.toml"
    # It holds the admin token.
    file.touch(mode=0o600)
    file.write_text(toml(content), "utf-8")
    profile = read_profile(file)
    _same(where, "addresses", set(profile.hosts()) - {place.address}, "${SUT_ADDRESS}")
    if profile.addresses.mail_out is not None:
        host = split_place(profile.addresses.mail_out)[0]
        _same(where, "addresses.mail_out", {host} - {place.suite}, "${SUT_SUITE_ADDRESS}")
    code = profile.sut.code
    _same(where, "sut.operator", {code} - {place.operator}, "${SUT_OPERATOR}")
    if profile.addresses.ca_file is not None:
        raise ConformanceError(
            Text(
                en="a container's certificates are those of the mounted world",
                ja="コンテナーの証明書は、渡されたフォルダーのものを使います",
            ),
            f"{where}, addresses.ca_file",
            Text(
                en=f"leave the key out, and serve with {WORLD}/ca/sut.pem",
                ja=f"この項目を消し、{WORLD}/ca/sut.pem で待ち受けてください",
            ),
        )
    return profile, file


def _same(where: str, key: str, wrong: set[str], variable: str) -> None:
    if wrong:
        raise ConformanceError(
            Text(
                en=f"{', '.join(sorted(wrong))} is not what the suite gives to the container",
                ja=f"{', '.join(sorted(wrong))} は、試験側がコンテナーに渡す値ではありません",
            ),
            f"{where}, {key}",
            Text(en=f"write {variable} there", ja=f"{variable} と書いてください"),
        )


def show_world(world: Path, profile: Path, to: Path) -> None:
    """Copy what a system may see of a prepared world, and its profile, readable for every user."""
    to.mkdir()
    for name in SHOWN:
        source, target = world / name, to / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.exists():
            shutil.copyfile(source, target)
    shutil.copyfile(profile, to / "sut.toml")
    for path in (to, *to.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
