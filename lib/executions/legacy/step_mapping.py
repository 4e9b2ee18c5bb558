"""Maps the progress of an old run to our slides."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.customers.company_codes_and_limits import CompanyRules
from lib.executions.legacy.answer_mapping import find_old_step_index, list_old_step_rules, map_old_answers
from lib.executions.legacy.export_row_fields import RowReader, format_quoted_value
from lib.executions.legacy.mapping_file import WorkflowRule
from lib.workflows.model import ComposedWorkflow

IMPORTABLE_OPEN_STATUSES = ("active", "snoozed")
MAX_ANSWERS_BYTES = 400_000
"""Bytes of one slide's answers, as its table keeps them."""


@dataclass(frozen=True, kw_only=True)
class MappedSteps:
    """Rows of the steps, the slide to resume at, and the names that stay in the source only."""

    steps: tuple[Mapping[str, Any], ...]
    current: str
    unmapped: tuple[str, ...]


def map_old_steps(
    reader: RowReader, rule: WorkflowRule, workflow: ComposedWorkflow, status: str, rules: CompanyRules
) -> MappedSteps:
    """The steps of a run. Slides before the current one are done; in a completed run the current one too."""
    steps, slides = list_old_step_rules(rule, workflow), workflow.slide_ids
    data = reader.row.get("step_data")
    if not isinstance(data, Mapping):
        if data not in (None, [], ""):
            reader.errors.append("Its step data is not an object by step.")
        data = {}
    typed = map_old_answers(steps, workflow, data, rules)
    current = _map_current_slide(
        reader, [step.slide for step in steps], find_old_step_index(steps, reader.row.get("current_step")), status
    )
    reached = slides.index(current) if current else _infer_current_slide(slides, typed.answers, status)
    rows = []
    for place, slide_id in enumerate(slides):
        is_done = place < reached or (status == "completed" and (place == reached or slide_id in typed.answers))
        answers = typed.answers.get(slide_id, {})
        if is_done or answers:
            rows.append({"slide_id": slide_id, "status": "done" if is_done else "draft", "answers": answers})
        if len(json.dumps(answers, ensure_ascii=False).encode()) > MAX_ANSWERS_BYTES:
            reader.errors.append(f"What was typed into {slide_id} is longer than {MAX_ANSWERS_BYTES // 1000} kB.")
    return MappedSteps(steps=tuple(rows), current=slides[reached], unmapped=typed.unmapped)


def _map_current_slide(reader: RowReader, mapped: list[str | None], place: int | None, status: str) -> str | None:
    """The slide of the current step, or of the next that has one; None to infer it from the answers."""
    given = reader.row.get("current_step")
    if given is None:
        return None
    if place is None:
        reader.errors.append(f"The step {format_quoted_value(given)} is not one of its workflow's.")
        return None
    if place > len(mapped) - (status in IMPORTABLE_OPEN_STATUSES):
        reader.errors.append(f"The step {place} is out of range: its workflow had {len(mapped)}, counted from 0.")
        return None
    return next((slide for slide in (*mapped[place:], *reversed(mapped[:place])) if slide), None)


def _infer_current_slide(slides: tuple[str, ...], answers: Mapping[str, Any], status: str) -> int:
    """The position of a run without a current step: its end if completed, else after the last answer."""
    if status == "completed":
        return len(slides) - 1
    typed = [place for place, slide_id in enumerate(slides) if answers.get(slide_id)]
    return min(len(slides) - 1, max(typed) + 1) if typed else 0
