"""What keeps the chat branches of a draft from being published."""

from typing import Any

import pytest

from lib.errors import InvalidInput
from lib.slides.own_questions import OwnQuestion, OwnQuestionKind
from lib.workflows.chat_branch_content import find_branch_errors, parse_branch_content, parse_slide_branches
from lib.workflows.composer import compose_workflow
from lib.workflows.model import WorkflowDraft, WorkflowVersion

SEQUENCE = ("greeting", "summary")


def make_branch(key: str = "why", **changes: Any) -> dict[str, Any]:
    return {"branch_key": key, "branch_type": "fixed", "label": "Why?", "response_text": "Because."} | changes


def list_messages(*branches: Any, slide: str = "greeting", **more: Any) -> list[str]:
    return [error.message for error in find_branch_errors(SEQUENCE, {slide: list(branches)}, **more)]


def test_branches_of_all_four_types_have_no_errors() -> None:
    branches = (
        make_branch(next_branch_key="how"),
        {"branch_key": "how", "branch_type": "llm", "label": "How?", "prompt": "How is {{ customer.name }}?"},
        {"branch_key": "who", "branch_type": "rag", "label": "Who?", "prompt": "Who said so?"},
        {"branch_key": "later", "branch_type": "saved_action", "label": "Later", "saved_action_id": "a"},
    )
    assert list_messages(*branches, usable_actions={"a": "snooze"}) == []
    assert [branch.branch_key for branch in parse_slide_branches({"greeting": branches}, "greeting")] == [
        "why",
        "how",
        "who",
        "later",
    ]


@pytest.mark.parametrize(("days", "is_read"), [(1, True), (730, True), (0, False), (731, False), ("7", False)])
def test_days_of_a_snooze_are_whole_and_within_two_years(days: Any, is_read: bool) -> None:
    later = {"branch_key": "later", "branch_type": "saved_action", "label": "Later", "saved_action_id": "a"}
    problems = list_messages(later | {"snooze_days": days})
    assert [problem for problem in problems if "snooze_days" in problem] == problems
    assert bool(problems) is not is_read


def test_only_an_action_that_snoozes_has_days() -> None:
    skip = {"branch_key": "skip", "branch_type": "saved_action", "label": "Skip", "saved_action_id": "a"}
    assert list_messages(skip | {"snooze_days": 7}, usable_actions={"a": "skip"}) == [
        "The branch “skip” on greeting says for how many days, but its action does not snooze."
    ]
    assert list_messages(skip | {"snooze_days": 7}, usable_actions={"a": "snooze"}) == []


def test_a_text_snoozes_for_no_days() -> None:
    (message,) = list_messages(make_branch(snooze_days=7))
    assert "cannot be read" in message


@pytest.mark.parametrize(
    ("branch", "problem"),
    [
        (make_branch(response_text=None), "The branch “why” on greeting has no answer."),
        (make_branch(response_text=" \u200b"), "has no answer."),
        (make_branch(label=" "), "has no label."),
        (make_branch(next_branch_key="gone"), "leads to “gone”, which is not on its slide."),
        (make_branch(next_branch_key="why"), "leads back to itself."),
        (make_branch(response_text="{{ customer.__class__ }}"), "cannot be filled in"),
        ({"branch_key": "ask", "branch_type": "rag", "label": "Ask"}, "The branch “ask” on greeting has no prompt."),
        ({"branch_key": "do", "branch_type": "saved_action", "label": "Do"}, "has no action."),
        (make_branch(prompt="Why?"), "The branch “why” on greeting cannot be read"),
        ({"branch_key": "odd", "branch_type": "poll", "label": "?"}, "The branch “odd” on greeting cannot be read"),
        ("why", "The branch “number 1” on greeting cannot be read"),
    ],
)
def test_an_unfinished_branch_is_named_with_its_slide(branch: Any, problem: str) -> None:
    (message,) = list_messages(branch)
    assert problem in message


def test_an_archived_action_is_named() -> None:
    later = {"branch_key": "later", "branch_type": "saved_action", "label": "Later", "saved_action_id": "gone"}
    assert list_messages(later) == []
    assert list_messages(later, usable_actions={"other": "snooze"}) == [
        "The branch “later” on greeting has an action that is archived."
    ]


def test_a_loop_of_follow_ups_names_each_branch_in_it() -> None:
    chain = [make_branch("in", next_branch_key="a"), make_branch("a", next_branch_key="b")]
    assert list_messages(*chain, make_branch("b")) == []
    assert list_messages(*chain, make_branch("b", next_branch_key="a")) == [
        "The branch “a” on greeting leads back to itself.",
        "The branch “b” on greeting leads back to itself.",
    ]


def test_a_branch_twice_and_a_slide_out_of_the_sequence_are_named() -> None:
    assert list_messages(make_branch(), make_branch()) == [
        "The branch “why” on greeting is on the slide more than once."
    ]
    assert list_messages(make_branch(), slide="pricing-strategy") == [
        "There are chat branches for “pricing-strategy”, but that slide is not in the sequence."
    ]


@pytest.mark.parametrize("broken", [None, [], "x", {"greeting": {}}, {"greeting": "x"}, {"greeting": [None, 1, []]}])
def test_what_is_no_list_of_branches_is_an_error_not_a_fault(broken: Any) -> None:
    assert list(find_branch_errors(SEQUENCE, broken))


def test_the_field_of_an_error_is_told() -> None:
    (error,) = find_branch_errors(SEQUENCE, {"greeting": [make_branch(response_text="")]})
    assert (error.slide, error.branch, error.field) == ("greeting", "why", "response_text")


def test_a_branch_that_cannot_be_read_is_invalid() -> None:
    with pytest.raises(InvalidInput, match=r"^cannot be read: response_text "):
        parse_branch_content(make_branch(response_text=7))


def test_a_draft_with_a_broken_branch_does_not_compose_and_a_version_does() -> None:
    content = {
        "id": "",
        "company_id": None,
        "workflow_id": "ours",
        "name": "Ours",
        "description": "",
        "category": "renewal",
        "slide_sequence": SEQUENCE,
        "slide_contexts": {},
        "chat_branches": {"greeting": [make_branch(next_branch_key="gone")]},
    }
    with pytest.raises(InvalidInput, match=r"leads to “gone”") as caught:
        compose_workflow(WorkflowDraft(**content | {"company_id": "c", "author_id": "a", "revision": 1}))
    assert [error.branch for error in caught.value.detail] == ["why"]
    assert compose_workflow(WorkflowVersion(**content, definition_id="", version=1)).slide_ids == SEQUENCE


def test_a_branch_shows_answers_to_questions_of_slides_before_it() -> None:
    question = OwnQuestion(key="own_auditor", label="Who audits them?", kind=OwnQuestionKind.TEXT)
    branch = {"branch_key": "a", "label": "A", "branch_type": "fixed", "response_text": "{{ answer.own_auditor }}"}
    after, before = SEQUENCE[-1], SEQUENCE[0]
    assert not list(find_branch_errors(SEQUENCE, {after: [branch]}, questions={before: (question,)}))
    assert list(find_branch_errors(SEQUENCE, {before: [branch]}, questions={before: (question,)}))
    assert list(find_branch_errors(SEQUENCE, {after: [branch]}))
