"""JSON Schemas of the models, with what the docstrings say of each field."""

import ast
import inspect
import re
import sys
from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Json = dict[str, Any]

_CODE = re.compile(r"``([a-z]+(?:_[a-z0-9]+)+)``")
"""A field's name in a docstring."""


def plain(docstring: str | None) -> str:
    """A docstring as Markdown: paragraphs on one line each, fields as they stand on the wire."""
    paragraphs = inspect.cleandoc(docstring or "").split("\n\n")
    text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    text = re.sub(r":\w+:`~?([^`]*)`", r"`\1`", text)
    return _CODE.sub(lambda found: f"`{to_camel(found.group(1))}`", text).replace("``", "`")


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """Meaning of each field that has a docstring of its own, inherited ones included."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if base.__module__.startswith("net119_"):
            found |= _docs_in(base.__module__).get(base.__name__, {})
    return found


@cache
def _docs_in(module: str) -> dict[str, dict[str, str]]:
    """Docstrings that stand after the fields of each class of a module."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    found: dict[str, dict[str, str]] = {}
    for definition in tree.body:
        if not isinstance(definition, ast.ClassDef):
            continue
        docs = found.setdefault(definition.name, {})
        for node, after in zip(definition.body, definition.body[1:], strict=False):
            if (
                isinstance(node, ast.AnnAssign)
                and isinstance(node.target, ast.Name)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
                and isinstance(after.value.value, str)
            ):
                docs[node.target.id] = plain(after.value.value)
    return found


class Generator(GenerateJsonSchema):
    """Pydantic's generator, with the fields' meanings and without titles that repeat names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No title for a field: it would be its name over again."""
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The schema of a model, its properties described by their docstrings."""
        result = super().model_schema(schema)
        model = schema["cls"]
        if "description" in result:
            result["description"] = plain(result["description"])
        docs = field_docs(model)
        for name, info in model.model_fields.items():
            alias = info.alias or name
            if name in docs and alias in result.get("properties", {}):
                result["properties"][alias]["description"] = docs[name]
        # A constant has a default in code, but on the wire it is what tells frames apart.
        constants = [key for key, each in result.get("properties", {}).items() if "const" in each]
        if constants:
            result["required"] = sorted({*result.get("required", ()), *constants})
        return result

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """The schema of a code list."""
        result = super().enum_schema(schema)
        if "description" in result:
            result["description"] = plain(result["description"])
        return result


def definitions(models: Iterable[type[BaseModel]], prefix: str) -> Json:
    """Schemas of the models and all they refer to, by name; ``prefix`` begins each reference.

    They say what is accepted; what is sent leaves absent values out and so fits as well.
    """
    wanted = sorted(set(models), key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation") for model in wanted],
        ref_template=prefix + "{model}",
        schema_generator=Generator,
    )
    found: Json = schemas["$defs"]
    return found


def union_schema(union: Any, title: str, description: str, prefix: str = "#/$defs/") -> Json:
    """Schema of a union of frames, complete in itself."""
    adapter: TypeAdapter[Any] = TypeAdapter(union)
    schema = adapter.json_schema(ref_template=prefix + "{model}", schema_generator=Generator)
    return {"$schema": DIALECT, "title": title, "description": description, **schema}


def members(union: Any) -> tuple[type[BaseModel], ...]:
    """The models in an annotation, unions and containers opened, in their order."""
    found: list[type[BaseModel]] = []
    _collect(union, found)
    return tuple(found)


def _collect(annotation: Any, found: list[type[BaseModel]]) -> None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        found.append(annotation)
        return
    # Annotated[...] keeps its union in __origin__, the union its members in __args__.
    origin = getattr(annotation, "__metadata__", None) and annotation.__origin__
    for part in (origin,) if origin else getattr(annotation, "__args__", ()):
        _collect(part, found)
