"""What a profile says not to be there at the base URL: roles with a documented API, old phones."""

import asyncio
import ssl
import warnings
from dataclasses import dataclass
from typing import TypeVar

import httpx
from net119_protocol.api.operations import operation

from net119_conformance.catalogue import Role
from net119_conformance.checks import CheckLevel
from net119_conformance.claims.needs import Probes, done
from net119_conformance.errors import SutUnavailable
from net119_conformance.purpose import Purpose, purpose
from net119_conformance.sut.options import Option
from net119_conformance.trial import Trial
from net119_conformance.world.standing_world import StandingWorld

T = TypeVar("T")

_ABSENT = {404, 405, 501}
_WITHIN_S = 5.0
_CIPHERS = "ALL:@SECLEVEL=0"


def _probe(role: Role, name: str, what_ja: str, what_en: str, interface: str) -> Purpose:
    """Whether the documented request of a role that is not claimed is known at the base URL."""

    @purpose(
        id=f"CLAIM-{role.value.upper()}",
        interfaces=interface,
        role=role,
        needs=Probes(absent=role),
        title_ja=f"{what_ja}を担わないと申告した試験対象に、その公開された接点がない",
        title_en=f"A system that does not claim {what_en} has not the documented request for it",
        stimulus_ja=f"{operation(name).method} {operation(name).path} を中身なしで送る。",
        stimulus_en=f"{operation(name).method} {operation(name).path} without any content.",
        expected_ja="知らない要求として断られる（404 など）。知っていれば注意として示す。",
        expected_en="It is refused as unknown (404 and the like); else a warning.",
        why_ja="申告していない役割の入口が開いていれば、判定されないまま使われるかもしれない。",
        why_en="A door to a role that is not claimed may be used although nobody has judged it.",
    )
    async def probe(t: Trial, w: StandingWorld) -> None:
        url = _door(t, w.base_url, role)
        asked = operation(name)
        try:
            async with httpx.AsyncClient(verify=w.trust(), timeout=_WITHIN_S) as client:
                answer = await client.request(asked.method, f"{url}{asked.path}", json={})
        except httpx.HTTPError as gone:
            why = str(gone) or type(gone).__name__
            raise SutUnavailable(f"{url}{asked.path} did not answer ({why})") from gone
        t.check(
            f"the request for {what_en} is unknown, as the profile does not claim it",
            answer.status_code in _ABSENT,
            expected=f'404, 405 or 501; else write "{role.value}" into claims.roles',
            seen=answer.status_code,
            level=CheckLevel.SHOULD,
            ja=f"{what_ja}を申告していないので、その要求は知られていない",
        )
        done(t, role)

    return probe


def _door(t: Trial, there: T | None, absent: Role | Option) -> T:
    """Where to knock; without a base URL there is no door, and the purpose does not apply."""
    if there is None:
        t.not_applicable(
            f"{absent.value!r} is not claimed, and the profile names no addresses.base_url at "
            "which it could be tried",
            ja=f"{absent.value!r} は申告されておらず、確かめる先の addresses.base_url も"
            "プロファイルにありません",
        )
    return there


home = _probe(Role.HOME, "log_in", "登録地側", "calls of its own registrants", "A")
registration = _probe(Role.REGISTRATION, "enter_registrant", "登録", "registrations", "R")
alarm = _probe(Role.ALARM, "signal", "緊急通報", "the home alarm service", "H")


@purpose(
    id="CLAIM-OLD-PHONES",
    interfaces="A",
    role=Role.HOME,
    needs=Probes(absent=Option.OLD_PHONES, claimed=Role.HOME),
    title_ja="古い端末を扱わないと申告した試験対象は、TLS 1.1 で接続できない",
    title_en="A system that claims not to serve old phones takes no TLS 1.1",
    stimulus_ja="TLS 1.1 までしか話せない端末として接続する。",
    stimulus_en="A connection that speaks TLS 1.1 at most.",
    expected_ja="断られる。接続できれば注意として示す。",
    expected_en="It is refused; else a warning.",
    why_ja="弱い暗号を受けるのは、それしか話せない端末のためと申告したときだけでよい。",
    why_en="Weak encryption is for phones that know no better, and said to be so.",
)
async def old_phones(t: Trial, w: StandingWorld) -> None:
    host, port = _door(t, w.https, Option.OLD_PHONES)
    modern = await _handshake(host, port, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.MAXIMUM_SUPPORTED)
    t.require(f"{host}:{port} takes TLS 1.2 or newer ({modern.seen})", modern.taken)
    old = await _handshake(host, port, ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
    t.require(
        f"TLS 1.1 is taken or refused by the system, not by this machine ({old.seen})",
        old.taken or old.by_the_system,
        ja=f"TLS 1.1 の可否を、この計算機でなく試験対象が示す（{old.seen}）",
    )
    t.check(
        "TLS 1.1 is refused, as the profile does not claim to serve old phones",
        not old.taken,
        expected='refused; else write "old-phones" into claims.options',
        seen=old.seen,
        level=CheckLevel.SHOULD,
        ja="古い端末を申告していないので、TLS 1.1 は断られる",
    )
    done(t, Option.OLD_PHONES)


@dataclass(frozen=True)
class _Shaken:
    """How a handshake ended; ``by_the_system``: it is the other end that did not want to."""

    taken: bool
    by_the_system: bool
    seen: str


async def _handshake(
    host: str, port: int, lowest: ssl.TLSVersion, highest: ssl.TLSVersion
) -> _Shaken:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(_CIPHERS)
    with warnings.catch_warnings():
        # That these versions are old is what is asked about.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = lowest, highest
    try:
        async with asyncio.timeout(_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, TimeoutError) as refused:
        reason = getattr(refused, "reason", None) or type(refused).__name__
        return _Shaken(False, _by_the_system(refused), f"refused ({reason})")
    seen = str(writer.get_extra_info("ssl_object").version())
    writer.transport.abort()
    return _Shaken(True, True, seen)


def _by_the_system(refused: Exception) -> bool:
    """Whether it sent an alert, chose another version or hung up; our OpenSSL may refuse, too."""
    if isinstance(refused, ssl.SSLEOFError | ConnectionResetError | BrokenPipeError):
        return True
    reason = getattr(refused, "reason", None) or ""
    return "ALERT" in reason or reason in ("UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION")
