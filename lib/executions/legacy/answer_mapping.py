"""Maps what was typed into the steps of an old run to answers of slides. The rest stays in the source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from lib.customers.company_codes_and_limits import CompanyRules
from lib.executions.legacy.mapping_file import StepRule, WorkflowRule
from lib.forms.answer_validation import clean_answers, validate_answers
from lib.forms.model import Field, Form
from lib.slides import slide_builder
from lib.slides.model import SlideInput
from lib.slides.slide_fields import EMPTY_ACCOUNT
from lib.text.truncate import strip_invisible
from lib.workflows.model import ComposedSlide, ComposedWorkflow


@dataclass(frozen=True, kw_only=True)
class MappedAnswers:
    """Answers by slide id, and the names (step.field) that stay in the source only."""

    answers: Mapping[str, Mapping[str, Any]]
    unmapped: tuple[str, ...]


def list_old_step_rules(rule: WorkflowRule, workflow: ComposedWorkflow) -> tuple[StepRule, ...]:
    """The old steps in order: those of the mapping, else the slides under their own ids."""
    return rule.steps or tuple(StepRule(step=slide_id, slide=slide_id) for slide_id in workflow.slide_ids)


def find_old_step_index(steps: tuple[StepRule, ...], given: Any) -> int | None:
    """The index of a step given by number or name; None for an unknown one. May be past the end."""
    if isinstance(given, bool) or given is None:
        return None
    if isinstance(given, int) or (isinstance(given, str) and given.strip().isdecimal() and len(given) < 6):
        return int(given) if int(given) >= 0 else None
    names = [_normalize_field_name(step.step) for step in steps]
    return (
        names.index(_normalize_field_name(given))
        if isinstance(given, str) and _normalize_field_name(given) in names
        else None
    )


def map_old_answers(
    steps: tuple[StepRule, ...], workflow: ComposedWorkflow, data: Mapping[str, Any], rules: CompanyRules
) -> MappedAnswers:
    """The answers of all slides from `data`, which is by step, then by field."""
    answers: dict[str, dict[str, Any]] = {}
    left: list[str] = []
    for name, fields in data.items():
        place = find_old_step_index(steps, name)
        rule = steps[place] if place is not None and place < len(steps) else None
        slide = workflow.find_slide(rule.slide) if rule and rule.slide else None
        if rule is None or slide is None or not isinstance(fields, Mapping):
            left += [f"{name}.{key}" for key in fields] if isinstance(fields, Mapping) else [name]
            continue
        kept = dict(_map_step_fields(rule, slide, workflow.category, fields, rules))
        answers.setdefault(slide.id, {}).update({key: value for key, (_, value) in kept.items()})
        left += [f"{name}.{key}" for key in fields if key not in {old for old, _ in kept.values()}]
    return MappedAnswers(answers=answers, unmapped=tuple(left))


def _map_step_fields(
    rule: StepRule, slide: ComposedSlide, category: str, fields: Mapping[str, Any], rules: CompanyRules
) -> Iterator[tuple[str, tuple[str, Any]]]:
    """The fields the form has: its key, with the old key and the value."""
    wanted: dict[str, tuple[str, Any]] = {}
    for old, value in fields.items():
        found = rule.find_field_rule(old)
        wanted[found.field] = (old, found.values.get(value, value) if isinstance(value, str) else value)
    empty = _build_cached_form(slide, category, rules)
    known = {field.key for field in empty.fields}
    typed = {key: value for key, (_, value) in wanted.items() if key in known}
    form = _build_slide_form(slide, category, typed, rules) if typed else empty
    for field in form.fields:
        if field.key in typed and _is_valid_answer(field, typed[field.key]):
            one = Form(title="", fields=(field,))
            yield field.key, (wanted[field.key][0], _strip_invisible_characters(clean_answers(one, typed)[field.key]))


def _is_valid_answer(field: Field, value: Any) -> bool:
    # A recipient of the past is kept as it was, an address or not.
    kept = replace(field, check=None)
    return not validate_answers(Form(title="", fields=(kept,)), {field.key: value}, draft=True)


def _strip_invisible_characters(value: Any) -> Any:
    """Rows keep their cells as typed, without the characters no database takes."""
    match value:
        case str():
            return strip_invisible(value)
        case list():
            return [_strip_invisible_characters(item) for item in value]
        case dict():
            return {key: _strip_invisible_characters(item) for key, item in value.items()}
    return value


@cache
def _build_cached_form(slide: ComposedSlide, category: str, rules: CompanyRules) -> Form:
    return _build_slide_form(slide, category, {}, rules)


def _build_slide_form(slide: ComposedSlide, category: str, typed: Mapping[str, Any], rules: CompanyRules) -> Form:
    """The slide's form; what was typed matters, because some fields offer choices among it."""
    # No other system knows the ids of our customers; the rules are those of the import.
    account = replace(EMPTY_ACCOUNT, rules=rules)
    inp = SlideInput(
        account=account,
        address=slide.id,
        context=slide.context,
        category=category,
        person_name="",
        answers={slide.id: typed},
    )
    return slide_builder.build_slide_form(slide.slide, inp)


def _normalize_field_name(name: str) -> str:
    return name.strip().casefold().replace("_", "-").replace(" ", "-")
