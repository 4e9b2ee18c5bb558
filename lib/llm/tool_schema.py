"""JSON schemas of tools' parameters, as both APIs take them.

In strict mode the provider enforces the schema, but every property must be required and no object open. So a parameter
with a default is offered as nullable, and null means the default (see `lib.llm.tools`); a tool that takes free-form
values is offered without strict mode.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from lib.forms.schema_fields import drop_person_only_values

JsonSchema = dict[str, Any]

UNSUPPORTED_IN_STRICT = ("title", "default", "minLength", "maxLength", "uniqueItems", "examples", "discriminator")


@dataclass(frozen=True, kw_only=True)
class ToolSchema:
    name: str
    description: str
    parameters: Mapping[str, Any]
    strict: bool


@lru_cache(maxsize=512)
def build_tool_schema(name: str, description: str, parameters: type[BaseModel]) -> ToolSchema:
    """The schema of one tool. Cached: most tools are the same in every turn, and pydantic is slow at this."""
    raw = _without_person_only_properties(parameters.model_json_schema(), parameters)
    flat = _inline_schema_references(raw, raw.get("$defs", {}))
    strict = _is_strict_mode_schema(flat)
    schema = _sort_keys(_to_strict_schema(flat) if strict else flat)
    return ToolSchema(name=name, description=description, parameters=schema, strict=strict)


def _sort_keys(value: Any) -> Any:
    """Sorted as `json.dumps` sorts them: the stored schema then gives the text that was sent."""
    if isinstance(value, dict):
        return {key: _sort_keys(value[key]) for key in sorted(value)}
    return [_sort_keys(part) for part in value] if isinstance(value, list) else value


def _without_person_only_properties(schema: JsonSchema, parameters: type[BaseModel]) -> JsonSchema:
    """A model is not offered what only a person may say."""
    properties = drop_person_only_values(parameters, schema.get("properties", {}))
    required = [name for name in schema.get("required", ()) if name in properties]
    return schema | {"properties": properties} | ({"required": required} if "required" in schema else {})


def _inline_schema_references(schema: JsonSchema, known: JsonSchema) -> JsonSchema:
    """`schema` without `$ref`: strict mode refuses keys beside one, and small servers know none."""
    target = schema.get("$ref")
    if target is not None:
        return _inline_schema_references(
            known[target.rsplit("/", 1)[-1]] | {k: v for k, v in schema.items() if k != "$ref"}, known
        )
    return {
        key: _inline_references_in_value(value, known) for key, value in schema.items() if key not in ("$defs", "title")
    }


def _inline_references_in_value(value: Any, known: JsonSchema) -> Any:
    match value:
        case dict():
            # Under "properties" the keys are names, and one of them may be called "title".
            return (
                _inline_schema_references(value, known)
                if _is_json_schema(value)
                else {k: _inline_references_in_value(v, known) for k, v in value.items()}
            )
        case list():
            return [_inline_references_in_value(part, known) for part in value]
        case _:
            return value


def _is_json_schema(value: JsonSchema) -> bool:
    return any(isinstance(value.get(key), str) for key in ("type", "$ref")) or any(
        isinstance(value.get(key), list) for key in ("anyOf", "allOf", "oneOf", "enum")
    )


def _is_strict_mode_schema(schema: JsonSchema) -> bool:
    """True if strict mode can express it: no open object, no value of any type."""
    if schema.get("type") == "object":
        closed = schema.get("additionalProperties") is False
        return closed and all(_is_strict_mode_schema(part) for part in schema.get("properties", {}).values())
    if schema.get("type") == "array":
        return isinstance(schema.get("items"), dict) and _is_strict_mode_schema(schema["items"])
    if "anyOf" in schema:
        return all(_is_strict_mode_schema(part) for part in schema["anyOf"])
    return "oneOf" not in schema and "allOf" not in schema and bool({"type", "enum", "const"} & schema.keys())


def _to_strict_schema(schema: JsonSchema) -> JsonSchema:
    kept = {key: value for key, value in schema.items() if key not in UNSUPPORTED_IN_STRICT}
    if "anyOf" in kept:
        kept["anyOf"] = [_to_strict_schema(part) for part in kept["anyOf"]]
    if kept.get("type") == "array":
        kept["items"] = _to_strict_schema(kept["items"])
    if kept.get("type") != "object":
        return kept
    needed = schema.get("required", [])
    properties = {
        name: _to_strict_schema(part) if name in needed else _make_schema_nullable(_to_strict_schema(part))
        for name, part in schema.get("properties", {}).items()
    }
    return kept | {"properties": properties, "required": list(properties), "additionalProperties": False}


def _make_schema_nullable(schema: JsonSchema) -> JsonSchema:
    options = schema.get("anyOf", [schema])
    if {"type": "null"} in options:
        return schema
    words = {"description": schema["description"]} if "description" in schema else {}
    bare = [{key: value for key, value in option.items() if key != "description"} for option in options]
    return {"anyOf": [*bare, {"type": "null"}], **words}
