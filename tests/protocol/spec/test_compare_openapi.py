"""``compare_openapi`` against a real FastAPI application that is bent in one place at a time."""

import copy
import re
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from net119_protocol.api.operations import OPERATIONS, Operation
from net119_protocol.api.problems import Problem
from net119_protocol.spec import compare_openapi, openapi
from net119_protocol.spec.openapi import raw_body
from pydantic import Field

OURS = openapi()
ShortQuery = Annotated[str, Field(max_length=200)]
LINES = "/api/handset/v1/calls/{call_id}/lines"


def endpoint(entry: Operation) -> Callable[..., Any]:
    """A function with the signature that FastAPI reads the operation's input from."""

    def answer(**_: Any) -> None:
        raise NotImplementedError("only its description is used")

    parameters = []
    kinds: dict[str, type] = dict.fromkeys(("token", "secret", "department"), str)
    kinds |= dict.fromkeys(("registration", "number"), int)
    for name in re.findall(r"{(\w+)}", entry.path):
        kind = kinds.get(name, UUID)
        parameters.append(Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind))
    if entry.request is not None:
        parameters.append(Parameter("body", Parameter.KEYWORD_ONLY, annotation=entry.request))
    parameters += [
        Parameter(name, Parameter.KEYWORD_ONLY, annotation=int, default=0)
        for name, _ in entry.query
    ]
    parameters += [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            annotation=ShortQuery,
            default="",
        )
        for name, _ in entry.text_query
    ]
    answer.__signature__ = Signature(parameters)  # type: ignore[attr-defined] # as PEP 362 allows
    return answer


def application() -> dict[str, Any]:
    """The description FastAPI gives of an application that keeps the contract."""
    app = FastAPI()
    for entry in OPERATIONS:
        app.add_api_route(
            entry.path,
            endpoint(entry),
            methods=[entry.method],
            response_model=entry.response,
            status_code=entry.status,
            openapi_extra={"requestBody": raw_body(entry)} if entry.raw_request else None,
            responses={
                status: {
                    "model": Problem,
                    "content": {"application/problem+json": {}},
                }
                for status in entry.refusals
            },
        )
    return app.openapi()


APP = application()


def test_an_application_that_keeps_the_contract_has_no_differences() -> None:
    assert compare_openapi(APP, OURS) == []


def test_the_contract_does_not_differ_from_itself() -> None:
    assert compare_openapi(OURS, OURS) == []


def _variant(app: dict[str, Any], name: str) -> dict[str, Any]:
    """The schema of this name, whatever FastAPI added to it."""
    schemas = app["components"]["schemas"]
    found: dict[str, Any] = next(
        schemas[each] for each in (name, f"{name}-Input", f"{name}-Output") if each in schemas
    )
    return found


def _other_success(app: dict[str, Any]) -> None:
    answers = app["paths"][LINES]["post"]["responses"]
    answers["200"] = answers.pop("201")


def _other_response(app: dict[str, Any]) -> None:
    content = app["paths"][LINES]["post"]["responses"]["201"]["content"]
    content["application/json"]["schema"] = {"$ref": "#/components/schemas/Session"}


def _plain_problem(app: dict[str, Any]) -> None:
    content = app["paths"][LINES]["post"]["responses"]["422"]
    content["content"] = {
        "application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}
    }


def _renamed(app: dict[str, Any]) -> None:
    fields = _variant(app, "LineStored")["properties"]
    fields["client_id"] = fields.pop("clientId")


def _more_required(app: dict[str, Any]) -> None:
    _variant(app, "NewCall")["required"].append("fix")


BENT: list[tuple[str, Callable[[dict[str, Any]], object], list[str]]] = [
    (
        "no path",
        lambda app: app["paths"].pop("/health"),
        ["GET /health is missing in the app"],
    ),
    (
        "other path",
        lambda app: app["paths"].update({"/healthz": app["paths"].pop("/health")}),
        ["GET /health is missing in the app", "GET /healthz is not in the contract"],
    ),
    (
        "other method",
        lambda app: app["paths"]["/api/admin/v1/state"].update(
            {"post": app["paths"]["/api/admin/v1/state"].pop("put")}
        ),
        [
            "POST /api/admin/v1/state is not in the contract",
            "PUT /api/admin/v1/state is missing in the app",
        ],
    ),
    (
        "other success",
        _other_success,
        [
            f"POST {LINES}: answer 200 is not in the contract",
            f"POST {LINES}: answer 201 is missing in the app",
        ],
    ),
    (
        "other response",
        _other_response,
        [
            f"POST {LINES}: answer 201 is application/json Session in the app,"
            " application/json LineStored in the contract"
        ],
    ),
    (
        "framework's own refusal",
        _plain_problem,
        [
            f"POST {LINES}: answer 422 is application/json HTTPValidationError in the app,"
            " application/problem+json Problem in the contract"
        ],
    ),
    (
        "no body",
        lambda app: app["paths"][LINES]["post"].pop("requestBody"),
        [
            f"POST {LINES}: request body is empty in the app,"
            " application/json NewLine in the contract"
        ],
    ),
    (
        "no query parameter",
        lambda app: app["paths"][LINES]["get"]["parameters"].pop(),
        [f"GET {LINES}: query parameter after is missing in the app"],
    ),
    (
        "query parameter required",
        lambda app: app["paths"][LINES]["get"]["parameters"][-1].update(required=True),
        [f"GET {LINES}: query parameter after is required in the app, not so in the contract"],
    ),
    (
        "path parameter of another type",
        lambda app: app["paths"][LINES]["get"]["parameters"][0]["schema"].pop("format"),
        [
            f"GET {LINES}: path parameter call_id is string in the app,"
            " string (uuid) in the contract"
        ],
    ),
    (
        "field renamed",
        _renamed,
        [
            "model LineStored: field clientId is missing in the app",
            "model LineStored: field client_id is not in the contract",
        ],
    ),
    (
        "field of another type",
        lambda app: _variant(app, "LineStored")["properties"]["seq"].update(type="string"),
        ["model LineStored: field seq is string in the app, integer in the contract"],
    ),
    (
        "a code more",
        lambda app: _variant(app, "Kind")["enum"].append("rescue"),
        [
            "model Kind is one of ambulance, fire, other, rescue in the app,"
            " one of ambulance, fire, other in the contract"
        ],
    ),
    (
        "field required",
        _more_required,
        ["model NewCall: field fix is required in the app, not so in the contract"],
    ),
    (
        "model missing",
        lambda app: app["components"]["schemas"].pop("Problem"),
        ["model Problem is missing in the app"],
    ),
]


@pytest.mark.parametrize(
    ("bend", "said"), [case[1:] for case in BENT], ids=[case[0] for case in BENT]
)
def test_each_difference_is_said_in_words(
    bend: Callable[[dict[str, Any]], object], said: list[str]
) -> None:
    app = copy.deepcopy(APP)

    bend(app)

    assert compare_openapi(app, OURS) == said


def test_an_empty_application_lacks_everything() -> None:
    found = compare_openapi({}, OURS)

    assert len([line for line in found if line.endswith("is missing in the app")]) == len(found)
    assert len(found) > len(OPERATIONS)
