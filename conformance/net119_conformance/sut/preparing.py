"""Plans the world of a system that somebody else starts, and writes what the system has to load."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import IPv4Network
from itertools import islice
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

from net119_protocol.api.staff import Credentials
from net119_protocol.directory import japan_date, load_directory
from net119_simulators.network.authority import Authority
from net119_simulators.network.config import toml
from net119_simulators.person import jurisdictions, make_person

from net119_conformance.catalogue import Role, Text
from net119_conformance.errors import ConformanceError
from net119_conformance.purpose import Purpose
from net119_conformance.sut.applies import missing_claim, needs_of
from net119_conformance.sut.options import Option
from net119_conformance.sut.profile import SutProfile
from net119_conformance.sut.what_to_load import what_to_load
from net119_conformance.world.addresses import peer_addresses
from net119_conformance.world.alarm_settings import alarm_settings
from net119_conformance.world.description import estate_key
from net119_conformance.world.load_settings import more_centers
from net119_conformance.world.makers import issue_for_peer
from net119_conformance.world.needs import Needs
from net119_conformance.world.plan import Claim, Estate, Ground, WorldPlan, plan_world
from net119_conformance.world.prepared import (
    CHECK,
    DIRECTORY_FILE,
    OPERATORS_FILE,
    REGISTRANTS_FILE,
    WORLD_FILE,
    Prepared,
    PreparedPerson,
    basis_of,
)
from net119_conformance.world.profiles import write_profiles

AT_HOME, BESIDE = 4, 2
"""People registered beforehand with a home department, and with a second one."""


def prepare(
    profile: SutProfile, purposes: Iterable[Purpose], folder: Path, *, with_people: bool
) -> Prepared:
    """Write the world of all purposes that apply into ``folder``; the same again for the same ones.

    Its authority stays the one that is there, so that nobody has to trust a new one.
    ``with_people``: people are registered beforehand, since the driver registers none.

    Raises:
        ConformanceError: the folder cannot be written, or there are too few addresses for peers.
    """
    asked = [each for each in purposes if missing_claim(each, profile) is None]
    plan = _plan(profile, asked)
    people = tuple(_people(plan.estates.values())) if with_people else ()
    prepared = Prepared(basis=basis_of(profile), estates=plan.estates, people=people)
    try:
        _write(profile, asked, plan, prepared, folder)
    except OSError as error:
        raise ConformanceError(
            Text(
                en=f"the folder cannot be written: {error.strerror or error}",
                ja=f"フォルダーに書き込めません: {error.strerror or error}",
            ),
            f"--out {folder}",
            Text(
                en="name a folder that can be written to",
                ja="書き込めるフォルダーを指定してください",
            ),
        ) from error
    return prepared


def _plan(profile: SutProfile, asked: Sequence[Purpose]) -> WorldPlan:
    network = IPv4Network(profile.addresses.peers)
    wanted = sum(needs_of(each).peer for each in asked) + 1
    taken = set(profile.hosts())
    addresses = (each for each in peer_addresses(network) if each not in taken)
    free = list(islice(addresses, wanted))
    if len(free) < wanted:
        raise ConformanceError(
            Text(
                en=f"{wanted} simulated peers need an address each, and the network has "
                f"{len(free)}",
                ja=f"模擬事業者 {wanted} 件にアドレスが一つずつ必要ですが、ネットワークには "
                f"{len(free)} しかありません",
            ),
            f"addresses.peers {network}",
            Text(
                en="give a larger network, such as 127.20.0.0/16 on this machine",
                ja="もっと広いネットワークを書いてください（この機器なら 127.20.0.0/16 など）",
            ),
        )
    claims = [
        Claim(
            estate_key(each.id, profile.sut.key),
            profile.sut.code,
            needs_of(each),
            crowd=more_centers(needs_of(each), profile.capacity),
        )
        for each in asked
    ]
    if profile.addresses.stomp:
        key = estate_key(CHECK, profile.sut.key)
        claims.append(Claim(key, profile.sut.code, Needs(peer=True)))
    index = jurisdictions()
    base = load_directory(index.municipalities)
    return plan_world(claims, index, base, iter(free), japan_date(datetime.now(UTC)))


def _people(estates: Iterable[Estate]) -> Iterator[PreparedPerson]:
    for estate in estates:
        for ground, count in ((estate.home, AT_HOME), (estate.sibling, BESIDE)):
            if ground is not None:
                yield from (_person(ground, number) for number in range(1, count + 1))


def _person(ground: Ground, number: int) -> PreparedPerson:
    keys = Credentials(
        registrant_id=uuid4(),
        login_id=f"{ground.department}-{number}",
        password=token_urlsafe(9),
    )
    person = make_person(f"{ground.department}/{number}", ground.municipality)
    return PreparedPerson(department=ground.department, person=person, credentials=keys)


def _write(
    profile: SutProfile, asked: Sequence[Purpose], plan: WorldPlan, prepared: Prepared, folder: Path
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    estates = plan.estates.values()
    authority = Authority(folder / "ca", kept=True)
    _certificates(profile, authority, folder, _hosts_before(folder))
    by_key = {estate_key(each.id, profile.sut.key): each for each in asked}
    host = profile.hosts()[0] if profile.hosts() else "127.0.0.1"
    for key, estate in plan.estates.items():
        needs = needs_of(by_key[key]) if key in by_key else Needs()
        issue_for_peer(authority, folder / "ca", estate, host, needs)
    write_profiles((estate.home for estate in estates), folder / "profiles")
    (folder / DIRECTORY_FILE).write_text(plan.directory, "utf-8")
    _json(folder / OPERATORS_FILE, operators(profile, estates))
    if prepared.people:
        people = [each.model_dump(mode="json", by_alias=True) for each in prepared.people]
        _json(folder / REGISTRANTS_FILE, people, secret=True)
    domains = sorted({estate.home.mail_domain for estate in estates if estate.home.profile})
    _json(folder / "mail-domains.json", domains)
    switched = [
        estate.home.department
        for key, estate in plan.estates.items()
        if key in by_key and needs_of(by_key[key]).silent_is_disaster
    ]
    homes: dict[str, Any] = {code: {"silent_is_disaster": True} for code in switched}
    _json(folder / "departments.json", homes)
    if Role.ALARM in profile.claims.roles:
        (folder / "alarms.toml").write_text(toml(alarm_settings(True)), "utf-8")
    (folder / "README.md").write_text(what_to_load(profile, folder), "utf-8")
    _secret(folder / WORLD_FILE, prepared.model_dump_json(indent=1))


def operators(profile: SutProfile, estates: Iterable[Estate]) -> list[dict[str, Any]]:
    """The simulated peers as the admin API's list of operators has them."""
    return [
        {
            "operator": estate.peer.operator,
            "address": estate.peer_address,
            "port": profile.addresses.peer_port,
        }
        for estate in estates
        if estate.peer is not None
    ]


def _certificates(
    profile: SutProfile, authority: Authority, folder: Path, before: tuple[str, ...]
) -> None:
    """Certificates for the system, of this authority; those for the same hosts stay."""
    hosts = profile.hosts()
    if not hosts:
        return
    if hosts != before or not (folder / "ca" / "sut.pem").exists():
        authority.issue(*hosts, stem="sut")
    if Option.OLD_PHONES in profile.claims.options:
        rsa = Authority(folder / "ca-rsa", rsa=True, kept=True)
        if hosts != before or not (folder / "ca-rsa" / "sut.pem").exists():
            rsa.issue(*hosts, stem="sut")


def _hosts_before(folder: Path) -> tuple[str, ...]:
    try:
        return Prepared.model_validate_json((folder / WORLD_FILE).read_bytes()).basis.hosts
    except (OSError, ValueError):
        return ()


def _json(file: Path, content: Any, *, secret: bool = False) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    if secret:
        _secret(file, text)
    else:
        file.write_text(text, "utf-8")


def _secret(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, "utf-8")
