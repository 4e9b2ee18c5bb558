"""Workflows with their suggestion rules as rows to edit, as sentences, and as they are saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lib.companies.workflow_suggestion_rules import WorkflowSuggestion
from lib.text.format import format_days, format_money, humanize_code

MOST_DEADLINE_POINTS = 40
DEADLINE_DAYS = 120
DAYS_A_POINT = DEADLINE_DAYS // MOST_DEADLINE_POINTS
"""A rule counts points, of which a day before the notice deadline has 40 × (1 − days ÷ 120); people think in days."""


@dataclass(kw_only=True)
class SuggestionRow:
    """A workflow as it is edited; `is_open` while its fields are shown, which a new `form` begins again."""

    workflow: WorkflowSuggestion
    is_suggested: bool
    rule: dict[str, Any] = field(default_factory=dict)
    is_open: bool = False
    form: int = 0

    @property
    def is_as_defined(self) -> bool:
        """True if it says what the workflow came with."""
        of = self.workflow
        return (self.is_suggested, self.rule) == (of.is_suggested_by_definition, of.definition_rule)

    def reset_to_definition(self) -> None:
        self.is_suggested, self.rule = self.workflow.is_suggested_by_definition, dict(self.workflow.definition_rule)
        self.form += 1

    def build_field_name(self, name: str) -> str:
        return f"{self.workflow.workflow_id}.{self.form}.{name}"


def build_suggestion_row(workflow: WorkflowSuggestion) -> SuggestionRow:
    return SuggestionRow(workflow=workflow, is_suggested=workflow.is_suggested, rule=dict(workflow.rule))


def build_suggestions(rows: Sequence[SuggestionRow]) -> dict[str, Any]:
    """The rows as a section's content: the list that `save_suggestion_rules` takes."""
    return {
        "rules": [
            {"workflow_id": row.workflow.workflow_id, "is_suggested": row.is_suggested, "rule": row.rule}
            for row in rows
        ]
    }


def merge_offered_workflows(
    rows: Sequence[SuggestionRow], offered: Sequence[WorkflowSuggestion]
) -> list[SuggestionRow]:
    """The rows of workflows that are still offered, as edited, then those of new ones."""
    by_id = {each.workflow_id: each for each in offered}
    known = [row for row in rows if row.workflow.workflow_id in by_id]
    for row in known:
        row.workflow = by_id.pop(row.workflow.workflow_id)
    return [*known, *(build_suggestion_row(each) for each in by_id.values())]


def move_suggestion_row(rows: list[SuggestionRow], row: SuggestionRow, by: int) -> None:
    """Move a row up (-1) or down (1), in place; the first and the last stay."""
    place = next(index for index, each in enumerate(rows) if each is row)
    rows.insert(max(0, place + by), rows.pop(place))


def describe_suggestion_rule(rule: Mapping[str, Any]) -> str:
    """ "Sponsor left or champion left; no notice deadline within 30 days; ARR from $400,000", or "Every customer"."""
    parts = [_describe_signals(rule), _describe_deadline(rule)]
    if "arr_from" in rule:
        parts.append(f"ARR from {format_money(rule['arr_from'])}")
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:] if text else "Every customer"


def read_deadline_days(rule: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Within how many days the notice deadline is, and within how many it is not; None for no such limit."""
    first, last = read_deadline_range(rule)
    return (
        convert_points_to_days(first) if first > 0 else None,
        convert_points_to_days(last + 1) if last < MOST_DEADLINE_POINTS else None,
    )


def replace_deadline_days(rule: Mapping[str, Any], within: int | None, not_within: int | None) -> dict[str, Any]:
    """The rule for a notice deadline within some days and not within others, to three days; None for no limit."""
    first = 0 if within is None else convert_days_to_points(within)
    last = MOST_DEADLINE_POINTS if not_within is None else convert_days_to_points(not_within) - 1
    return replace_deadline_range(rule, first, last)


def convert_points_to_days(points: int) -> int:
    """How many days before the notice deadline a customer has so many points: 60 for 20."""
    return DEADLINE_DAYS - DAYS_A_POINT * points


def convert_days_to_points(days: int) -> int:
    """The points of a day before the notice deadline, at least one."""
    return max(1, round((DEADLINE_DAYS - days) / DAYS_A_POINT))


def read_deadline_range(rule: Mapping[str, Any]) -> tuple[int, int]:
    """The first and the last deadline points that fit."""
    return rule.get("deadline_points_from", 0), rule.get("deadline_points_below", MOST_DEADLINE_POINTS + 1) - 1


def replace_deadline_range(rule: Mapping[str, Any], first: int, last: int) -> dict[str, Any]:
    """The rule for these first and last deadline points; unchanged where it has them already."""
    if read_deadline_range(rule) == (first, last):
        return dict(rule)
    rest = {key: value for key, value in rule.items() if key not in ("deadline_points_from", "deadline_points_below")}
    lower = {"deadline_points_from": first} if first > 0 else {}
    upper = {"deadline_points_below": last + 1} if last < MOST_DEADLINE_POINTS else {}
    return rest | lower | upper


def replace_signals(rule: Mapping[str, Any], kinds: Sequence[str], *, only_leading: bool) -> dict[str, Any]:
    """The rule for customers with one of these signals; for none, whatever their signals."""
    rest = {key: value for key, value in rule.items() if key not in ("signals", "only_leading")}
    signals = {"signals": sorted(kinds)} if kinds else {}
    return rest | signals | ({"only_leading": True} if kinds and only_leading else {})


def replace_least_arr(rule: Mapping[str, Any], least: int) -> dict[str, Any]:
    """The rule for customers from an ARR; for 0 also those without one."""
    if rule.get("arr_from", 0) == least:
        return dict(rule)
    rest = {key: value for key, value in rule.items() if key != "arr_from"}
    return rest | ({"arr_from": least} if least > 0 else {})


def _describe_signals(rule: Mapping[str, Any]) -> str:
    if "signals" not in rule:
        return ""
    names = [humanize_code(kind) for kind in rule["signals"]]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    return f"strongest signal: {listed}" if rule.get("only_leading") else listed


def _describe_deadline(rule: Mapping[str, Any]) -> str:
    within, not_within = read_deadline_days(rule)
    if within is None:
        return "" if not_within is None else f"no notice deadline within {format_days(not_within)}"
    but_not = "" if not_within is None else f", but not within {format_days(not_within)}"
    return f"notice deadline within {format_days(within)}{but_not}"
