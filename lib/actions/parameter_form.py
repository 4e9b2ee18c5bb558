"""From a handler's parameters to the questions of a form, and from its answers back to parameters. Pure.

A parameter that may be one of several schemas becomes a choice, and a question for the value of each that has one:
`signal`, `signal.health_below`, `signal.note_mentions`. `shown` leaves out those of what was not chosen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lib.actions.handler import COLLEAGUE_CHOICE, Handler, list_questions, union_members, union_tag
from lib.actions.model import Colleague, SavedAction
from lib.slides.model import Field, FieldKind, Form, Option

SINGLE_LINE_LENGTH = 200
"""Texts that may be longer are asked for in a box of several lines."""


def build_action_form(handler: Handler, action: SavedAction, *, colleagues: Sequence[Colleague] = ()) -> Form:
    """What to ask before running `action`, with what it carries as defaults. No fields: nothing needs to be asked."""
    carried = {key: value for key, value in action.parameters.items() if key in handler.preset}
    return Form(
        title=action.name,
        fields=fields_from_schema(handler.Parameters, handler.list_questions(action), carried, colleagues=colleagues),
    )


def fields_from_schema(
    kind: type[BaseModel],
    titles: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
    *,
    colleagues: Sequence[Colleague] = (),
) -> tuple[Field, ...]:
    """The questions of a schema: those `asked`, by name (all, unless said otherwise), with `standing` values."""
    wanted, given = list_questions(kind) if titles is None else titles, values or {}
    return tuple(
        field
        for name, title in wanted.items()
        for field in _fields_of_parameter(name, title, kind.model_fields[name], given.get(name), colleagues)
    )


def hide_unchosen_fields(form: Form, answers: Mapping[str, Any]) -> Form:
    """The form without questions about what was not chosen."""
    fields = [field for field in form.fields if "." not in field.key or _is_option_chosen(field.key, answers)]
    return Form(title=form.title, fields=tuple(fields))


def parameters_from_answers(kind: type[BaseModel], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers of a form as parameters: JSON by name; what was not answered is left out."""
    found: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        answer = answers.get(name)
        if answer is None or answer == "":
            continue
        choices = {union_tag(member): member for member in union_members(field.annotation)}
        found[name] = _nested_parameter(name, choices[str(answer)], answers) if str(answer) in choices else answer
    return found


def answers_from_parameters(kind: type[BaseModel], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as the answers of a form that was filled in like this."""
    found: dict[str, Any] = {}
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            found |= {name: value.get("kind"), f"{name}.{value.get('kind')}": value.get("value")}
        else:
            found[name] = value
    return found


def _nested_parameter(name: str, member: type[BaseModel], answers: Mapping[str, Any]) -> dict[str, Any]:
    tag = union_tag(member)
    return {"kind": tag} | ({"value": answers.get(f"{name}.{tag}")} if "value" in member.model_fields else {})


def _is_option_chosen(key: str, answers: Mapping[str, Any]) -> bool:
    name, _, tag = key.partition(".")
    return bool(answers.get(name) == tag)


def _fields_of_parameter(
    name: str, title: str, field: FieldInfo, standing: Any, colleagues: Sequence[Colleague]
) -> Iterator[Field]:
    several = union_members(field.annotation)
    if not several:
        yield _field_from_schema(name, title, field, standing, colleagues)
        return
    chosen = standing if isinstance(standing, Mapping) else {}
    options = tuple(Option(value=union_tag(member), label=(member.__doc__ or "").rstrip(".")) for member in several)
    yield Field(
        key=name,
        label=title,
        kind=FieldKind.CHOICE,
        help=field.description,
        required=field.is_required(),
        options=options,
        default=chosen.get("kind"),
    )
    for member in several:
        if "value" in member.model_fields:
            value, tag = member.model_fields["value"], union_tag(member)
            stands = chosen.get("value") if chosen.get("kind") == tag else None
            question = _field_from_schema(f"{name}.{tag}", value.title or title, value, stands, colleagues)
            yield replace(question, required=False, required_when=partial(_is_option_chosen, question.key))


def _field_from_schema(
    name: str, title: str, field: FieldInfo, standing: Any, colleagues: Sequence[Colleague]
) -> Field:
    bounds = {type(each).__name__: each for each in field.metadata}
    kind = _field_kind(field)
    least, most = getattr(bounds.get("Ge"), "ge", None), getattr(bounds.get("Le"), "le", None)
    default = field.get_default() if standing is None and not field.is_required() else standing
    return Field(
        key=name,
        label=title,
        kind=kind,
        help=field.description,
        required=field.is_required(),
        default=default,
        options=_choice_options(field, colleagues) if kind is FieldKind.CHOICE else (),
        minimum=least,
        maximum=most,
    )


def _field_kind(field: FieldInfo) -> FieldKind:
    if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.keys() & {"labels", "asks"}:
        return FieldKind.CHOICE
    longest = next((each.max_length for each in field.metadata if hasattr(each, "max_length")), None)
    text = FieldKind.LONG_TEXT if longest is None or longest > SINGLE_LINE_LENGTH else FieldKind.TEXT
    plain = {bool: FieldKind.YES_NO, int: FieldKind.WHOLE, date: FieldKind.DATE}
    return next((kind for each, kind in plain.items() if field.annotation in (each, each | None)), text)


def _choice_options(field: FieldInfo, colleagues: Sequence[Colleague]) -> tuple[Option, ...]:
    extra: Any = field.json_schema_extra or {}
    named = tuple(Option(value=value, label=label) for value, label in extra.get("labels", {}).items())
    people = tuple(Option(value=person.id, label=person.full_name) for person in colleagues)
    return named + (people if extra.get("asks") == COLLEAGUE_CHOICE["asks"] else ())
