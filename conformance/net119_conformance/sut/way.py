"""The whole way to a system: all addresses of its profile, its driver, and a STOMP session."""

from collections.abc import AsyncIterator
from pathlib import Path

from net119_simulators.errors import SimulatorError, Unreachable
from net119_simulators.network.authority import Certificate, trusting
from net119_simulators.peer import RawSession, SutEndpoint

from net119_conformance.catalogue import Text
from net119_conformance.drivers.interface import Driver, Verb
from net119_conformance.errors import ConformanceError, SutUnavailable
from net119_conformance.sut.findings import Finding, Layer
from net119_conformance.sut.profile import SutProfile, split_place
from net119_conformance.sut.reach import way_to
from net119_conformance.world.plan import Estate


def place_of(url: str) -> tuple[str, int]:
    """Host and port of a URL of the profile."""
    scheme, _, rest = url.partition("://")
    if ":" not in rest.rpartition("]")[2]:
        return rest.strip("[]"), 443 if scheme == "https" else 80
    return split_place(rest)


async def to_http(profile: SutProfile, ca_file: Path) -> AsyncIterator[Finding]:
    """The way to the base URL and the plaintext link, as far as the profile names them."""
    addresses = profile.addresses
    if addresses.base_url:
        host, port = place_of(addresses.base_url)
        key = "addresses.base_url"
        async for finding in way_to(host, port, key, trusting(ca_file), http=True):
            yield finding
    if addresses.plaintext_url:
        host, port = place_of(addresses.plaintext_url)
        async for finding in way_to(host, port, "addresses.plaintext_url", None, http=True):
            yield finding


async def to_stomp(profile: SutProfile, ca_file: Path) -> AsyncIterator[Finding]:
    """The way to the STOMP endpoint; no session is begun."""
    if profile.addresses.stomp:
        host, port = split_place(profile.addresses.stomp)
        name = profile.addresses.stomp_name
        async for finding in way_to(host, port, "addresses.stomp", trusting(ca_file), name=name):
            yield finding


def endpoint_of(profile: SutProfile) -> SutEndpoint:
    """The STOMP endpoint of a profile that has one.

    Raises:
        ConformanceError: it names none.
    """
    addresses = profile.addresses
    if addresses.stomp is None:
        raise ConformanceError(
            Text(
                en="the profile names no STOMP endpoint",
                ja="プロファイルに STOMP の接続先がありません",
            ),
            "addresses.stomp",
            Text(en="write where it listens", ja="待ち受けているアドレスとポートを書いてください"),
        )
    host, port = split_place(addresses.stomp)
    source = str(addresses.connects_from) if addresses.connects_from else None
    return SutEndpoint(profile.sut.code, host, port, addresses.stomp_name or None, source)


async def session(
    profile: SutProfile, estate: Estate, ca_file: Path, certificates: Path
) -> Finding:
    """Whether the endpoint begins a STOMP session with a peer that it was told of."""
    endpoint = endpoint_of(profile)
    place = f"{endpoint.host}:{endpoint.port}"
    key = "addresses.stomp"
    stem = certificates / estate.peer_address
    tls = trusting(ca_file, Certificate(Path(f"{stem}.pem"), Path(f"{stem}.key")))
    me = estate.peer.operator if estate.peer else ""
    raw = RawSession(endpoint, tls, source=estate.peer_address, me=me)
    try:
        async with raw:
            await raw.connect()
    except Unreachable as problem:
        what, do_en, do_ja = (
            problem.what,
            "The peers' addresses must be those of this machine (addresses.peers)",
            "模擬事業者の住所（addresses.peers）は、この計算機のものにしてください",
        )
    except SimulatorError as problem:
        if raw.unreadable:
            return _no_stomp(place, key, raw.unreadable)
        what, do_en, do_ja = (
            str(problem),
            f"Look whether it has loaded operators.json, where {me} has {estate.peer_address}, "
            "and trusts ca/ca.pem",
            f"operators.json（{me} の住所は {estate.peer_address}）と ca/ca.pem が"
            "読み込まれているか確かめてください",
        )
    else:
        seen = Text(en=f"CONNECTED as {me}", ja=f"{me} として接続しました")
        return Finding(Layer.STOMP, place, key, True, seen)
    return Finding(
        Layer.STOMP,
        place,
        key,
        False,
        Text(
            en=f"no STOMP session for {me}: {what}", ja=f"{me} の STOMP 接続が始まりません: {what}"
        ),
        Text(en=do_en, ja=do_ja),
    )


def _no_stomp(place: str, key: str, why: str) -> Finding:
    """What answers there is another program, or STOMP that breaks its own rules."""
    return Finding(
        Layer.STOMP,
        place,
        key,
        False,
        Text(en=f"it does not speak STOMP ({why})", ja=f"STOMP の応答ではありません（{why}）"),
        Text(
            en="Look which program listens there, and mend the address",
            ja="何がそこで待ち受けているかを確かめ、アドレスを直してください",
        ),
    )


async def identity(profile: SutProfile, driver: Driver) -> Finding | None:
    """Whether the system says who it is; None where the driver cannot ask."""
    if Verb.HEALTH not in driver.verbs:
        return None
    key, place = "driver", f"driver {driver.name}"
    remedy = Text(
        en="Look whether the address is that of the system, and whether it has this interface",
        ja="アドレスが試験対象のものか、この接点があるかを確かめてください",
    )
    try:
        health = await driver.health()
    except (SutUnavailable, SimulatorError, ConformanceError, TimeoutError) as problem:
        said = str(problem) or type(problem).__name__
        seen = Text(
            en=f"it does not tell its state as a NET119 system does: {said}",
            ja=f"NET119 システムとしての状態を答えません: {said}",
        )
        return Finding(Layer.API, place, key, False, seen, remedy)
    if health.operator != profile.sut.code:
        seen = Text(
            en=f"it is the operator {health.operator!r}, not {profile.sut.code!r}",
            ja=f"事業者コードが {profile.sut.code!r} でなく {health.operator!r} です",
        )
        return Finding(Layer.API, place, "sut.operator", False, seen, remedy)
    told = f"{health.operator} {health.version} ({health.status})"
    return Finding(Layer.API, place, key, True, Text(en=told, ja=told))
