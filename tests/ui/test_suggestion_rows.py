"""Suggestion rules as rows to edit and as sentences."""

from typing import Any
from uuid import uuid4

import pytest

from lib.companies.workflow_suggestion_rules import (
    ChangedSuggestion,
    SuggestionCount,
    SuggestionPreview,
    WorkflowSuggestion,
)
from lib.ui.settings.suggestion_preview import describe_changed_suggestions, describe_suggestion_counts
from lib.ui.settings.suggestion_rows import (
    build_suggestion_row,
    build_suggestions,
    describe_suggestion_rule,
    merge_offered_workflows,
    move_suggestion_row,
    read_deadline_days,
    read_deadline_range,
    replace_deadline_days,
    replace_deadline_range,
    replace_least_arr,
    replace_signals,
)


def workflow(workflow_id: str, **changes: Any) -> WorkflowSuggestion:
    words = {"name": workflow_id, "category": "renewal", "is_stock": True, "is_suggested": True, "rule": {}}
    defined = {"is_suggested_by_definition": True, "definition_rule": {}}
    return WorkflowSuggestion(workflow_id=workflow_id, **{**words, **defined, **changes})


def ids(rows) -> list[str]:
    return [row.workflow.workflow_id for row in rows]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({}, "Every customer"),
        ({"arr_from": 400_000, "deadline_points_from": 1}, "Notice deadline within 117 days; ARR from $400,000"),
        ({"deadline_points_below": 1}, "No notice deadline within 117 days"),
        (
            {"deadline_points_from": 20, "deadline_points_below": 30},
            "Notice deadline within 60 days, but not within 30 days",
        ),
        ({"signals": ["p1_open"]}, "P1 open"),
        ({"signals": ["silence", "detractor", "low_usage"]}, "Silence, detractor or low usage"),
        ({"signals": ["seats_full"], "only_leading": True}, "Strongest signal: seats full"),
    ],
)
def test_a_rule_is_a_sentence(rule, sentence):
    assert describe_suggestion_rule(rule) == sentence


@pytest.mark.parametrize("rule", [{}, {"deadline_points_from": 0}, {"deadline_points_below": 41}, {"arr_from": 0}])
def test_a_field_nobody_touched_leaves_the_rule_as_it_is(rule):
    assert replace_deadline_range(rule, *read_deadline_range(rule)) == rule
    assert replace_least_arr(rule, rule.get("arr_from", 0)) == rule


@pytest.mark.parametrize(("days", "points"), [(117, 1), (119, 1), (61, 20), (60, 20), (59, 20), (1, 40), (0, 40)])
def test_days_are_kept_as_points_to_three_days(days, points):
    rule = replace_deadline_days({"arr_from": 10}, days, None)
    assert rule == {"arr_from": 10, "deadline_points_from": points}
    within, not_within = read_deadline_days(rule)
    assert (abs(within - days) <= 2, not_within) == (True, None)


def test_days_a_deadline_is_not_within_are_points_below():
    rule = replace_deadline_days({}, 90, 30)
    assert rule == {"deadline_points_from": 10, "deadline_points_below": 30}
    assert read_deadline_days(rule) == (90, 30)
    assert replace_deadline_days(rule, None, None) == {}


def test_what_does_not_narrow_a_rule_is_left_out():
    rule = {"deadline_points_from": 5, "deadline_points_below": 9, "arr_from": 10}
    assert replace_deadline_range(rule, 0, 40) == {"arr_from": 10}
    assert replace_deadline_range(rule, 1, 39) == {
        "arr_from": 10, "deadline_points_from": 1, "deadline_points_below": 40,
    }  # fmt: skip
    assert "arr_from" not in replace_least_arr(rule, 0)
    assert replace_signals({"signals": ["silence"], "only_leading": True}, [], only_leading=True) == {}


def test_rows_move_up_and_down_and_stay_at_the_ends():
    rows = [build_suggestion_row(workflow(each)) for each in ("a", "b", "c")]
    move_suggestion_row(rows, rows[2], -1)
    assert ids(rows) == ["a", "c", "b"]
    move_suggestion_row(rows, rows[0], -1)
    assert ids(rows) == ["a", "c", "b"]
    move_suggestion_row(rows, rows[0], 1)
    assert ids(rows) == ["c", "a", "b"]


def test_a_workflow_published_meanwhile_comes_last_and_one_archived_goes():
    rows = [build_suggestion_row(workflow(each)) for each in ("b", "a")]
    rows[0].is_suggested = False
    merged = merge_offered_workflows(rows, [workflow("b", name="Better"), workflow("new")])
    assert ids(merged) == ["b", "new"]
    assert (merged[0].is_suggested, merged[0].workflow.name) == (False, "Better")


def test_a_row_goes_back_to_what_the_workflow_came_with():
    row = build_suggestion_row(workflow("a", is_suggested=False, rule={"arr_from": 5}, definition_rule={"arr_from": 1}))
    assert not row.is_as_defined
    row.reset_to_definition()
    assert row.is_as_defined
    assert build_suggestions([row]) == {"rules": [{"workflow_id": "a", "is_suggested": True, "rule": {"arr_from": 1}}]}


def test_a_preview_says_how_many_customers_and_which_workflows():
    preview = SuggestionPreview(
        customer_count=52,
        changed_count=3,
        changed=(
            ChangedSuggestion(customer_id=uuid4(), customer_name="Acme", workflow_before="A", workflow_after=None),
        ),
        workflows=(
            SuggestionCount(name="Standard renewal", before=12, after=9),
            SuggestionCount(name=None, before=0, after=3),
        ),
    )
    assert describe_changed_suggestions(preview) == "3 of 52 customers would get another suggestion."
    assert describe_suggestion_counts(preview) == "Standard renewal 12 → 9 · No suggestion 0 → 3"
