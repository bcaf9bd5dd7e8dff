"""A running provider keeps to the published description, whatever its users send.

Its own operations are asked with every role's right token and with calls and registrants that
exist, so that what is tried gets past the door.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from net119_protocol.api.alarm_operations import DESK_OPERATIONS
from net119_protocol.api.alarm_register_operations import REGISTER_OPERATIONS
from net119_protocol.api.operations import OPERATIONS, Auth
from net119_protocol.api.problems import MEDIA_TYPE, Problem
from net119_protocol.codes import Kind, PlaceChoice
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.person import make_person

from tests.turns import part

WITHIN_S = 60.0
EXAMPLES = 12
DESCRIPTION = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
USERS = (Auth.HANDSET, Auth.DISPATCHER, Auth.STAFF)
# This provider has no home alarm service; tests/reference/test_openapi_fuzz.py asks one that has.
_ALARMS = {entry.name for entry in (*DESK_OPERATIONS, *REGISTER_OPERATIONS)}
OF_USERS = {
    entry.name: entry for entry in OPERATIONS if entry.auth in USERS and entry.name not in _ALARMS
}
# What ends the thing it is asked for gets one of its own, else all others would be too late.
ENDING = ("close", "suspend_registrant")
ENDING_THE_LOG_IN = ("log_out",)
OF_NOTHING = ("replay",)
"""Asks for what there is none of here: tests/scenarios/drills/test_recorder.py has one kept."""


def description() -> dict[str, Any]:
    """The published description, half of the users' operations for each commit."""
    asked = set(part(sorted(OF_USERS), 2))
    whole: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    paths = {
        path: {
            method: operation
            for method, operation in item.items()
            if method == "parameters" or operation.get("operationId") in asked
        }
        for path, item in whole["paths"].items()
    }
    return {**whole, "paths": {path: item for path, item in paths.items() if item}}


schema = schemathesis.openapi.from_dict(description())


@dataclass(frozen=True)
class Existing:
    """A registrant, the registrant's answered call, and the log-in it was made with."""

    call_id: UUID
    registrant_id: UUID
    token: str


@dataclass(frozen=True)
class Target:
    """A running provider, what there is at it, and a token for each role."""

    client: httpx.Client
    tokens: dict[Auth, str]
    used: Existing
    ended: Existing


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("schemathesis")
    spec = ProviderSpec("aoba", "127.0.0.6", settings=GENEROUS)
    with asyncio.Runner() as runner:
        network = LocalNetwork([spec], folder, start_within_s=WITHIN_S)
        try:
            runner.run(network.__aenter__())
            tokens: dict[Auth, str] = {}
            used, ended = runner.run(populate(network, tokens))
            with httpx.Client(
                base_url=network.base_url("aoba"),
                verify=network.tls,
                timeout=WITHIN_S,
                trust_env=False,
            ) as client:
                yield Target(client, tokens, used, ended)
        finally:
            runner.run(network.stop())


GENEROUS = {
    "limits": {
        "line_burst": 1000,
        "lines_per_s": 1000.0,
        "registrant_calls": 10_000,
        "registrant_call_burst": 10_000,
    }
}


async def populate(network: LocalNetwork, tokens: dict[Auth, str]) -> tuple[Existing, Existing]:
    """Two registrants whose calls were answered; ``tokens`` gets a token for each role."""
    tokens[Auth.DISPATCHER] = await network.dispatcher_token("aoba", "tomakomai")
    tokens[Auth.STAFF] = await network.staff_token("aoba", "tomakomai")
    made = []
    async with network.dispatcher("aoba", tokens[Auth.DISPATCHER]) as dispatcher:
        for number in range(2):
            person = make_person(f"schemathesis {number}", "01213")
            credentials = await network.register("aoba", "tomakomai", person)
            async with network.phone("aoba", credentials) as phone:
                place = fixed(42.6341, 141.6055)
                call = await phone.call(Kind.FIRE, PlaceChoice.CURRENT, fix=place)
                await dispatcher.wait_for_call(call.id, WITHIN_S)
                await dispatcher.answer(call.id, within=WITHIN_S)
                tokens.setdefault(Auth.HANDSET, phone.session.token)
                made.append(Existing(call.id, credentials.registrant_id, phone.session.token))
    return made[0], made[1]


@pytest.mark.slow
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
def test_users_are_answered_as_described(case: Any, target: Target) -> None:
    """No 5xx; every answer has a status and a body of the description."""
    name = case.operation.definition.raw["operationId"]
    existing = target.ended if name in (*ENDING, *ENDING_THE_LOG_IN) else target.used
    for parameter in ("call_id", "registrant_id"):
        if parameter in case.path_parameters:
            case.path_parameters[parameter] = str(getattr(existing, parameter))
    if "department" in case.path_parameters:
        case.path_parameters["department"] = "tomakomai"
    sent = case.as_transport_kwargs(base_url=str(target.client.base_url))
    token = target.tokens[OF_USERS[name].auth]
    if name in ENDING_THE_LOG_IN:
        token = existing.token
    headers = {**(sent.pop("headers", None) or {}), "Authorization": f"Bearer {token}"}
    sent.pop("cookies", None)
    if isinstance(sent.get("data"), bytes):
        sent["content"] = sent.pop("data")
    try:
        response = target.client.request(headers=headers, **sent)
    except (httpx.LocalProtocolError, UnicodeEncodeError, httpx.InvalidURL):
        return  # the client itself cannot send this
    assert response.status_code < 500, response.text
    if name not in ENDING_THE_LOG_IN:
        right = {401} if name in OF_NOTHING else {401, 404}
        assert response.status_code not in right, "the token and the call are right"
    case.operation.validate_response(schemathesis.Response.from_httpx(response, verify=True))
    if response.status_code >= 400:
        assert response.headers["content-type"] == MEDIA_TYPE
        Problem.model_validate_json(response.content)
