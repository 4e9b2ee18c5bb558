"""Forms from pydantic schemas: a field's title is its question, its description the help, its type the kind of field.

A field that may follow one of several schemas becomes a choice, and a question for the value of each that has one:
`signal`, `signal.health_below`, `signal.note_mentions`. `hide_unchosen_fields` leaves out those not chosen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, StringConstraints
from pydantic.fields import FieldInfo

from lib.forms.model import Field, FieldKind, Form, Option
from lib.text.json_values import parse_text
from lib.text.truncate import join_lines

# Longer texts are asked for in a box of several lines.
SINGLE_LINE_LENGTH = 200

NOT_ASKED: dict[str, Any] = {"options_from": "nothing"}
"""`json_schema_extra` of a field that is never asked for."""


def _empty_invisible_text(value: Any) -> Any:
    return "" if isinstance(value, str) and parse_text(value) is None else value


NonBlankStr = Annotated[
    str, BeforeValidator(_empty_invisible_text), StringConstraints(strip_whitespace=True, min_length=1)
]
"""Text of which something can be seen, without blanks around it."""


def _join_lines_of_text(value: Any) -> Any:
    return join_lines(value) if isinstance(value, str) else value


JOIN_LINES = BeforeValidator(_join_lines_of_text)
"""For what is asked for on one line: a model and a REST call may write line breaks, which no such field can show."""

SingleLineStr = Annotated[NonBlankStr, JOIN_LINES]
"""Text without blanks around it. The field bounds it with `max_length`."""


@dataclass(frozen=True)
class PersonOnly:
    """Marks a field only a person may set: what a model sends for it is dropped."""


Choices = Mapping[str, Sequence[Option]]
"""Options a schema cannot know, by the name its fields give in `options_from`."""


def build_labels_schema_extra(labels: Mapping[Any, str]) -> dict[str, Any]:
    """`json_schema_extra` of a choice: the label of each value."""
    return {"labels": {str(value): label for value, label in labels.items()}}


def build_option_source_schema_extra(name: str) -> dict[str, Any]:
    """`json_schema_extra` of a choice among options that the caller gives as `choices[name]`."""
    return {"options_from": name}


def build_fields_from_schema(
    schema: type[BaseModel],
    titles: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
    *,
    choices: Choices | None = None,
) -> tuple[Field, ...]:
    """The fields of a schema: those in `titles` (all by default), with `values` as their defaults."""
    wanted, given = list_schema_field_titles(schema) if titles is None else titles, values or {}
    return tuple(
        field
        for name, title in wanted.items()
        for field in _build_parameter_fields(name, title, schema.model_fields[name], given.get(name), choices or {})
    )


def list_schema_field_titles(schema: type[BaseModel]) -> dict[str, str]:
    """The title of each field that is asked for. One without a title is not."""
    asked = {name: field for name, field in schema.model_fields.items() if field.json_schema_extra != NOT_ASKED}
    return {name: field.title for name, field in asked.items() if field.title}


def hide_unchosen_fields(form: Form, answers: Mapping[str, Any]) -> Form:
    """The form without the questions that belong to an option that is not chosen."""
    fields = [field for field in form.fields if "." not in field.key or _is_option_chosen(field.key, answers)]
    return Form(title=form.title, fields=tuple(fields))


def convert_answers_to_parameters(schema: type[BaseModel], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a form as values of the schema, unanswered ones left out."""
    parameters: dict[str, Any] = {}
    for name, field in schema.model_fields.items():
        answer = answers.get(name)
        if answer is None or answer == "":
            continue
        members = {get_union_schema_kind(member): member for member in list_union_schemas(field.annotation)}
        nested = members.get(str(answer))
        parameters[name] = _build_union_parameter(name, nested, answers) if nested else answer
    return parameters


def list_person_only_fields(schema: type[BaseModel]) -> frozenset[str]:
    """The names of the fields marked with `PersonOnly`."""
    fields = schema.model_fields.items()
    return frozenset(name for name, field in fields if any(isinstance(mark, PersonOnly) for mark in field.metadata))


def drop_person_only_values(schema: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` without those of fields that only a person may set."""
    hidden = list_person_only_fields(schema)
    return {key: value for key, value in values.items() if key not in hidden}


def reset_person_only_values(schema: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with the defaults of fields that only a person may set."""
    hidden = list_person_only_fields(schema)
    return {**values, **{name: schema.model_fields[name].default for name in sorted(hidden)}}


def drop_blank_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` without nulls and blank texts."""
    return {
        key: value
        for key, value in values.items()
        if not (value is None or (isinstance(value, str) and not value.strip()))
    }


def list_union_schemas(annotation: Any) -> tuple[type[BaseModel], ...]:
    """The schemas of a union, told apart by their `kind`; none for a plain type."""
    if isinstance(annotation, type):
        return (annotation,) if issubclass(annotation, BaseModel) else ()
    return tuple(member for part in getattr(annotation, "__args__", ()) for member in list_union_schemas(part))


def get_union_schema_kind(member: type[BaseModel]) -> str:
    """The `kind` of one schema of a union."""
    return str(member.model_fields["kind"].default)


def list_union_titles(annotation: Any) -> dict[str, str]:
    """The title of each schema of a union, by its `kind`."""
    return {
        get_union_schema_kind(each): each.model_config.get("title") or get_union_schema_kind(each)
        for each in list_union_schemas(annotation)
    }


def _build_union_parameter(name: str, member: type[BaseModel], answers: Mapping[str, Any]) -> dict[str, Any]:
    tag = get_union_schema_kind(member)
    return {"kind": tag} | ({"value": answers.get(f"{name}.{tag}")} if "value" in member.model_fields else {})


def _is_option_chosen(key: str, answers: Mapping[str, Any]) -> bool:
    name, _, tag = key.partition(".")
    return bool(answers.get(name) == tag)


def _build_parameter_fields(name: str, title: str, info: FieldInfo, value: Any, choices: Choices) -> Iterator[Field]:
    members = list_union_schemas(info.annotation)
    if not members:
        yield _build_field_from_schema(name, title, info, value, choices)
        return
    chosen = value if isinstance(value, Mapping) else {}
    yield Field(
        key=name,
        label=title,
        kind=FieldKind.CHOICE,
        help=info.description,
        required=info.is_required(),
        options=tuple(Option(value=kind, label=label) for kind, label in list_union_titles(info.annotation).items()),
        default=chosen.get("kind"),
    )
    for member in members:
        if "value" in member.model_fields:
            nested, tag = member.model_fields["value"], get_union_schema_kind(member)
            default = chosen.get("value") if chosen.get("kind") == tag else None
            field = _build_field_from_schema(f"{name}.{tag}", nested.title or title, nested, default, choices)
            yield replace(field, required=False, required_when=partial(_is_option_chosen, field.key))


def _build_field_from_schema(name: str, title: str, info: FieldInfo, value: Any, choices: Choices) -> Field:
    kind = _choose_field_kind(info)
    return Field(
        key=name,
        label=title,
        kind=kind,
        help=info.description,
        required=info.is_required(),
        default=info.get_default() if value is None and not info.is_required() else value,
        options=_build_choice_options(info, choices) if kind is FieldKind.CHOICE else (),
        minimum=_find_annotated_bound(info, "ge"),
        maximum=_find_annotated_bound(info, "le"),
    )


def _find_annotated_bound(info: FieldInfo, name: str) -> Any:
    """A bound among the annotations of a field: "ge", "le" or "max_length"."""
    return next((getattr(each, name) for each in info.metadata if getattr(each, name, None) is not None), None)


def _choose_field_kind(info: FieldInfo) -> FieldKind:
    if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.keys() & {"labels", "options_from"}:
        return FieldKind.CHOICE
    max_length = _find_annotated_bound(info, "max_length")
    text = FieldKind.LONG_TEXT if max_length is None or max_length > SINGLE_LINE_LENGTH else FieldKind.TEXT
    kinds = {bool: FieldKind.YES_NO, int: FieldKind.WHOLE, date: FieldKind.DATE}
    return next((kind for each, kind in kinds.items() if info.annotation in (each, each | None)), text)


def _build_choice_options(info: FieldInfo, choices: Choices) -> tuple[Option, ...]:
    extra: Any = info.json_schema_extra or {}
    labelled = tuple(Option(value=value, label=label) for value, label in extra.get("labels", {}).items())
    return labelled + tuple(choices.get(extra.get("options_from", ""), ()))
