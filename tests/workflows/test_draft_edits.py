"""Edits of a draft: whatever is done, its slides, texts and chat branches stay one whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import InvalidInput
from lib.slides.library import LIBRARY
from lib.slides.slide_address import get_slide_id_of_address
from lib.workflows import draft_edits
from lib.workflows.model import WorkflowDraft
from lib.workflows.slide_sequence_errors import MAX_SLIDES, SLIDES_USED_ONCE, find_sequence_errors

SLIDES = ("greeting", "draft-email", "summary")
BRANCH = {"branch_key": "a", "branch_type": "fixed", "label": "A", "response_text": "B"}


def make_draft(**changes) -> WorkflowDraft:
    content = {
        "slide_sequence": SLIDES,
        "slide_contexts": {"draft-email": {"subject": "Hello"}},
        "chat_branches": {"draft-email": [BRANCH]},
    }
    return WorkflowDraft(
        id="d", company_id="c", author_id="p", workflow_id="w", name="Ours", description="", category="renewal",
        revision=1, **content | changes,
    )  # fmt: skip


def test_a_slide_is_added_where_it_was_dropped():
    draft, address = draft_edits.add_slide(make_draft(), "set-goals", 1)
    assert address == "set-goals"
    assert draft.slide_sequence == ("greeting", "set-goals", "draft-email", "summary")


def test_the_second_and_the_sixth_of_a_slide_get_labels():
    draft, addresses = make_draft(), []
    for _ in range(6):
        draft, address = draft_edits.add_slide(draft, "draft-email", 0)
        addresses.append(address.removeprefix("draft-email:"))
    assert addresses == ["second", "third", "fourth", "fifth", "6", "7"]


@pytest.mark.parametrize("slide_id", SLIDES_USED_ONCE)
def test_a_slide_that_a_workflow_has_once_is_not_added_twice(slide_id):
    draft, _ = draft_edits.add_slide(make_draft(slide_sequence=("greeting",)), slide_id, 0)
    assert draft_edits.add_slide(draft, slide_id, 0) == (draft, "")
    assert draft_edits.duplicate_slide(draft, slide_id) == (draft, "")


def test_no_more_slides_are_added_than_the_database_takes():
    draft = make_draft(slide_sequence=tuple(f"greeting:{n}" for n in range(MAX_SLIDES)))
    assert draft_edits.add_slide(draft, "set-goals", 0) == (draft, "")


def test_a_copy_has_the_texts_and_branches_and_is_changed_alone():
    draft, copy = draft_edits.duplicate_slide(make_draft(), "draft-email")
    assert draft.slide_sequence == ("greeting", "draft-email", "draft-email:second", "summary")
    draft = draft_edits.set_slide_field(draft, copy, "subject", "Again")
    draft = draft_edits.set_branches(draft, copy, [])
    assert draft.slide_contexts == {"draft-email": {"subject": "Hello"}, "draft-email:second": {"subject": "Again"}}
    assert draft.chat_branches == {"draft-email": [BRANCH]}


def test_a_new_label_takes_texts_and_branches_along():
    draft, renamed = draft_edits.relabel_slide(make_draft(), "draft-email", "board")
    assert renamed == "draft-email:board"
    assert draft.slide_sequence == ("greeting", "draft-email:board", "summary")
    assert list(draft.slide_contexts) == list(draft.chat_branches) == ["draft-email:board"]


@pytest.mark.parametrize("label", ["", "Big", "two words", "-a", "a" * 41, "a:b"])
def test_a_label_that_is_none_is_refused(label):
    with pytest.raises(InvalidInput):
        draft_edits.relabel_slide(make_draft(), "draft-email", label)


def test_the_last_slide_stays():
    draft = make_draft(slide_sequence=("greeting",), slide_contexts={}, chat_branches={})
    assert draft_edits.remove_slide(draft, "greeting") is draft


def test_a_removed_slide_leaves_nothing_behind():
    draft = draft_edits.remove_slide(make_draft(), "draft-email")
    assert (draft.slide_sequence, draft.slide_contexts, draft.chat_branches) == (("greeting", "summary"), {}, {})


@given(st.lists(st.tuples(st.sampled_from(["add", "duplicate", "move", "remove"]), st.integers(-3, 70)), max_size=40))
def test_whatever_is_done_the_sequence_is_one_that_can_be_published(steps):
    draft = make_draft()
    for step, number in steps:
        address = draft.slide_sequence[number % len(draft.slide_sequence)]
        match step:
            case "add":
                draft, _ = draft_edits.add_slide(draft, list(LIBRARY)[number % len(LIBRARY)], number)
            case "duplicate":
                draft, _ = draft_edits.duplicate_slide(draft, address)
            case "move":
                draft = draft_edits.move_slide(draft, address, number)
            case "remove":
                draft = draft_edits.remove_slide(draft, address)
    assert not list(find_sequence_errors(draft.slide_sequence, LIBRARY))
    assert set(draft.slide_contexts) | set(draft.chat_branches) <= set(draft.slide_sequence)
    assert all(get_slide_id_of_address(address) in LIBRARY for address in draft.slide_sequence)


def test_a_change_to_a_question_is_set_beside_others_and_goes_without_a_trace():
    draft = make_draft(slide_contexts={})
    changed = draft_edits.set_field_change(draft, "greeting", "goal", {"label": "What for?"})
    changed = draft_edits.set_field_change(changed, "greeting", "concern", {"is_hidden": True})
    changed = draft_edits.set_field_change(changed, "greeting", "goal", {"is_required": True})
    form = changed.slide_contexts["greeting"]["form"]
    assert list(form.items()) == [("goal", {"is_required": True}), ("concern", {"is_hidden": True})]
    for key in ("goal", "concern", "goal"):
        changed = draft_edits.set_field_change(changed, "greeting", key, {})
    assert changed.slide_contexts == {}
