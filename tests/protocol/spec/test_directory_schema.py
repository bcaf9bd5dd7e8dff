"""The schema of directory files fits the packaged one, and refuses what is none."""

import json
import tomllib
from typing import Any

import jsonschema
import pytest
from net119_protocol.directory import Directory, default_directory_text, load_municipalities
from net119_protocol.spec import build


def check(content: Any) -> None:
    schema = json.loads(build()["directory.schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(content)


def test_the_packaged_directory_fits_as_the_admin_api_takes_it() -> None:
    content = tomllib.loads(default_directory_text())
    check(json.loads(Directory.from_mapping(content, load_municipalities()).to_json()))


def test_a_directory_without_version_does_not_fit() -> None:
    with pytest.raises(jsonschema.ValidationError, match="version"):
        check({"departments": []})
