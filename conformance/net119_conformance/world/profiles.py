"""Department profiles of a run: those of the source documents, on the purposes' own departments."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from net119_protocol.profile.load import load_profiles
from net119_protocol.profile.model import Profile
from net119_simulators.network.config import toml

from net119_conformance.world.plan import Ground


def profile_of(ground: Ground) -> dict[str, Any]:
    """The profile that a department was given, with its own code, area and mail addresses."""
    base = load_profiles()[ground.profile].model_dump(mode="json", exclude_none=True)
    domain = ground.mail_domain
    mail = dict(base["mail"])
    if "application" in mail:
        mail["application"] = f"r@{domain}"
    one_sender = mail["registration_sender"] == mail["service_sender"]
    mail["registration_sender"] = f"info@{domain}" if one_sender else f"register@{domain}"
    mail["service_sender"] = f"info@{domain}"
    if ground.service_starts is not None:
        base["service_starts"] = ground.service_starts.isoformat()
    return {
        **base,
        "department": ground.department,
        "municipalities": [ground.municipality],
        "mail": mail,
    }


def write_profile(ground: Ground, folder: Path, **changed: Any) -> None:
    """Write a department's profile, with changes, in the place of the one that was there."""
    file = folder / f"{ground.department}.toml"
    file.write_text(toml({**profile_of(ground), **changed}), "utf-8")


def write_profiles(grounds: Iterable[Ground], folder: Path) -> Path:
    """One file for each department that has a profile; the packaged ones are not among them."""
    folder.mkdir(parents=True, exist_ok=True)
    for ground in grounds:
        if ground.profile:
            write_profile(ground, folder)
    return folder


def read_profile(ground: Ground) -> Profile:
    """The profile that a department was given, as its file holds it."""
    return Profile.model_validate(profile_of(ground))
