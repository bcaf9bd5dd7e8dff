"""Whether a system answers where its profile says: name, TCP, TLS, HTTP and STOMP each apart."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress

from net119_conformance.catalogue import Text
from net119_conformance.sut.findings import Finding, Layer

WITHIN_S = 3.0
_START_IT = Text(
    en="Start the system, or mend the address",
    ja="試験対象を起動するか、アドレスを直してください",
)
_GREETING = b"HEAD / HTTP/1.1\r\nHost: net119\r\nConnection: close\r\n\r\n"


async def resolved(host: str, key: str) -> Finding:
    """Whether a host has an address."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(WITHIN_S):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError) as problem:
        why = getattr(problem, "strerror", None) or "no answer in time"
        return Finding(
            Layer.NAME,
            host,
            key,
            False,
            Text(
                en=f"this name has no address ({why})", ja=f"この名前の住所が分かりません（{why}）"
            ),
            Text(
                en="Write an address, or have the name resolved on this machine",
                ja="住所を直接書くか、この計算機で名前を引けるようにしてください",
            ),
        )
    address = str(found[0][4][0])
    return Finding(Layer.NAME, host, key, True, Text(en=address, ja=address))


async def listening(host: str, port: int, key: str) -> Finding:
    """Whether something takes a TCP connection."""
    place = f"{host}:{port}"
    try:
        async with asyncio.timeout(WITHIN_S):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return Finding(
            Layer.TCP,
            place,
            key,
            False,
            Text(
                en=f"no answer within {WITHIN_S:g} s",
                ja=f"{WITHIN_S:g} 秒以内に応答がありません",
            ),
            Text(
                en="Look for a firewall in between, or mend the address",
                ja="途中のファイアウォールを調べるか、アドレスを直してください",
            ),
        )
    except OSError as problem:
        why = problem.strerror or str(problem)
        if isinstance(problem, ConnectionRefusedError):
            seen = Text(
                en="the connection is refused: nothing listens there",
                ja="接続が拒否されました。待ち受けているものがありません",
            )
        else:
            seen = Text(en=f"no connection ({why})", ja=f"接続できません（{why}）")
        return Finding(Layer.TCP, place, key, False, seen, _START_IT)
    writer.transport.abort()
    return Finding(Layer.TCP, place, key, True, Text(en="listens", ja="待ち受けています"))


async def encrypted(host: str, port: int, key: str, tls: ssl.SSLContext, name: str = "") -> Finding:
    """Whether TLS comes up, with a certificate of the right authority for this host."""
    place = f"{host}:{port}"

    def failed(en: str, ja: str, do_en: str, do_ja: str) -> Finding:
        return Finding(Layer.TLS, place, key, False, Text(en=en, ja=ja), Text(en=do_en, ja=do_ja))

    try:
        async with asyncio.timeout(WITHIN_S):
            _, writer = await asyncio.open_connection(
                host, port, ssl=tls, server_hostname=name or host
            )
    except ssl.SSLCertVerificationError as wrong:
        return failed(
            f"the certificate is not accepted: {wrong.verify_message}",
            f"証明書を検証できません: {wrong.verify_message}",
            "Have it show a certificate for this host by the authority of addresses.ca_file (or "
            "the prepared one), or name its own authority there",
            "addresses.ca_file（または準備した認証局）が発行した、このホストの証明書を使わせるか、"
            "試験対象の認証局をそこに書いてください",
        )
    except ssl.SSLError as wrong:
        return failed(
            f"it answers, but not with TLS 1.2 or later ({wrong.reason or wrong})",
            f"応答しますが、TLS 1.2 以降ではありません（{wrong.reason or wrong}）",
            "Look which port serves TLS, and mend the address",
            "TLS を待ち受けるポートを確かめ、アドレスを直してください",
        )
    except TimeoutError:
        return failed(
            f"it takes the connection and does not begin TLS within {WITHIN_S:g} s",
            f"接続は受けますが、{WITHIN_S:g} 秒以内に TLS が始まりません",
            "Look which program listens there, and whether it hangs",
            "何がそこで待ち受けているか、停止していないかを確かめてください",
        )
    except OSError as problem:
        why = problem.strerror or str(problem) or type(problem).__name__
        return failed(
            f"the connection broke off in the TLS handshake ({why})",
            f"TLS の途中で接続が切れました（{why}）",
            "Look into the system's log for the reason",
            "試験対象のログで理由を確かめてください",
        )
    version = str(writer.get_extra_info("ssl_object").version())
    writer.transport.abort()
    return Finding(Layer.TLS, place, key, True, Text(en=version, ja=version))


async def speaks_http(
    host: str, port: int, key: str, tls: ssl.SSLContext | None, name: str = ""
) -> Finding:
    """Whether what listens there speaks HTTP; which pages it has is not asked."""
    place = f"{host}:{port}"
    line = b""
    with suppress(OSError, TimeoutError, ValueError):
        async with asyncio.timeout(WITHIN_S):
            reader, writer = await asyncio.open_connection(
                host, port, ssl=tls, server_hostname=(name or host) if tls else None
            )
            try:
                writer.write(_GREETING)
                line = await reader.readline()
            finally:
                writer.transport.abort()
    said = line[:60].decode("latin-1").strip()
    if line.startswith(b"HTTP/1"):
        return Finding(Layer.HTTP, place, key, True, Text(en=said, ja=said))
    seen = f"{said!r}" if said else ""
    return Finding(
        Layer.HTTP,
        place,
        key,
        False,
        Text(
            en=f"it does not speak HTTP (answer: {seen or 'none'})",
            ja=f"HTTP の応答ではありません（応答: {seen or 'なし'}）",
        ),
        Text(
            en="Look which program listens there, and mend the address",
            ja="何がそこで待ち受けているかを確かめ、アドレスを直してください",
        ),
    )


async def way_to(
    host: str,
    port: int,
    key: str,
    tls: ssl.SSLContext | None,
    *,
    name: str = "",
    http: bool = False,
) -> AsyncIterator[Finding]:
    """Layer by layer up to the first that does not answer."""
    steps = [resolved(host, key), listening(host, port, key)]
    if tls is not None:
        steps.append(encrypted(host, port, key, tls, name))
    if http:
        steps.append(speaks_http(host, port, key, tls, name))
    try:
        while steps:
            finding = await steps.pop(0)
            yield finding
            if not finding.ok:
                return
    finally:
        for left in steps:
            left.close()
