"""How far an old run had come, in our slides."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.workflows.legacy.facts import Facts, quoted
from lib.workflows.legacy.mapping import WorkflowRule
from lib.workflows.legacy.steps import place_of, steps_of, typed_into
from lib.workflows.model import ComposedWorkflow

OPEN = ("active", "snoozed")
MOST_ANSWERS = 400_000
"""Bytes of one slide's answers, as its table keeps them."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Rows of the steps, the slide to resume at, and what stands in the source only."""

    steps: tuple[Mapping[str, Any], ...]
    current: str
    left: tuple[str, ...]


def placed_on(facts: Facts, rule: WorkflowRule, workflow: ComposedWorkflow, status: str) -> Placed:
    """Slides before the current one are done, empty or not; where a run was completed, the current one is as well."""
    steps, slides = steps_of(rule, workflow), workflow.slide_ids
    data = facts.row.get("step_data")
    if not isinstance(data, Mapping):
        if data not in (None, [], ""):
            facts.faults.append("Its step data is not an object by step.")
        data = {}
    typed = typed_into(steps, workflow, data)
    current = _current(facts, [step.slide for step in steps], place_of(steps, facts.row.get("current_step")), status)
    reached = slides.index(current) if current else _after(slides, typed.answers, status)
    rows = []
    for place, slide_id in enumerate(slides):
        is_done = place < reached or (status == "completed" and (place == reached or slide_id in typed.answers))
        answers = typed.answers.get(slide_id, {})
        if is_done or answers:
            rows.append({"slide_id": slide_id, "status": "done" if is_done else "draft", "answers": answers})
        if len(json.dumps(answers, ensure_ascii=False).encode()) > MOST_ANSWERS:
            facts.faults.append(f"What was typed into {slide_id} is longer than {MOST_ANSWERS // 1000} kB.")
    return Placed(steps=tuple(rows), current=slides[reached], left=typed.left)


def _current(facts: Facts, mapped: list[str | None], place: int | None, status: str) -> str | None:
    """The slide of the current step, or the next that has one; None to be told from what was typed."""
    given = facts.row.get("current_step")
    if given is None:
        return None
    if place is None:
        facts.faults.append(f"The step {quoted(given)} is not one of its workflow's.")
        return None
    if place > len(mapped) - (status in OPEN):
        facts.faults.append(f"The step {place} is out of range: its workflow had {len(mapped)}, counted from 0.")
        return None
    return next((slide for slide in (*mapped[place:], *reversed(mapped[:place])) if slide), None)


def _after(slides: tuple[str, ...], answers: Mapping[str, Any], status: str) -> int:
    """Where a run stands that does not say: at its end when completed, else after all that was typed."""
    if status == "completed":
        return len(slides) - 1
    typed = [place for place, slide_id in enumerate(slides) if answers.get(slide_id)]
    return min(len(slides) - 1, max(typed) + 1) if typed else 0
