"""Checks that span several settings or look at the files they name."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from net119_protocol.codes import Mode
from net119_protocol.interconnect.mapping import UnknownMapping, load_mapping

from net119_reference.config.base import is_loopback
from net119_reference.config.model import Config
from net119_reference.store.engines import BadUrl, engine_for

_MAKE_ONE = "Give a PEM file; `net119 serve` without --config makes throw-away ones"


@dataclass(frozen=True)
class Finding:
    """Something wrong with the setting ``key``."""

    key: str
    what: str
    what_to_do: str


def check(config: Config) -> Iterator[Finding]:
    """Everything wrong with ``config`` that no single setting shows."""
    yield from _certificates(config)
    yield from _interlock(config)
    yield from _map(config)
    yield from _administration(config)
    if config.directory_file is not None:
        yield from _readable("directory.file", config.directory_file, "Give the directory's file")
    yield from _peers(config)
    try:
        load_mapping(config.interconnect.mapping)
    except UnknownMapping as unknown:
        yield Finding(
            "interconnect.mapping", str(unknown), "Name a mapping that is there, or profile"
        )
    try:
        config.tls.in_force(datetime.now(UTC).date())
    except LookupError:
        yield Finding(
            "tls.profile",
            f"no profile {config.tls.profile!r} is valid today",
            "Use handsets or modern, or add a [[tls.profiles]] with this name and a past date",
        )
    if config.database.url is not None:
        try:
            engine_for(config.database_url)
        except BadUrl as bad:
            yield Finding("database.url", str(bad), bad.what_to_do or "")
    if config.data_dir.exists() and not config.data_dir.is_dir():
        yield Finding("data_dir", f"{config.data_dir} is not a folder", "Name a folder")


def _certificates(config: Config) -> Iterator[Finding]:
    http, stomp = config.http, config.stomp
    yield from _pair(("http.cert", http.cert), ("http.key", http.key), required=True)
    yield from _pair(("http.rsa_cert", http.rsa_cert), ("http.rsa_key", http.rsa_key))
    yield from _pair(("stomp.cert", stomp.cert), ("stomp.key", stomp.key))
    yield from _pair(("lan.cert", config.lan.cert), ("lan.key", config.lan.key))
    if config.stomp.ca is not None:
        broken = list(_readable("stomp.ca", config.stomp.ca, "Give the peers' CA as a PEM file"))
        yield from broken
        if not broken:
            try:
                ssl.create_default_context(cafile=str(config.stomp.ca))
            except ssl.SSLError:
                yield Finding(
                    "stomp.ca",
                    f"{config.stomp.ca} holds no certificate in PEM form",
                    "Give the certificate of the CA (-----BEGIN CERTIFICATE-----)",
                )


def _pair(
    cert: tuple[str, Path | None], key: tuple[str, Path | None], *, required: bool = False
) -> Iterator[Finding]:
    """What is wrong with a certificate and its key, each the name of a setting and its file."""
    (cert_name, cert_file), (key_name, key_file) = cert, key
    if not required and cert_file is None and key_file is None:
        return
    broken = False
    for name, path in (cert, key):
        findings = (
            [Finding(name, "is missing", _MAKE_ONE)]
            if path is None
            else list(_readable(name, path, _MAKE_ONE))
        )
        broken = broken or bool(findings)
        yield from findings
    if broken or cert_file is None or key_file is None:
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # An old certificate is the operator's choice; whether the two belong together is asked.
        context.set_ciphers("ALL:@SECLEVEL=0")
        # An empty password: else OpenSSL would ask for one on the terminal.
        context.load_cert_chain(cert_file, key_file, password="")
    except ssl.SSLError as wrong:
        if wrong.reason == "KEY_VALUES_MISMATCH":
            yield Finding(
                key_name,
                f"{key_file} does not belong to the certificate in {cert_file}",
                "Give the private key that the certificate was issued for",
            )
        else:
            yield Finding(
                cert_name,
                f"{cert_file} and {key_file} cannot be read as certificate and key",
                "Both must be in PEM form, the key without a password",
            )


def _readable(key: str, path: Path, advice: str) -> Iterator[Finding]:
    try:
        with path.open("rb"):
            pass
    except OSError as wrong:
        yield Finding(key, f"{path}: {wrong.strerror or wrong}", advice)


def _interlock(config: Config) -> Iterator[Finding]:
    """The safety interlock: other machines need a declaration, and never get live traffic."""
    places = [
        ("http.host", config.http.host),
        ("stomp.host", config.stomp.host),
        *((f"peers.{peer.operator}.address", str(peer.address)) for peer in config.peers),
    ]
    if config.plaintext.enabled:
        places.append(("plaintext.host", config.plaintext.host))
    if config.lan.enabled:
        places.append(("lan.host", config.lan.host))
    if config.mail.enabled:
        places += [
            ("mail.host", config.mail.host),
            ("mail.relay_host", config.mail.relay_host),
        ]
    foreign = [(key, host) for key, host in places if not is_loopback(host)]
    for key, host in foreign:
        if not config.permits_host(host):
            yield Finding(
                key,
                f"{host} is not a loopback address, and not declared a test system",
                f"Use a 127.x address, or add to the file: [test_systems] declared = true, "
                f'hosts = ["{host}"], if all that reaches it is a test',
            )
    if foreign and Mode.LIVE in config.modes.accepted:
        yield Finding(
            "modes.accepted",
            f"live is not allowed while {foreign[0][0]} ({foreign[0][1]}) is not a loopback "
            "address: test traffic must never be taken for a real call",
            "Remove live, or use 127.x addresses only",
        )
    for_drills = [key for key in ("local", "lan") if getattr(config, key).enabled]
    if for_drills and Mode.LIVE in config.modes.accepted:
        yield Finding(
            "modes.accepted",
            f"live is not allowed beside [{for_drills[0]}], which is for drills alone",
            f"Remove live, or set {for_drills[0]}.enabled = false",
        )


def _map(config: Config) -> Iterator[Finding]:
    """Browsers tell the tiles' host where somebody looks: that of a test must be named as such."""
    host = config.map.tile_host
    if host is None or config.test_systems.declared:
        return
    try:
        outside = not is_loopback(host)
    except ValueError:
        outside = True
    if outside:
        yield Finding(
            "map.tile_url",
            f"{host} is not a loopback address, and this system is not declared a test system",
            "Use a 127.x address, or add to the file: [test_systems] declared = true",
        )


def _administration(config: Config) -> Iterator[Finding]:
    if config.admin.enabled and config.admin.token is None:
        yield Finding(
            "admin.token",
            "is missing while admin.enabled = true",
            "Give a random text of 16 characters or more, or switch the admin API off",
        )


def _peers(config: Config) -> Iterator[Finding]:
    seen: set[str] = set()
    for peer in config.peers:
        if peer.operator == config.operator:
            yield Finding(
                f"peers.{peer.operator}",
                "is this provider itself",
                "List only the other providers, or change operator",
            )
        elif peer.operator in seen:
            yield Finding(f"peers.{peer.operator}", "is listed twice", "Remove one of the two")
        seen.add(peer.operator)
