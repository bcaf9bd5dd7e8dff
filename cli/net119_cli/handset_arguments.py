"""What `net119 handset` takes: phones by name, addresses of a provider; mistakes found first."""

from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from net119_cli.errors import UserError
from net119_cli.language import text

if TYPE_CHECKING:
    from net119_simulators.handsets import Handset


def handset_named(name: str) -> "Handset":
    """The handset of this name; UserError, with the names that are near, if there is none."""
    from net119_simulators.handsets import load_handsets

    known = load_handsets()
    if name in known:
        return known[name]
    near = [each for each in known if name.lower() in each] or list(known)
    listed = ", ".join(near)
    raise UserError(
        text(ja=f"そのような端末はありません: {name}", en=f"no handset {name!r}"),
        "NAME",
        text(ja=f"次のどれかを指定してください: {listed}", en=f"use one of these: {listed}"),
    )


def check_addresses(url: str, plaintext_url: str | None, test_hosts: Collection[str]) -> None:
    """UserError unless both are addresses of pages, on this machine or on a declared test host."""
    _check_address(url, "--url", ("https", "http"), test_hosts)
    if plaintext_url is not None:
        _check_address(plaintext_url, "--plaintext-url", ("http",), test_hosts)


def check_token(token: str) -> None:
    """UserError unless it has the length of a console's token; an empty one means: none."""
    if token and not 16 <= len(token) <= 200:
        raise UserError(
            text(
                ja=f"トークンは16文字から200文字です（いまは{len(token)}文字）",
                en=f"a token has 16 to 200 characters (this one has {len(token)})",
            ),
            "--dispatcher-token",
            text(
                ja="指令台のトークンを、そのまま全部指定してください",
                en="give the console's token whole",
            ),
        )


def _check_address(
    given: str, option: str, schemes: tuple[str, ...], test_hosts: Collection[str]
) -> None:
    from net119_simulators.safety import is_loopback

    example = f"{schemes[0]}://127.0.0.5:8443"
    to_do = text(ja=f"{example} のように指定してください", en=f"give it as {example}")
    wrong = _fault(given, schemes)
    if wrong:
        raise UserError(wrong, option, to_do)
    host = urlsplit(given).hostname or ""
    if not is_loopback(host) and host not in test_hosts:
        raise UserError(
            text(
                ja=f"{host} はこの機器の中のホストではなく、試験用システムとしても宣言されて"
                "いません",
                en=f"{host} is no loopback address and not declared to be a test system",
            ),
            f"{option} {given}",
            text(
                ja=f"試験用システムなら、--test-host {host} も指定してください",
                en=f"if it is a test system, give --test-host {host}, too",
            ),
        )


def _fault(given: str, schemes: tuple[str, ...]) -> str:
    """What is wrong with an address, empty if nothing is."""
    if not given.strip():
        return text(ja="アドレスが空です", en="the address is empty")
    if not given.isprintable() or any(each.isspace() for each in given):
        return text(
            ja=f"アドレスに空白や制御文字があります: {given!r}",
            en=f"the address has spaces or control characters: {given!r}",
        )
    try:
        parts = urlsplit(given)
    except ValueError:
        return text(ja=f"アドレスとして読めません: {given}", en=f"not an address: {given}")
    if not given.startswith(tuple(f"{each}://" for each in schemes)):
        these = text(ja="か", en=" or ").join(f"{each}://" for each in schemes)
        return text(
            ja=f"{these} で始まるアドレスではありません: {given}",
            en=f"the address does not begin with {these}: {given}",
        )
    if not parts.hostname:
        return text(ja=f"ホストがありません: {given}", en=f"the address names no host: {given}")
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        return text(
            ja=f"ポートは 1 から 65535 までの数です: {given}",
            en=f"a port is a number from 1 to 65535: {given}",
        )
    if parts.query or parts.fragment:
        return text(
            ja=f"アドレスに ? や # は使えません: {given}",
            en=f"the address must have no ? and no #: {given}",
        )
    return ""
