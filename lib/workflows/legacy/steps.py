"""What was typed into the steps of an old run, as answers of slides. What no form has stays in the source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from lib.accounts.model import Account, Customer, Health, Priority
from lib.slides import forms, render
from lib.slides.model import Field, Form, SlideInput
from lib.slides.words import visible
from lib.workflows.legacy.mapping import StepRule, WorkflowRule
from lib.workflows.model import ComposedSlide, ComposedWorkflow

_DAY = date(2026, 1, 1)
_NOBODY = Account(
    today=_DAY, company_name="",
    customer=Customer(
        id="", name="", owner_id="", owner_name="", segment="mid", customer_since=_DAY, time_zone="UTC"
    ),
    health=Health(score=None, band=None, parts=()), priority=Priority(score=0, reasons=()),
)  # fmt: skip
"""Forms are asked for their questions without a customer: no other system knows the ids of ours."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """Answers by slide id, and the names of what stands in the source only, as step.field."""

    answers: Mapping[str, Mapping[str, Any]]
    left: tuple[str, ...]


def steps_of(rule: WorkflowRule, workflow: ComposedWorkflow) -> tuple[StepRule, ...]:
    """The old steps in their order: those of the mapping, else the slides under their own ids."""
    return rule.steps or tuple(StepRule(step=slide_id, slide=slide_id) for slide_id in workflow.slide_ids)


def place_of(steps: tuple[StepRule, ...], given: Any) -> int | None:
    """Where a step stands, by its index from 0 or by its name; None for one that is not there. May be past the end."""
    if isinstance(given, bool) or given is None:
        return None
    if isinstance(given, int) or (isinstance(given, str) and given.strip().isdecimal() and len(given) < 6):
        return int(given) if int(given) >= 0 else None
    names = [_spelled(step.step) for step in steps]
    return names.index(_spelled(given)) if isinstance(given, str) and _spelled(given) in names else None


def typed_into(steps: tuple[StepRule, ...], workflow: ComposedWorkflow, data: Mapping[str, Any]) -> Typed:
    """`data` is by step, then by field."""
    answers: dict[str, dict[str, Any]] = {}
    left: list[str] = []
    for name, fields in data.items():
        place = place_of(steps, name)
        rule = steps[place] if place is not None and place < len(steps) else None
        slide = workflow.slide(rule.slide) if rule and rule.slide else None
        if rule is None or slide is None or not isinstance(fields, Mapping):
            left += [f"{name}.{key}" for key in fields] if isinstance(fields, Mapping) else [name]
            continue
        kept = dict(_kept(rule, slide, workflow, fields))
        answers.setdefault(slide.id, {}).update({key: value for key, (_, value) in kept.items()})
        left += [f"{name}.{key}" for key in fields if key not in {old for old, _ in kept.values()}]
    return Typed(answers=answers, left=tuple(left))


def _kept(
    rule: StepRule, slide: ComposedSlide, workflow: ComposedWorkflow, fields: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, Any]]]:
    """What the form can hold: its key, with the old key and the value."""
    wanted: dict[str, tuple[str, Any]] = {}
    for old, value in fields.items():
        found = rule.rule(old)
        wanted[found.field] = (old, found.values.get(value, value) if isinstance(value, str) else value)
    known = {field.key for field in _form(slide, workflow.category).fields}
    typed = {key: value for key, (_, value) in wanted.items() if key in known}
    form = _form(slide, workflow.category) if not typed else _form_of(slide, workflow.category, typed)
    for field in form.fields:
        if field.key in typed and _fits(field, typed[field.key]):
            one = Form(title="", fields=(field,))
            yield field.key, (wanted[field.key][0], _tame(forms.cleaned(one, typed)[field.key]))


def _fits(field: Field, value: Any) -> bool:
    return not forms.validate(Form(title="", fields=(field,)), {field.key: value}, draft=True)


def _tame(value: Any) -> Any:
    """Cells of rows are kept as they were typed, but for what no database takes."""
    match value:
        case str():
            return visible(value)
        case list():
            return [_tame(item) for item in value]
        case dict():
            return {key: _tame(item) for key, item in value.items()}
    return value


@cache
def _form(slide: ComposedSlide, category: str) -> Form:
    return _form_of(slide, category, {})


def _form_of(slide: ComposedSlide, category: str, typed: Mapping[str, Any]) -> Form:
    """The slide's questions, given what was typed: some offer choices among it."""
    inp = SlideInput(
        account=_NOBODY, context=slide.context, category=category, person_name="", answers={slide.id: typed}
    )
    return render.build_form(slide.slide, inp)


def _spelled(name: str) -> str:
    return name.strip().casefold().replace("_", "-").replace(" ", "-")
