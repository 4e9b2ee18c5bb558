import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.workflows.line_merge import merge_lines
from lib.workflows.workflow_content import MISSING, normalize_workflow_content
from lib.workflows.workflow_diff import diff_workflow_contents
from lib.workflows.workflow_merge import MergeConflict, merge_workflow_contents, resolve_merge_conflict
from tests.support.workflow_contents import workflow_contents

A, B, C, D = "greeting", "review-account", "contract-terms", "summary"
SNOOZE = {"branch_key": "snooze", "branch_type": "fixed", "label": "Later", "response_text": "In a week."}
BASE = {
    "name": "Renewal",
    "description": "",
    "category": "renewal",
    "slide_sequence": [A, B, C, D],
    "slide_contexts": {A: {"lead": "One\nTwo\nThree\nFour", "minutes": 5}},
    "chat_branches": {A: [SNOOZE]},
}


def side(*, a: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    contexts = {A: BASE["slide_contexts"][A] | a} if a is not None else BASE["slide_contexts"]
    return BASE | {"slide_contexts": contexts} | given


def sort_questions(content: dict[str, Any]) -> dict[str, Any]:
    """The contexts of a content with their questions by key: one put back by itself may stand elsewhere."""
    return {
        address: context | {"questions": sorted(context.get("questions", ()), key=lambda each: each["key"])}
        for address, context in content["slide_contexts"].items()
    }


def merge_clean(ours, theirs):
    merge = merge_workflow_contents(BASE, ours, theirs)
    assert merge.conflicts == ()
    return merge.content


def find_conflict(ours, theirs) -> MergeConflict:
    (conflict,) = merge_workflow_contents(BASE, ours, theirs).conflicts
    return conflict


@settings(max_examples=40)
@given(workflow_contents(), workflow_contents())
def test_a_side_that_changed_nothing_leaves_the_other_as_it_is(base, changed):
    expected = normalize_workflow_content(changed)
    for ours, theirs in ((base, changed), (changed, base), (changed, changed)):
        merge = merge_workflow_contents(base, ours, theirs)
        assert (merge.content, merge.conflicts) == (expected, ())


@settings(max_examples=40)
@given(workflow_contents(), workflow_contents(), workflow_contents())
def test_every_slide_of_a_merge_comes_from_one_of_the_sides_and_each_stands_once(base, ours, theirs):
    sequence = merge_workflow_contents(base, ours, theirs).content["slide_sequence"]
    assert len(set(sequence)) == len(sequence)
    assert set(sequence) <= set(ours["slide_sequence"]) | set(theirs["slide_sequence"])
    for address in set(ours["slide_sequence"]) & set(theirs["slide_sequence"]):
        assert address in sequence


@settings(max_examples=40)
@given(workflow_contents(), workflow_contents(), workflow_contents())
def test_conflicts_taken_from_theirs_and_from_ours_leave_none_open(base, ours, theirs):
    for choice in ("ours", "theirs"):
        merge = merge_workflow_contents(base, ours, theirs)
        for conflict in merge.conflicts:
            merge = resolve_merge_conflict(merge, conflict, getattr(conflict, choice))
        assert merge.conflicts == ()
        assert len(set(merge.content["slide_sequence"])) == len(merge.content["slide_sequence"])


@settings(max_examples=40)
@given(workflow_contents(), workflow_contents(), workflow_contents())
def test_what_only_they_changed_can_be_put_back_to_ours_one_by_one(base, ours, theirs):
    merge = merge_workflow_contents(base, ours, theirs)
    for change in (*merge.changes, *merge.conflicts):
        merge = resolve_merge_conflict(merge, change, change.ours)
    assert sort_questions(merge.content) == sort_questions(normalize_workflow_content(ours))
    assert set(merge.content["slide_sequence"]) == set(ours["slide_sequence"])


def test_changes_to_different_keys_of_one_slide_are_both_taken():
    assert merge_clean(side(a={"minutes": 8}), side(a={"title": "Hello"}))["slide_contexts"][A] == {
        **BASE["slide_contexts"][A],
        "minutes": 8,
        "title": "Hello",
    }


def test_changes_to_different_lines_of_one_text_are_both_taken():
    merged = merge_clean(side(a={"lead": "First\nTwo\nThree\nFour"}), side(a={"lead": "One\nTwo\nThree\nLast"}))
    assert merged["slide_contexts"][A]["lead"] == "First\nTwo\nThree\nLast"


def test_the_same_line_changed_by_both_is_a_conflict_that_names_all_three():
    ours, theirs = side(a={"lead": "One\nOurs\nThree\nFour"}), side(a={"lead": "One\nTheirs\nThree\nFour"})
    conflict = find_conflict(ours, theirs)
    assert (conflict.address, conflict.key) == (A, "lead")
    assert (conflict.base, conflict.ours, conflict.theirs) == (
        "One\nTwo\nThree\nFour",
        "One\nOurs\nThree\nFour",
        "One\nTheirs\nThree\nFour",
    )
    assert conflict.suggestion == "One\nOurs\nTheirs\nThree\nFour"


@pytest.mark.parametrize("choice", ["ours", "theirs", "A text of one's own"])
def test_a_conflict_is_decided_with_ours_theirs_or_another_text(choice):
    merge = merge_workflow_contents(BASE, side(a={"minutes": 6}), side(a={"minutes": 7}))
    value = {"ours": 6, "theirs": 7}.get(choice, choice)
    assert merge.content["slide_contexts"][A]["minutes"] == 6
    decided = resolve_merge_conflict(merge, merge.conflicts[0], value)
    assert (decided.content["slide_contexts"][A]["minutes"], decided.conflicts) == (value, ())


def test_a_slide_they_removed_is_gone_and_one_they_added_stands_where_they_put_it():
    theirs = side(slide_sequence=[A, "assess-risk", C, D])
    assert merge_clean(side(a={"minutes": 9}), theirs)["slide_sequence"] == [A, "assess-risk", C, D]


def test_a_slide_removed_by_one_and_changed_by_the_other_stays_until_decided():
    removed = side(slide_sequence=[B, C, D], slide_contexts={}, chat_branches={})
    merge = merge_workflow_contents(BASE, side(a={"minutes": 9}), removed)
    (conflict,) = merge.conflicts
    assert (conflict.address, conflict.key, conflict.theirs) == (A, "slide", MISSING)
    assert A in merge.content["slide_sequence"]
    assert resolve_merge_conflict(merge, conflict, conflict.theirs).content == normalize_workflow_content(removed)


def test_a_slide_we_removed_and_they_changed_comes_back_only_when_decided():
    merge = merge_workflow_contents(
        BASE, side(slide_sequence=[B, C, D], slide_contexts={}, chat_branches={}), side(a={"minutes": 9})
    )
    (conflict,) = merge.conflicts
    assert A not in merge.content["slide_sequence"]
    back = resolve_merge_conflict(merge, conflict, conflict.theirs).content
    assert back["slide_sequence"] == [A, B, C, D]
    assert (back["slide_contexts"][A]["minutes"], back["chat_branches"]) == (9, {A: [SNOOZE]})


def test_moves_of_different_slides_are_both_taken():
    assert merge_clean(side(slide_sequence=[B, A, C, D]), side(slide_sequence=[A, B, D, C]))["slide_sequence"] == [
        B,
        A,
        D,
        C,
    ]


def test_one_slide_moved_to_two_places_is_a_conflict_of_the_order():
    ours, theirs = side(slide_sequence=[D, A, B, C]), side(slide_sequence=[A, D, B, C])
    conflict = find_conflict(ours, theirs)
    assert (conflict.address, conflict.key, conflict.theirs) == ("", "slides", (A, D, B, C))
    merge = resolve_merge_conflict(merge_workflow_contents(BASE, ours, theirs), conflict, conflict.theirs)
    assert merge.content["slide_sequence"] == [A, D, B, C]


def test_branches_merge_by_their_key_and_field_by_field():
    ours = side(chat_branches={A: [SNOOZE | {"label": "Not now"}]})
    theirs = side(chat_branches={A: [SNOOZE | {"response_text": "In two weeks."}, SNOOZE | {"branch_key": "more"}]})
    assert merge_clean(ours, theirs)["chat_branches"][A] == [
        SNOOZE | {"label": "Not now", "response_text": "In two weeks."},
        SNOOZE | {"branch_key": "more"},
    ]
    conflict = find_conflict(ours, side(chat_branches={A: [SNOOZE | {"label": "Tomorrow"}]}))
    assert (conflict.address, conflict.key) == (A, "branches.snooze.label")


def test_days_of_a_snooze_changed_by_both_are_a_conflict_and_by_one_are_taken():
    later = {"branch_key": "snooze", "branch_type": "saved_action", "label": "Later", "saved_action_id": "a"}
    base = side(chat_branches={A: [later]})

    def merge(ours: int | None, theirs: int | None):
        sides = [{**base, "chat_branches": {A: [later | ({"snooze_days": n} if n else {})]}} for n in (ours, theirs)]
        return merge_workflow_contents(base, *sides)

    assert merge(30, None).content["chat_branches"][A] == [later | {"snooze_days": 30}]
    (conflict,) = merge(30, 7).conflicts
    assert (conflict.key, conflict.ours, conflict.theirs) == ("branches.snooze.snooze_days", 30, 7)


def test_a_condition_changed_by_both_is_one_conflict_not_a_mixture():
    condition = {"fact": "segment", "comparison": "is", "value": "enterprise"}
    ours = side(a={"shown_when": {"all": [condition]}})
    theirs = side(a={"shown_when": {"any": [condition]}})
    assert find_conflict(ours, theirs).key == "shown_when"


def test_changes_to_different_questions_of_the_slides_form_are_both_taken():
    ours, theirs = side(a={"form": {"risk": {"is_required": True}}}), side(a={"form": {"note": {"is_asked": False}}})
    assert merge_clean(ours, theirs)["slide_contexts"][A]["form"] == {
        "risk": {"is_required": True},
        "note": {"is_asked": False},
    }


def test_the_same_change_on_both_sides_is_no_conflict():
    assert merge_clean(side(name="Ours"), side(name="Ours"))["name"] == "Ours"


LINES = st.lists(st.sampled_from("abcd"), max_size=6)


@given(LINES, LINES)
def test_lines_that_one_side_changed_are_taken_without_a_conflict(base, changed):
    for ours, theirs in ((base, changed), (changed, base), (changed, changed)):
        merged = merge_lines(base, ours, theirs)
        assert (list(merged.lines), merged.has_conflict) == (changed, False)


@given(LINES, LINES, LINES)
def test_no_line_of_a_conflict_is_lost(base, ours, theirs):
    merged = merge_lines(base, ours, theirs)
    if merged.has_conflict:
        added = (set(ours) | set(theirs)) - set(base)
        assert added <= set(merged.lines)


def test_a_diff_between_ours_and_the_merge_shows_just_what_was_taken():
    merge = merge_workflow_contents(BASE, side(a={"minutes": 8}), side(name="Theirs"))
    assert [type(each).__name__ for each in diff_workflow_contents(merge.ours, merge.content).changes] == [
        "PropertyChange"
    ]


def test_thousands_of_equal_lines_are_merged_within_a_second():
    started = time.perf_counter()
    base, ours, theirs = ["a", "b"] * 2000, ["b", "a"] * 2000, ["a"] * 4000
    assert merge_lines(base, base, theirs).lines == tuple(theirs)
    assert merge_lines(base, ours, base).lines == tuple(ours)
    merged = merge_lines(base, ours, theirs)
    assert (merged.lines, merged.has_conflict) == ((*ours, *theirs), True)
    assert time.perf_counter() - started < 1.0
