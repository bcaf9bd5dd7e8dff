"""The generated reference: up to date, valid, complete, and the same every time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from net119_protocol.api.operations import OPERATIONS, SOCKETS, Auth
from net119_protocol.interconnect import BODY_OF, MessageType, decode, encode
from net119_protocol.interconnect.envelope import Header
from net119_protocol.spec import asyncapi, build, drift, interconnect_page, openapi, write
from net119_protocol.spec.__main__ import main
from net119_protocol.spec.examples import examples
from net119_protocol.spec.messages import NOTES
from net119_protocol.spec.schema import field_docs, members, plain
from net119_protocol.spec.sockets import TALKS
from pydantic import BaseModel

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
FILES = build()
SCHEMAS = sorted(name for name in FILES if name.endswith(".schema.json"))
JSON_FILES = sorted(name for name in FILES if name.endswith(".json"))


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def resolve(document: Any, reference: str) -> Any:
    assert reference.startswith("#/")
    for key in reference[2:].split("/"):
        document = document[key.replace("~1", "/")]
    return document


def test_the_files_in_docs_are_those_of_the_models() -> None:
    assert drift(REFERENCE) == []


def test_another_process_with_another_hash_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "net119_protocol.spec", "--out", str(tmp_path)]

    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "119"}, timeout=120)

    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == FILES


@pytest.mark.parametrize("name", sorted(FILES))
def test_each_file_ends_with_one_newline(name: str) -> None:
    assert FILES[name].endswith("\n")
    assert not FILES[name].endswith("\n\n")


@pytest.mark.parametrize("name", JSON_FILES)
def test_all_references_lead_somewhere(name: str) -> None:
    document = json.loads(FILES[name])
    found = set(references(document))

    assert found
    for reference in found:
        assert resolve(document, reference), reference


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_are_schemas(name: str) -> None:
    document = json.loads(FILES[name])

    Draft202012Validator.check_schema(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_openapi_description_is_valid() -> None:
    validator = pytest.importorskip(
        "openapi_spec_validator", reason="openapi-spec-validator is not installed: make venv-dev"
    )

    validator.validate(openapi())


def test_every_operation_stands_in_the_openapi_description() -> None:
    document = openapi()
    found = {
        described["operationId"]: (method.upper(), path, described)
        for path, item in document["paths"].items()
        for method, described in item.items()
    }

    assert set(found) == {entry.name for entry in OPERATIONS}
    for entry in OPERATIONS:
        method, path, described = found[entry.name]
        assert (method, path) == (entry.method, entry.path)
        assert set(described["responses"]) == {
            str(status) for status in (entry.status, *entry.refusals)
        }
        expected: list[Any] = [] if entry.auth is Auth.NONE else [{entry.auth.value: []}]
        assert described["security"] == expected
        for status in entry.refusals:
            content = described["responses"][str(status)]["content"]
            assert content == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }
    assert {each["path"] for each in document["x-websockets"]} == {each.path for each in SOCKETS}


def test_the_asyncapi_description_holds_every_message_on_the_right_queue() -> None:
    document = asyncapi()
    callee = set(document["channels"]["callee"]["messages"])
    caller = set(document["channels"]["caller"]["messages"])

    assert callee | caller == {kind.value for kind in MessageType}
    assert callee - caller == {
        "call.offer",
        "call.assign",
        "call.withdraw",
        "caller.presence",
        "location.update",
        "transfer.done",
        "transfer.failed",
        "callback.sent",
        "callback.failed",
    }
    assert caller - callee == {
        "call.accept",
        "call.reject",
        "call.ringing",
        "call.answered",
        "location.request",
        "transfer.request",
        "callback.request",
    }
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"]
        for message in operation["messages"]:
            assert message["$ref"].startswith(f"{channel}/messages/")


def test_every_type_has_a_note_and_an_example_that_fits_the_schemas() -> None:
    assert set(NOTES) == set(examples()) == set(MessageType)
    validator = Draft202012Validator(json.loads(FILES["interconnect.schema.json"]))
    document = asyncapi()
    for kind, message in examples().items():
        data = json.loads(encode(message))
        assert decode(encode(message)) == message
        assert [error.message for error in validator.iter_errors(data)] == []
        payload = document["components"]["messages"][kind.value]["payload"]
        whole = {**payload, "components": document["components"]}
        assert [error.message for error in Draft202012Validator(whole).iter_errors(data)] == []


@pytest.mark.parametrize("kind", MessageType, ids=str)
def test_the_schema_reads_the_body_by_the_type(kind: MessageType) -> None:
    """The body of one type does not pass for that of another that needs other fields."""
    validator = Draft202012Validator(json.loads(FILES["interconnect.schema.json"]))
    data = json.loads(encode(examples()[kind]))

    assert not validator.is_valid({**data, "body": {}})
    assert not validator.is_valid({**data, "body": None})
    assert not validator.is_valid({**data, "type": "call.dance"})
    assert not validator.is_valid({**data, "n": 0 if data["n"] else 1})
    without_call = {name: value for name, value in data.items() if name != "callId"}
    assert validator.is_valid(without_call) == (kind in {"status.report", "error"})


def models_of_interface_b() -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []

    def visit(model: type[BaseModel]) -> None:
        if model not in found:
            found.append(model)
            for info in model.model_fields.values():
                for part in members(info.annotation):
                    visit(part)

    visit(Header)
    for body in BODY_OF.values():
        visit(body)
    return found


@pytest.mark.parametrize("model", models_of_interface_b(), ids=lambda model: model.__name__)
def test_every_field_of_interface_b_says_what_it_means(model: type[BaseModel]) -> None:
    docs = field_docs(model)

    assert model.__doc__
    assert [name for name in model.model_fields if not docs.get(name)] == []


def test_the_page_tells_of_every_message_and_every_part() -> None:
    page = interconnect_page()
    headings = {line.lstrip("#").strip() for line in page.splitlines() if line.startswith("#")}
    anchors = {heading.lower().replace(".", "").replace(" ", "-") for heading in headings}

    assert {kind.value for kind in MessageType} <= headings
    for part in page.split("](#")[1:]:
        assert part.split(")")[0] in anchors


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.socket.name)
def test_every_frame_of_a_socket_has_a_type_of_its_own(talk: Any) -> None:
    for frames in (talk.incoming, talk.outgoing):
        models = members(frames.union)
        types = {model.model_fields["type"].default for model in models}
        document = json.loads(FILES[f"{frames.file}.schema.json"])

        assert len(types) == len(models) > 1
        assert set(document["discriminator"]["mapping"]) == types


def test_docstrings_become_markdown_with_names_of_the_wire() -> None:
    text = "First\n    line with ``expires_at``.\n\n    Then ``null`` and :mod:`net119_protocol.x`."

    assert plain(text) == "First line with `expiresAt`.\n\nThen `null` and `net119_protocol.x`."
    assert plain(None) == ""


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    assert {path.name for path in write(tmp_path / "new")} == set(FILES)
    assert write(tmp_path / "new") == []


def test_the_check_names_each_drifted_file_and_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path)
    (tmp_path / "openapi.json").unlink()
    page = tmp_path / "interconnect.md"
    page.write_text("# Something else\n" + page.read_text("utf-8").split("\n", 1)[1], "utf-8")

    status = main(["--check", "--out", str(tmp_path)])

    said = capsys.readouterr().err.splitlines()
    assert status == 1
    assert said == [
        f"{page} differs from the models (line 1)",
        f"{tmp_path / 'openapi.json'} is missing",
        f"To bring them up to date, run: python -m net119_protocol.spec --out {tmp_path}",
    ]


def test_the_check_is_silent_about_files_that_are_up_to_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--out", str(tmp_path)]) == 0
    assert main(["--check", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().err == ""


def test_a_folder_that_cannot_be_used_is_said_plainly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")

    assert main(["--out", str(tmp_path / "file")]) == 2
    assert "cannot use" in capsys.readouterr().err
