"""Peers that show a certificate that is not theirs, or no longer: at their endpoint, as a client.

Whoever lets them in gives a registrant's data to a stranger, or takes a stranger's calls for those
of a provider.
"""

import asyncio

from net119_protocol.codes import CallState
from net119_protocol.interconnect import MessageType
from net119_protocol.stomp import Frame

from net119_simulators.errors import Unreachable, Waited
from net119_simulators.peer.bad.invariants import holds_at_anchor
from net119_simulators.peer.bad.model import Act, BadPeer, PeerRole, Words
from net119_simulators.peer.bad.run import BadRun
from net119_simulators.peer.bad.shown import (
    EXPIRED,
    OTHER_NAME,
    OTHER_OPERATOR,
    RUNS_OUT,
    UNKNOWN_AUTHORITY,
    Shown,
)
from net119_simulators.peer.bad.talk import Talk
from net119_simulators.peer.specs import Way

CODES = ("certificate-refused", "tls-failed")
"""What a refusal of a certificate may be logged as, with the reason."""
_LOOK_EVERY_S = 0.05


def _shown(run: BadRun, name: str) -> Shown:
    try:
        return run.bench.certificates[name]
    except KeyError:
        raise Unreachable(f"no certificate is at hand for {name}", "certificates") from None


def _at_endpoint(name: str, which: Words) -> Act:
    """The system connects to the peer's endpoint, which shows the certificate."""

    async def act(run: BadRun) -> None:
        shown = _shown(run, name)
        run.did(f"自分の接続先で、{which.ja}を見せた", f"at its own endpoint it showed {which.en}")
        await run.peer.endpoint_shows(shown.server)
        await run.bench.until_not_running()
        await _logged(run)
        call = await run.call_to_peer()
        await run.comes(
            "I7",
            "通報は直ちに登録地消防本部に届く",
            "the call is with the home department at once",
            run.bench.console.wait_for_call(
                call.id,
                run.bench.t1_total + run.patience,
                lambda seen: seen.mine and seen.state is CallState.RINGING,
            ),
            "ringing at home",
        )
        await run.bench.console.answer(call.id, within=run.patience)
        await call.say("聞こえますか", within=run.patience)
        await run.bench.console.say(call.id, "聞こえています", within=run.patience)
        told = [each.label for each in run.peer.find(MessageType.CALL_OFFER, call.id)]
        connected = run.peer.is_connected(Way.CALLEE)
        run.check(
            "refusal",
            "その接続では何も伝えない",
            "nothing is told over such a connection",
            not told and not connected,
            "no session, no offer",
            told or ("a session" if connected else "no session, no offer"),
        )
        said = ["聞こえますか", "聞こえています"]
        await holds_at_anchor(run, call, run.bench.home.code, said)

    return act


async def _runs_out(run: BadRun) -> None:
    """In mid-call the certificate of the peer's endpoint expires, and the connection is cut."""
    shown = _shown(run, RUNS_OUT)
    call, taken = await run.assigned_call()
    await call.say("足を折りました", within=run.patience)
    await taken.wait_for_line(lambda line: line.text == "足を折りました", run.patience)
    run.did(
        "会話の途中で証明書の期限が切れ、接続も切れた",
        "in mid-call its certificate expired, and the connection was cut",
    )
    await run.peer.endpoint_shows(shown.server)
    await run.bench.until_not_running()
    await _logged(run)
    await call.say("聞こえますか", within=run.patience)
    await run.comes(
        "I7",
        "登録地消防本部が通報を受け取る",
        "the home department gets the call",
        run.bench.console.wait_for_call(
            call.id, run.patience + 3 * run.bench.t3_s, lambda seen: seen.mine
        ),
        "at home",
    )
    connected = run.peer.is_connected(Way.CALLEE)
    texts = [line.text for line in taken.lines]
    run.check(
        "refusal",
        "期限の切れた証明書の接続先には、もう何も伝えない",
        "an endpoint whose certificate has expired is told nothing more",
        not connected and "聞こえますか" not in texts,
        "no session, no further line",
        "a session" if connected else texts,
    )
    await run.bench.console.answer(call.id, within=run.patience)
    await run.bench.console.say(call.id, "聞こえています", within=run.patience)
    said = ["足を折りました", "聞こえますか", "聞こえています"]
    await holds_at_anchor(run, call, run.bench.home.code, said)


def _as_client(name: str, which: Words) -> Act:
    """The peer connects to the system's endpoint and shows the certificate, beside a call."""

    async def act(run: BadRun) -> None:
        shown = _shown(run, name)
        talk = await Talk.begin(run, PeerRole.ORIGINATES)
        run.did(f"別の接続で、{which.ja}を見せた", f"on another connection it showed {which.en}")
        got = await _turned_away(run, shown)
        run.check(
            "refusal",
            "その接続では話せず、閉じられる",
            "nobody can speak on that connection, and it is closed",
            got in ("closed", "no TLS session"),
            "closed without CONNECTED",
            got,
        )
        await _logged(run)
        await talk.holds()

    return act


async def _turned_away(run: BadRun, shown: Shown) -> str:
    """What came of connecting with a certificate."""
    try:
        raw = await run.raw(tls=shown.client)
    except Unreachable:
        return "no TLS session"
    try:
        raw.send(Frame("CONNECT", {"accept-version": "1.2", "host": run.bench.system}))
        await raw.closed(run.patience)
    except Waited:
        pass
    # With TLS 1.3 a client counts as connected before the server has looked at its certificate.
    if any(frame.command == "CONNECTED" for frame in raw.frames):
        return "CONNECTED"
    return "closed" if raw.is_closed else "left open"


async def _logged(run: BadRun) -> None:
    """Check that the refusal is logged with its reason, under the operator whom it is about."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + run.patience
    while True:
        news = await run.news()
        reasons = [
            f"{entry.code}: {entry.detail}"
            for entry in news
            if entry.source == run.peer.operator and entry.code in CODES
        ]
        if reasons or loop.time() >= deadline:
            break
        await asyncio.sleep(_LOOK_EVERY_S)
    run.check(
        "I10",
        "断ったことが、理由とともに、その事業者の名で記録されている",
        "the refusal is logged with its reason, under the operator whom it is about",
        any("certificate" in reason.lower() for reason in reasons),
        f"{run.peer.operator}: {' or '.join(CODES)}, naming the certificate",
        reasons or [f"{entry.source}: {entry.code}" for entry in news] or "no entry",
    )


_SOUND = Words(
    "接続を断り、理由を記録する。通報は登録地消防本部が受け、その接続では何も伝えない。",
    "It refuses the connection and logs why; calls go to the home department, and nothing is told "
    "over such a connection.",
)


def _peer(name: str, title: Words, which: Words, source: str) -> BadPeer:
    return BadPeer(
        name,
        title,
        Words(f"{which.ja}を見せる。", f"It shows {which.en}."),
        source,
        _SOUND,
        ("I1", "I2", "I3", "I4", "I5", "I10"),
        {
            PeerRole.ORIGINATES: _as_client(name, which),
            PeerRole.RECEIVES: _at_endpoint(name, which),
        },
        "TLS, or an ERROR frame",
        by_certificate=True,
    )


PEERS = (
    _peer(
        EXPIRED,
        Words("期限切れの証明書", "An expired certificate"),
        Words("期限の切れた証明書", "a certificate that has expired"),
        "RFC 5280, 4.1.2.5: validity",
    ),
    _peer(
        OTHER_NAME,
        Words("別の名の証明書", "A certificate for another name"),
        Words("別の名の証明書", "a certificate for another name"),
        "RFC 9525: the name that was to be reached",
    ),
    _peer(
        UNKNOWN_AUTHORITY,
        Words("知らない認証局の証明書", "A certificate of an unknown authority"),
        Words("知らない認証局の署名した証明書", "a certificate signed by an unknown authority"),
        "RFC 5280, 6.1: path validation to a trusted authority",
    ),
    _peer(
        OTHER_OPERATOR,
        Words("ほかの事業者の証明書", "Another operator's certificate"),
        Words("ほかの事業者の正しい証明書", "the valid certificate of another operator"),
        "profile, Transport: a peer is known by its address, and by its own certificate besides",
    ),
    BadPeer(
        RUNS_OUT,
        Words("通報中に切れる証明書の期限", "A certificate that expires in mid-call"),
        Words(
            "会話の途中で証明書の期限が切れ、繋ぎ直されてもそれを見せる。",
            "Its certificate expires in mid-call, and is shown when the system reconnects.",
        ),
        "RFC 5280, 4.1.2.5: validity, looked at on each connection",
        Words(
            "繋ぎ直さず、理由を記録する。T3 の後に登録地消防本部が通報を受け取り、文は失われない。",
            "It does not reconnect and logs why; after T3 the home department has the call, and no "
            "line is lost.",
        ),
        ("I1", "I2", "I3", "I4", "I5", "I7", "I10"),
        {PeerRole.RECEIVES: _runs_out},
        "TLS",
        by_certificate=True,
    ),
)
