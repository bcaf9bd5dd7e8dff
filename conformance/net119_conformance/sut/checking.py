"""Goes the whole way to a system, and says what does not answer: `net119 sut check`."""

import errno
import socket
from collections.abc import AsyncIterator
from ipaddress import IPv4Network

from net119_simulators.safety import declare_test_systems
from net119_simulators.wiretap import Silence

from net119_conformance.catalogue import Text
from net119_conformance.drivers.interface import Verb
from net119_conformance.errors import ConformanceError
from net119_conformance.sut.drivers import make_driver
from net119_conformance.sut.findings import Finding, Layer
from net119_conformance.sut.kinds import find_kind
from net119_conformance.sut.profile import SutProfile, split_place
from net119_conformance.sut.reach import way_to
from net119_conformance.sut.verbs import asked_verbs
from net119_conformance.sut.way import identity, session, to_http, to_stomp
from net119_conformance.world.addresses import peer_addresses
from net119_conformance.world.description import estate_key
from net119_conformance.world.handing_over import hand_over
from net119_conformance.world.prepared import CHECK, Prepared, read_folder, read_prepared
from net119_conformance.world.standing_description import site_of


async def check(profile: SutProfile) -> AsyncIterator[Finding]:
    """Everything on the way to the system, in the order in which it is best mended.

    One thing that does not answer does not hide the others.
    """
    declare_test_systems(profile.addresses.test_systems)
    prepared, missing = _prepared(profile)
    if missing is not None:
        yield missing
    for finding in _this_machine(profile):
        yield finding
    site = site_of(profile, None)
    if not site.ca_file.is_file():
        return
    http = True
    async for finding in to_http(profile, site.ca_file):
        http = http and finding.ok
        yield finding
    stomp = True
    async for finding in to_stomp(profile, site.ca_file):
        stomp = stomp and finding.ok
        yield finding
    if profile.addresses.mail_in:
        host, port = split_place(profile.addresses.mail_in)
        async for finding in way_to(host, port, "addresses.mail_in", None):
            yield finding
    kind = find_kind(profile.driver.kind)
    operated = http
    if kind.check is not None:
        operated = False
        async for finding in kind.check(site, kind.settings(profile.driver.settings)):
            operated = operated or finding.ok
            yield finding
    elif http:
        driver = make_driver(site, Silence())
        try:
            said = await identity(profile, driver)
        finally:
            await driver.close()
        if said is not None:
            operated = said.ok
            yield said
    if operated and prepared is not None and (given := await _given(profile, prepared)):
        yield given
    if stomp and prepared is not None and profile.addresses.stomp:
        estate = prepared.estates[estate_key(CHECK, profile.sut.key)]
        yield await session(profile, estate, site.ca_file, read_folder(profile) / "ca")


async def _given(profile: SutProfile, prepared: Prepared) -> Finding | None:
    """Hand the world over, as a run does before it judges; None where the driver cannot."""
    verbs, _ = await asked_verbs(profile)
    if verbs.isdisjoint((Verb.DIRECTORY, Verb.OPERATORS)):
        return None
    place, key = f"driver {profile.driver.kind}", "driver"
    wrong = await hand_over(profile, prepared, None)
    if wrong is not None:
        remedy = Text(
            en="Look into the log of the system, and of what operates it",
            ja="試験対象と、それを操作するプログラムのログを確かめてください",
        )
        return Finding(Layer.WORLD, place, key, False, wrong, remedy)
    seen = Text(
        en="it has taken the prepared directory and peers", ja="準備した管轄表と事業者を渡しました"
    )
    return Finding(Layer.WORLD, place, key, True, seen)


def _prepared(profile: SutProfile) -> tuple[Prepared | None, Finding | None]:
    try:
        return read_prepared(profile), None
    except ConformanceError as problem:
        remedy = Text(
            en="Run net119 sut prepare, and have the system load what it writes",
            ja="net119 sut prepare を実行し、作られたものを試験対象に読み込ませてください",
        )
        seen = Text(en=problem.what, ja=f"準備されていません（{problem.what}）")
        place = str(read_folder(profile))
        return None, Finding(Layer.HERE, place, "world.folder", False, seen, remedy)


def _this_machine(profile: SutProfile) -> list[Finding]:
    """Whether this machine has the addresses that simulated peers and mailboxes listen at."""
    found = []
    if profile.addresses.stomp:
        network = IPv4Network(profile.addresses.peers)
        first = next(peer_addresses(network))
        found.append(_can_listen(first, profile.addresses.peer_port, "addresses.peers"))
    if profile.addresses.mail_out:
        host, port = split_place(profile.addresses.mail_out)
        found.append(_can_listen(host, port, "addresses.mail_out"))
    return found


def _can_listen(host: str, port: int, key: str) -> Finding:
    place = f"{host}:{port}"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as mark:
        mark.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            mark.bind((host, port))
        except OSError as problem:
            taken = problem.errno == errno.EADDRINUSE
            return Finding(
                Layer.HERE,
                place,
                key,
                False,
                Text(
                    en="another program listens there"
                    if taken
                    else f"it is no address of this machine ({problem.strerror})",
                    ja="ほかのプログラムが使用中です"
                    if taken
                    else f"この計算機の住所ではありません（{problem.strerror}）",
                ),
                Text(
                    en="End it, or name another port"
                    if taken
                    else "Name addresses that this machine has, or give it these",
                    ja="それを終了するか、別のポートを書いてください"
                    if taken
                    else "この計算機が持つ住所を書くか、この計算機に住所を加えてください",
                ),
            )
    seen = Text(en="free for the suite", ja="試験側が使えます")
    return Finding(Layer.HERE, place, key, True, seen)
