from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lib.workflows.keyed_list_diff import ChangeKind, apply_entry_changes, diff_keyed_lists
from lib.workflows.workflow_content import MISSING, normalize_workflow_content
from lib.workflows.workflow_diff import (
    BranchChange,
    ConditionChange,
    PropertyChange,
    QuestionChange,
    RuleChange,
    SlideChange,
    SlideFieldChange,
    apply_workflow_diff,
    diff_workflow_contents,
)
from tests.support.workflow_contents import workflow_contents

A, B, C, D = "greeting", "review-account", "contract-terms", "summary"
SNOOZE = {"branch_key": "snooze", "branch_type": "fixed", "label": "Later", "response_text": "In a week."}
OWN = {"key": "own_budget", "label": "Budget", "kind": "money"}


def content(*sequence: str, **given: Any) -> dict[str, Any]:
    return {
        "name": "Renewal",
        "description": "",
        "category": "renewal",
        "slide_sequence": list(sequence or (A, B, C, D)),
        "slide_contexts": {},
        "chat_branches": {},
    } | given


def changes(before, after):
    return diff_workflow_contents(before, after).changes


@given(workflow_contents())
def test_equal_contents_have_no_differences(one):
    assert not diff_workflow_contents(one, dict(one))
    assert not diff_workflow_contents(one, normalize_workflow_content(one))


@given(workflow_contents(), workflow_contents())
def test_a_diff_applied_to_the_first_content_gives_the_second(one, other):
    assert apply_workflow_diff(one, diff_workflow_contents(one, other)) == normalize_workflow_content(other)


def test_slides_are_added_removed_and_moved_by_address():
    diff = diff_workflow_contents(content(A, B, C, D), content(A, C, D, B, "custom:legal"))
    assert diff.list_addresses(ChangeKind.ADDED) == ("custom:legal",)
    assert diff.list_addresses(ChangeKind.MOVED) == (B,)
    removed = diff_workflow_contents(content(A, B), content(B))
    assert removed.changes == (SlideChange(address=A, kind=ChangeKind.REMOVED, place=0),)


def test_texts_options_and_the_condition_of_a_slide_change_each_on_its_own():
    condition = {"all": [{"fact": "segment", "comparison": "is", "value": "enterprise"}]}
    before = content(slide_contexts={A: {"lead": "Hello", "minutes": 5}})
    after = content(slide_contexts={A: {"lead": "Good day", "shown_when": condition}})
    assert changes(before, after) == (
        SlideFieldChange(address=A, key="lead", before="Hello", after="Good day"),
        SlideFieldChange(address=A, key="minutes", before=5, after=MISSING),
        ConditionChange(address=A, before=MISSING, after=condition),
    )


def test_questions_and_branches_change_entry_by_entry():
    before = content(chat_branches={A: [SNOOZE]}, slide_contexts={B: {"questions": [OWN]}})
    after = content(
        chat_branches={A: [SNOOZE | {"label": "Not now"}, SNOOZE | {"branch_key": "more"}]},
        slide_contexts={B: {"questions": []}},
    )
    branches = [each.entry for each in changes(before, after) if isinstance(each, BranchChange)]
    assert [(entry.key, entry.kind) for entry in branches] == [
        ("snooze", ChangeKind.CHANGED),
        ("more", ChangeKind.ADDED),
    ]
    (question,) = [each for each in changes(before, after) if isinstance(each, QuestionChange)]
    assert (question.entry.key, question.entry.kind) == ("own_budget", ChangeKind.REMOVED)


def test_days_of_a_snooze_are_a_change_of_their_branch():
    later = {"branch_key": "later", "branch_type": "saved_action", "label": "Later", "saved_action_id": "a"}
    before = content(chat_branches={A: [later]})
    after = content(chat_branches={A: [later | {"snooze_days": 30}]})
    (change,) = changes(before, after)
    assert (change.entry.before, change.entry.after) == (later, later | {"snooze_days": 30})
    assert apply_workflow_diff(before, diff_workflow_contents(before, after)) == after


def test_name_category_and_rules_are_changes_of_the_workflow():
    found = changes(content(), content(name="Ours", suggested_when={"rank": 3}))
    assert found == (
        PropertyChange(field="name", before="Renewal", after="Ours"),
        RuleChange(field="suggested_when", before=MISSING, after={"rank": 3}),
    )


def test_a_field_set_to_nothing_is_not_the_same_as_one_left_out():
    assert changes(content(slide_contexts={A: {"lead": None}}), content()) == (
        SlideFieldChange(address=A, key="lead", before=None, after=MISSING),
    )


def test_a_list_whose_entries_cannot_be_told_apart_changes_as_a_whole():
    before, after = content(chat_branches={A: [SNOOZE, SNOOZE]}), content(chat_branches={A: [SNOOZE]})
    assert changes(before, after) == (
        SlideFieldChange(address=A, key="branches", before=[SNOOZE, SNOOZE], after=[SNOOZE]),
    )
    assert apply_workflow_diff(before, diff_workflow_contents(before, after)) == after


KEYED = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 2))


@given(KEYED, KEYED.map(lambda entries: dict(reversed(entries.items()))))
def test_entry_changes_applied_to_the_first_list_give_the_second_in_its_order(before, after):
    assert list(apply_entry_changes(before, diff_keyed_lists(before, after)).items()) == list(after.items())
