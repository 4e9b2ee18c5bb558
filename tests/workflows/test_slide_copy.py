"""One slide taken from a workflow into a draft."""

from typing import Any

import pytest

from lib.errors import InvalidInput
from lib.workflows.model import WorkflowDraft, WorkflowVersion
from lib.workflows.slide_copy import copy_slide, take_slide

BRANCH = {"branch_key": "why", "branch_type": "fixed", "label": "Why?", "response_text": "So."}


def make_draft(**changes: Any) -> WorkflowDraft:
    content: dict[str, Any] = {
        "slide_sequence": ("greeting", "summary"),
        "slide_contexts": {"greeting": {"lead": "Ours"}},
        "chat_branches": {"greeting": [BRANCH]},
    }
    whose = {"id": "d", "company_id": "c", "author_id": "a", "workflow_id": "ours", "revision": 1}
    words = {"name": "Ours", "description": "", "category": "renewal"}
    return WorkflowDraft(**(whose | words | content | changes))


def make_source(**changes: Any) -> WorkflowVersion:
    content: dict[str, Any] = {
        "slide_sequence": ("greeting", "set-goals", "summary"),
        "slide_contexts": {"set-goals": {"lead": "Aim"}},
        "chat_branches": {"set-goals": [BRANCH]},
    }
    whose = {"id": "v", "definition_id": "f", "company_id": None, "workflow_id": "theirs", "version": 3}
    words = {"name": "Theirs", "description": "", "category": "risk"}
    return WorkflowVersion(**(whose | words | content | changes))


def test_a_new_slide_comes_before_the_summary_with_texts_and_branches() -> None:
    assert copy_slide(make_draft(), make_source(), "set-goals") == {
        "slide_sequence": ("greeting", "set-goals", "summary"),
        "slide_contexts": {"greeting": {"lead": "Ours"}, "set-goals": {"lead": "Aim"}},
        "chat_branches": {"greeting": [BRANCH], "set-goals": [BRANCH]},
    }


def test_a_new_slide_comes_where_it_is_put_or_at_the_end() -> None:
    assert copy_slide(make_draft(), make_source(), "set-goals", place=0)["slide_sequence"][0] == "set-goals"
    without = make_draft(slide_sequence=("greeting",))
    assert copy_slide(without, make_source(), "set-goals")["slide_sequence"] == ("greeting", "set-goals")


def test_a_slide_that_is_there_is_replaced_where_it_stands() -> None:
    assert copy_slide(make_draft(), make_source(), "greeting", place=1) == {
        "slide_sequence": ("greeting", "summary"),
        "slide_contexts": {},
        "chat_branches": {},
    }


def test_a_slide_the_source_does_not_have_is_not_taken() -> None:
    with pytest.raises(InvalidInput, match="“Theirs” has no slide “pricing-strategy”"):
        copy_slide(make_draft(), make_source(), "pricing-strategy")


OWN = {"questions": [{"key": "own_x", "label": "X?", "kind": "text"}], "form": {"goal": {"is_hidden": True}}}


def test_a_slide_is_taken_beside_the_one_that_is_there_with_another_label() -> None:
    source = make_source(slide_contexts={"greeting": OWN}, chat_branches={"greeting": [BRANCH]})
    draft, address = take_slide(make_draft(), source, "greeting", place=1)
    assert (draft.slide_sequence, address) == (("greeting", "greeting:second", "summary"), "greeting:second")
    assert draft.slide_contexts == {"greeting": {"lead": "Ours"}, "greeting:second": OWN}
    assert draft.chat_branches == {"greeting": [BRANCH], "greeting:second": [BRANCH]}


def test_a_label_that_is_free_stays_and_a_bare_slide_has_nothing() -> None:
    source = make_source(slide_sequence=("greeting:board", "summary"), slide_contexts={}, chat_branches={})
    draft, address = take_slide(make_draft(), source, "greeting:board", place=0)
    assert (address, draft.slide_sequence[0]) == ("greeting:board", "greeting:board")
    assert draft.slide_contexts == make_draft().slide_contexts


def test_a_slide_that_a_workflow_has_once_is_replaced() -> None:
    source = make_source(slide_contexts={"summary": {"lead": "Theirs"}})
    draft, address = take_slide(make_draft(), source, "summary", place=0)
    assert (draft.slide_sequence, address) == (("greeting", "summary"), "summary")
    assert draft.slide_contexts["summary"] == {"lead": "Theirs"}


def test_nothing_is_taken_into_a_full_draft_or_from_nowhere() -> None:
    full = make_draft(slide_sequence=tuple(f"greeting:{n}" for n in range(60)))
    with pytest.raises(InvalidInput, match="at most 60 slides"):
        take_slide(full, make_source(), "set-goals")
    with pytest.raises(InvalidInput, match="has no such slide"):
        take_slide(make_draft(), make_source(), "pricing-strategy")
