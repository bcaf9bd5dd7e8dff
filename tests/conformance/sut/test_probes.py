"""Each probe of a claim notices what is there although it is denied, and proves nothing else."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from net119_conformance.claims import interconnect, pages
from net119_conformance.errors import SutUnavailable, TrialEnded
from net119_conformance.evidence import EvidenceLog
from net119_conformance.purpose import Purpose, load_purposes
from net119_conformance.runner import CLAIM_PURPOSES
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_protocol.codes import CallbackFailure, ErrorCode, RejectReason, TransferFailure
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.errors import Waited
from net119_simulators.network.authority import Authority
from net119_simulators.peer import MessageRefused, OtherAnswer

PROBES = load_purposes(CLAIM_PURPOSES)
OFFERS = ("CLAIM-RECEIVING", "CLAIM-LIVE", "CLAIM-TRANSFER-IN")
ROLES = ("CLAIM-HOME", "CLAIM-REGISTRATION", "CLAIM-ALARM")
NEVER: dict[str, RejectReason | ErrorCode] = {
    "CLAIM-RECEIVING": RejectReason.UNKNOWN_DEPARTMENT,
    "CLAIM-LIVE": RejectReason.MODE_NOT_ACCEPTED,
    "CLAIM-TRANSFER-IN": ErrorCode.INVALID_BODY,
}


def judged(purpose: Purpose, world: Any, folder: Path) -> tuple[Verdict, str]:
    """The verdict of a probe in this world, and why."""

    async def go(trial: Trial) -> None:
        try:
            await purpose.function(trial, world)
        except TrialEnded:
            return

    with EvidenceLog(folder / f"{purpose.id}.jsonl") as evidence:
        trial = Trial(purpose, evidence)
        asyncio.run(go(trial))
    return trial.verdict(), " ".join(reason.en for reason in trial.reasons())


class Peer:
    """A world whose peer's offers and requests are answered so."""

    patience = 0.1
    t1_total = 0.1
    driver = SimpleNamespace(verbs=frozenset())
    trial = SimpleNamespace(slowest_s=0.0)
    home = SimpleNamespace(department="chitose")

    transferred = None

    def __init__(
        self, answer: Any, *, is_owner: bool = True, said: Any = None, callbacks: Any = ()
    ) -> None:
        self.answer = answer
        self.is_owner = is_owner
        self.said = said
        self.callbacks = callbacks

    async def peer(self) -> None: ...

    async def gives(self, *_: Any, **__: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    accepted = ask_transfer = ask_callback = gives

    async def expect(self, kind: MessageType, *, within: float) -> Any:
        sent = [each for each in self.callbacks if isinstance(each, bodies.CallbackSent)]
        assert kind is MessageType.CALLBACK_SENT
        return sent[0] if sent else await asyncio.Event().wait()

    async def say(self, *_: Any, **__: Any) -> Any:
        if self.said is not None:
            raise self.said


def rejects(reason: RejectReason | ErrorCode) -> Exception:
    """What a system answers that does not want an offer."""
    received: Any = SimpleNamespace(label="call.reject", text="")
    if isinstance(reason, RejectReason):
        received.body = bodies.CallReject(reason=reason)
        return OtherAnswer("call.accept", received)
    report = bodies.ErrorReport(code=reason, detail="no")
    return MessageRefused("call.offer", received, report)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offers and routed calls are the world itself."""

    async def offered(w: Peer, *_: Any, **__: Any) -> Peer:
        return w

    async def routed(_trial: Trial, w: Peer, *_: Any) -> Peer:
        return w

    monkeypatch.setattr(interconnect, "_offer", offered)
    monkeypatch.setattr(interconnect, "_routed", routed)


@pytest.mark.parametrize("name", OFFERS)
def test_an_offer(name: str, tmp_path: Path) -> None:
    def verdict(answer: Any) -> Verdict:
        return judged(PROBES[name], Peer(answer), tmp_path)[0]

    assert verdict(bodies.CallAccept(department="chitose", center="center")) is Verdict.FAIL
    assert verdict(rejects(NEVER[name])) is Verdict.NOT_APPLICABLE
    for only_now in (RejectReason.NO_CONSOLE, RejectReason.OVERLOAD, ErrorCode.TEMPORARY):
        assert verdict(rejects(only_now)) is Verdict.WARN
    silent = judged(PROBES[name], Peer(Waited("an answer", 0.1, "nothing")), tmp_path)
    assert silent[0] is Verdict.INCONCLUSIVE
    assert "did not come within" in silent[1]


MADE: Any = (bodies.TransferDone, bodies.CallbackSent)
DONE, SENT = (each.model_construct() for each in MADE)
FAILED, NOT_SENT = bodies.TransferFailed, bodies.CallbackFailed
REQUESTS = (
    ("CLAIM-TRANSFER-OUT", DONE, FAILED, TransferFailure),
    ("CLAIM-CALLBACK", SENT, NOT_SENT, CallbackFailure),
)


@pytest.mark.parametrize(("name", "there", "failed", "reasons"), REQUESTS)
def test_a_transfer_and_a_callback(
    name: str, there: Any, failed: Any, reasons: Any, tmp_path: Path
) -> None:
    def verdict(answer: Any, **more: Any) -> Verdict:
        return judged(PROBES[name], Peer(answer, **more), tmp_path)[0]

    never = failed(reason=reasons.UNSUPPORTED)
    assert verdict(there) is Verdict.FAIL
    assert verdict(never) is Verdict.NOT_APPLICABLE
    assert verdict(rejects(ErrorCode.UNKNOWN_TYPE)) is Verdict.NOT_APPLICABLE
    for only_now in reasons:
        if only_now is not reasons.UNSUPPORTED:
            assert verdict(failed(reason=only_now)) is Verdict.WARN
    assert verdict(rejects(ErrorCode.TEMPORARY)) is Verdict.WARN
    # Said not to be done, and done nevertheless.
    assert verdict(never, is_owner=False) is Verdict.FAIL
    assert verdict(never, said=rejects(ErrorCode.STALE_EPOCH)) is Verdict.FAIL
    if name == "CLAIM-CALLBACK":
        assert verdict(never, callbacks=(never, SENT)) is Verdict.FAIL


@pytest.mark.parametrize("name", [each[0] for each in REQUESTS])
def test_silence_is_no_refusal(name: str, tmp_path: Path) -> None:
    verdict, why = judged(PROBES[name], Peer(Waited("an answer", 0.1, "nothing")), tmp_path)
    assert verdict is Verdict.INCONCLUSIVE
    assert "the request is answered" in why


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    authority = Authority(tmp_path_factory.mktemp("ca"))
    authority.issue("127.0.0.1")
    return authority.ca_file.parent / "127.0.0.1"


@asynccontextmanager
async def web(certificate: Path, status: int, **versions: ssl.TLSVersion) -> Any:
    """A system that speaks these versions of TLS, and answers every request with this status."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.with_name("127.0.0.1.pem"), f"{certificate}.key")
    context.set_ciphers("ALL:@SECLEVEL=0")
    for name, value in versions.items():
        setattr(context, name, value)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 {status} .\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()


def at_pages(
    name: str, certificate: Path, folder: Path, status: int = 404, **versions: ssl.TLSVersion
) -> tuple[Verdict, str]:
    """The verdict of a probe at such a system."""
    purpose = PROBES[name]

    async def go(trial: Trial) -> None:
        async with web(certificate, status, **versions) as (host, port):
            trust = ssl.create_default_context(cafile=str(certificate.with_name("ca.pem")))
            world: Any = SimpleNamespace(
                base_url=f"https://{host}:{port}", https=(host, port), trust=lambda: trust
            )
            try:
                await purpose.function(trial, world)
            except TrialEnded:
                return

    with EvidenceLog(folder / f"{name}.jsonl") as evidence:
        trial = Trial(purpose, evidence)
        asyncio.run(go(trial))
    return trial.verdict(), " ".join(reason.en for reason in trial.reasons())


@pytest.mark.parametrize("name", ROLES)
def test_a_role_with_a_documented_request(name: str, certificate: Path, tmp_path: Path) -> None:
    assert at_pages(name, certificate, tmp_path, 401)[0] is Verdict.WARN
    assert at_pages(name, certificate, tmp_path, 404)[0] is Verdict.NOT_APPLICABLE


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls(certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, old = "CLAIM-OLD-PHONES", ssl.TLSVersion.TLSv1
    takes = at_pages(name, certificate, tmp_path, minimum_version=old)
    assert takes[0] is Verdict.WARN
    modern = at_pages(name, certificate, tmp_path, minimum_version=ssl.TLSVersion.TLSv1_2)
    assert modern[0] is Verdict.NOT_APPLICABLE
    # This machine's own OpenSSL refuses: nothing is known of the system.
    monkeypatch.setattr(pages, "_CIPHERS", "ECDHE-ECDSA-AES128-GCM-SHA256")
    ours = at_pages(name, certificate, tmp_path, minimum_version=old)
    assert ours[0] is Verdict.INCONCLUSIVE
    assert "not by this machine" in ours[1]


def test_nothing_that_speaks_tls_refuses_no_old_phone(tmp_path: Path) -> None:
    world = SimpleNamespace(https=("127.0.0.1", 1))
    verdict, why = judged(PROBES["CLAIM-OLD-PHONES"], world, tmp_path)
    assert verdict is Verdict.INCONCLUSIVE
    assert "takes TLS 1.2 or newer" in why


@pytest.mark.parametrize("name", [*ROLES, "CLAIM-OLD-PHONES"])
def test_where_there_is_no_door_nothing_is_tried(name: str, tmp_path: Path) -> None:
    world = SimpleNamespace(base_url=None, https=None)
    verdict, why = judged(PROBES[name], world, tmp_path)
    assert verdict is Verdict.NOT_APPLICABLE
    assert "no addresses.base_url" in why


@pytest.mark.parametrize("name", ROLES)
def test_a_door_behind_which_nobody_answers_is_not_closed(name: str, tmp_path: Path) -> None:
    def trust() -> ssl.SSLContext:
        return ssl.create_default_context()

    world = SimpleNamespace(base_url="https://127.0.0.1:1", https=("127.0.0.1", 1), trust=trust)
    with pytest.raises(SutUnavailable, match=r"127.0.0.1:1/.* did not answer"):
        judged(PROBES[name], world, tmp_path)


def test_every_probe_is_here() -> None:
    tested = {*OFFERS, *ROLES, "CLAIM-TRANSFER-OUT", "CLAIM-CALLBACK", "CLAIM-OLD-PHONES"}
    assert set(PROBES) == tested
