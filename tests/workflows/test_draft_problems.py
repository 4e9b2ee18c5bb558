"""What a draft's author is told while typing: each kind of problem, with the place where it is mended."""

from typing import Any

import pytest

from lib.workflows.draft_problems import list_draft_problems
from lib.workflows.draft_warnings import list_draft_warnings
from lib.workflows.model import WorkflowDraft

Place = tuple[str | None, str | None, str | None]
NOWHERE = {"fact": "answer", "slide": "set-goals", "key": "own_size", "comparison": "at_least", "value": 3}


def draft(**given: Any) -> WorkflowDraft:
    content: dict[str, Any] = {
        "name": "Ours", "description": "", "category": "renewal", "slide_contexts": {}, "chat_branches": {},
        "slide_sequence": ("greeting", "draft-email", "summary"),
    }  # fmt: skip
    return WorkflowDraft(id="d", company_id="c", author_id="a", workflow_id="ours", revision=1, **content | given)


def branch(key: str = "a", **given: Any) -> dict[str, Any]:
    return {"branch_key": key, "branch_type": "fixed", "label": "Who?", "response_text": "Them."} | given


RESTS = {"branch_key": "a", "branch_type": "saved_action", "label": "Rest", "saved_action_id": "x"}
PROBLEMS: dict[str, tuple[dict[str, Any], Place, str]] = {
    "an unknown placeholder": (
        {"slide_contexts": {"greeting": {"lead": "{{ customer.nam }}"}}},
        ("greeting", None, "lead"),
        "Did you mean “customer.name”?",
    ),
    "an unknown placeholder of the chat": (
        {"chat_branches": {"greeting": [branch(response_text="{{ answer.own_gone }}")]}},
        ("greeting", "a", "response_text"),
        "answer.own_gone",
    ),
    "an own question without words": (
        {"slide_contexts": {"greeting": {"questions": [{"key": "own_a", "label": " ", "kind": "text"}]}}},
        ("greeting", None, "questions.0.label"),
        "",
    ),
    "a field that is missing": (
        {"slide_contexts": {"greeting": {"questions": [{"key": "own_a", "kind": "text"}]}}},
        ("greeting", None, "questions.0.label"),
        "field required",
    ),
    "a question of the chat without an answer": (
        {"chat_branches": {"greeting": [branch(response_text="")]}}, ("greeting", "a", "response_text"), "no answer",
    ),
    "a branch to nowhere": (
        {"chat_branches": {"greeting": [branch(next_branch_key="gone")]}},
        ("greeting", "a", "next_branch_key"),
        "not on its slide",
    ),
    "a loop of follow-ups": (
        {"chat_branches": {"greeting": [branch("a", next_branch_key="b"), branch("b", next_branch_key="a")]}},
        ("greeting", "a", "next_branch_key"),
        "leads back to itself",
    ),
    "an action that is archived": (
        {"chat_branches": {"greeting": [RESTS]}},
        ("greeting", "a", "saved_action_id"),
        "archived",
    ),
    "no summary": ({"slide_sequence": ("greeting",)}, (None, None, "slides"), "“Summary” is missing"),
    "the same slide twice without a label": (
        {"slide_sequence": ("greeting", "greeting", "summary")}, ("greeting", None, None), "greeting:second",
    ),
    "a condition on a slide that was removed": (
        {"slide_contexts": {"draft-email": {"shown_when": {"all": [NOWHERE]}}}},
        ("draft-email", None, "shown_when"),
        "not in the workflow",
    ),
    "texts of a slide that was removed": (
        {"slide_contexts": {"set-goals": {"lead": "Hello"}}}, ("set-goals", None, None), "not in the sequence",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", PROBLEMS)
def test_each_problem_is_listed_with_its_place(kind):
    changes, place, words = PROBLEMS[kind]
    assert list_draft_problems(draft(), usable_actions={}) == ()
    found = list_draft_problems(draft(**changes), usable_actions={})
    assert place in [(each.slide, each.branch, each.field) for each in found]
    assert any(words.lower() in each.message.lower() for each in found)


ASKS = {"branch_key": "q", "branch_type": "llm", "label": "Who decides?", "prompt": "Who decides?"}


def test_a_slide_whose_chat_needs_a_model_is_named_where_none_is_set_up():
    of_slides = {"greeting": [ASKS], "draft-email": [ASKS, branch("b")], "summary": [branch("c")]}
    (warning,) = list_draft_warnings(draft(chat_branches=of_slides), has_model=False)
    assert (warning.slide, warning.branch) == ("greeting", "q")
    assert list_draft_problems(draft(chat_branches=of_slides)) == ()  # it can be published


def test_with_a_model_nothing_is_warned_of():
    assert list_draft_warnings(draft(chat_branches={"greeting": [ASKS]}), has_model=True) == ()
