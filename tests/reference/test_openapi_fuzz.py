"""The real application takes whatever schemathesis makes of its OpenAPI description."""

import asyncio
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
import trustme
import uvloop
from hypothesis import HealthCheck, settings
from net119_protocol.alarms.codes import SignalKind
from net119_protocol.alarms.sample import kyoto
from net119_protocol.alarms.signals import NewSignal
from net119_protocol.api.admin import AccountRole, NewAccount
from net119_protocol.api.alarm_register import InstallUnit, NewCard
from net119_protocol.api.operations import OPERATIONS, Auth
from net119_protocol.api.problems import MEDIA_TYPE, Problem
from net119_protocol.api.registration import LinkPurpose
from net119_protocol.codes import Mode
from net119_protocol.spec.openapi import openapi
from net119_reference.alarms.working_days import japan_day
from net119_reference.config import Config
from net119_reference.http_server import HttpServer, bind
from net119_reference.ports import StaffIdentity
from net119_reference.service.kernel import Transaction
from net119_reference.service.provider import build_service
from net119_reference.tls import https_context
from net119_reference.web import create_app

from tests.reference.alarms.people import user
from tests.turns import part

ADMIN_TOKEN = "admin-token-00000001"
DEADLINE_S = 60.0
# Half of the operations for each commit: to begin with, each worker makes up cases for 6 s for all.
schema = schemathesis.openapi.from_dict(openapi()).include(
    operation_id=part(sorted(entry.name for entry in OPERATIONS), 2)
)
ALARMS: dict[str, str] = {}
"""What :func:`alarm_center` has made."""
AUTH_OF = {entry.name: entry.auth for entry in OPERATIONS}


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed(self) -> float:
        return time.monotonic()


class Sut:
    """The real service and application on a loopback port, in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca))
        leaf = authority.issue_cert("127.0.0.1")
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"
        leaf.cert_chain_pems[0].write_to_path(str(self.cert))
        leaf.private_key_pem.write_to_path(str(self.key))
        self.config = Config.model_validate(
            {
                "operator": "aoba",
                "data_dir": folder,
                "admin": {"enabled": True, "token": ADMIN_TOKEN},
                "limits": {"registrant_calls": 10_000, "registrant_call_burst": 10_000},
                # No request waits longer for something to happen.
                "alarms": {**kyoto(), "timers": {"poll_s": 0.01}},
            }
        )
        self.loop = uvloop.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(DEADLINE_S)

    def start(self) -> str:
        self.thread.start()
        return str(self.do(self._start()))

    async def _start(self) -> str:
        self.service = build_service(self.config, SystemClock())
        await self.service.start()
        context = https_context(
            self.cert, self.key, self.config.tls.in_force(datetime.now(UTC).date())
        )
        app = create_app(self.service, self.config)
        self.server = HttpServer(app, self.config, bind("http", "127.0.0.1", 0), context)
        await self.server.start()
        return f"https://127.0.0.1:{self.server.port}"

    def mailed_secret(self) -> str:
        """The secret of a URL as it is mailed to an applicant."""
        office = self.service.registrations.office

        def issue(tx: Transaction) -> str:
            return office.issue(tx, LinkPurpose.APPLY, "chitose", "fuzz@phone.example")[0]

        return str(self.do(office.kernel.run(issue))).rpartition("/")[2]

    def alarm_center(self) -> dict[str, str]:
        """A user with a unit, whose tokens fit the alarm service; ``incident`` is one of its."""
        return dict(self.do(alarm_center(self.service)))

    def stop(self) -> None:
        self.do(self.server.stop())
        self.do(self.service.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(DEADLINE_S)
        self.loop.close()


async def alarm_center(service: Any) -> dict[str, str]:
    """Somebody who has pressed the button; the tokens of unit, dispatcher, section."""
    alarms, today = service.alarms, japan_day(datetime.now(UTC))
    section = StaffIdentity("kyoto-section", "A")
    card = NewCard(registration=1001, user=user(), received_on=today)
    await alarms.register.enter(section, card)
    unit = await alarms.register.install(section, 1001, InstallUnit(unit_id="K-1", on=today))
    who = await alarms.unit_identity(unit.token)
    await alarms.signals.take(who, NewSignal(n=1, kind=SignalKind.ALARM, mode=Mode.TEST))
    (incident,) = alarms.state.book.open
    made = {"incident": str(incident), Auth.UNIT: unit.token}
    for role, code in ((AccountRole.DISPATCHER, "kyoto"), (AccountRole.STAFF, "kyoto-section")):
        account = await service.add_account(NewAccount(role=role, unit=code, name="A"))
        made[role.value] = account.token
    return made


@pytest.fixture(scope="module")
def client_and_tokens(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[httpx.Client, dict[Auth, str]]]:
    """A client, and a key for each kind; that of no kind is the secret of a mailed URL."""
    sut = Sut(tmp_path_factory.mktemp("fuzz"))
    base_url = sut.start()
    verify = ssl.create_default_context(cafile=str(sut.ca))
    with httpx.Client(
        base_url=base_url, verify=verify, timeout=DEADLINE_S, trust_env=False
    ) as client:
        tokens = {Auth.ADMIN: ADMIN_TOKEN}
        for auth, unit in ((Auth.DISPATCHER, "chitose"), (Auth.STAFF, "chitose")):
            answer = client.post(
                "/api/admin/v1/accounts",
                json={"role": auth.value, "unit": unit, "name": "A"},
                headers={"Authorization": f"Bearer {ADMIN_TOKEN}"},
            )
            tokens[auth] = answer.raise_for_status().json()["token"]
        tokens[Auth.NONE] = sut.mailed_secret()
        ALARMS.update(sut.alarm_center())
        tokens[Auth.UNIT] = ALARMS[Auth.UNIT]
        yield client, tokens
    sut.stop()


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_operation_answers_as_described(
    case: Any, client_and_tokens: tuple[httpx.Client, dict[Auth, str]]
) -> None:
    """No 5xx; every other answer has a described status and body."""
    client, tokens = client_and_tokens
    if "token" in case.path_parameters and case.method != "POST":
        case.path_parameters["token"] = tokens[Auth.NONE]
    if "incident_id" in case.path_parameters:
        case.path_parameters["incident_id"] = ALARMS["incident"]
    if "registration" in case.path_parameters and case.path_parameters["registration"] != 7:
        case.path_parameters["registration"] = 1001
    if "/alarms/" in case.path:
        tokens = {**tokens, **{Auth(k): v for k, v in ALARMS.items() if k != "incident"}}
    token = tokens.get(AUTH_OF[case.operation.definition.raw["operationId"]], "x" * 20)
    sent = case.as_transport_kwargs(base_url=str(client.base_url))
    headers = {**(sent.pop("headers", None) or {}), "Authorization": f"Bearer {token}"}
    sent.pop("cookies", None)
    if isinstance(sent.get("data"), bytes):
        sent["content"] = sent.pop("data")
    try:
        response = client.request(headers=headers, **sent)
    except (httpx.LocalProtocolError, UnicodeEncodeError, httpx.InvalidURL):
        return  # the client itself cannot send this
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.headers["content-type"] == MEDIA_TYPE
        Problem.model_validate_json(response.content)
    elif response.status_code != 204:
        case.operation.validate_response(schemathesis.Response.from_httpx(response, verify=True))
