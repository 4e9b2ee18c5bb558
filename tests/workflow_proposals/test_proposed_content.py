"""What a model proposed is checked part by part: what may not stand in a draft is left out, and said."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.errors import InvalidInput
from lib.slides.model import SlideId
from lib.workflow_proposals.model import ProposedContent
from lib.workflow_proposals.proposal_schema import BRANCH_TYPES, ProposedWorkflow, parse_proposal_text
from lib.workflow_proposals.proposed_content import MAX_PROPOSED_SLIDES, build_proposed_content
from lib.workflows.draft_problems import list_draft_problems
from lib.workflows.model import Category
from tests.workflow_proposals.drafts import to_draft

SNOOZE = "11111111-2222-4333-8444-555555555555"
ACTIONS = {"Snooze": SNOOZE}


def proposal(*slides: dict[str, Any], **more: Any) -> ProposedWorkflow:
    words = {"name": "Champion left", "description": "When a champion leaves.", "category": "risk"}
    return ProposedWorkflow.model_validate({**words, "slides": slides, **more})


def build(*slides: dict[str, Any], **more: Any) -> ProposedContent:
    return build_proposed_content(proposal(*slides, **more), "champion left", ACTIONS, category=Category.RENEWAL)


def test_slides_texts_and_questions_of_the_chat_are_taken() -> None:
    made = build(
        {"slide": "greeting", "lead": "**{{ champion.name }}** has left.", "checklist": ["Tell your manager"]},
        {
            "slide": "assess-departure",
            "chat": [
                {"branch_type": "fixed", "label": "What now?", "text": "Call {{ sponsor.name }}."},
                {"branch_type": "rag", "label": "What was promised?", "text": "What did we promise?"},
                {"branch_type": "saved_action", "label": "Wait", "text": "Snooze"},
            ],
        },
        not_done=["It does not send emails by itself."],
    )
    content = made.content
    assert content["slide_sequence"] == ["greeting", "assess-departure", "summary"]
    assert content["slide_contexts"]["greeting"] == {
        "lead": "**{{ champion.name }}** has left.", "checklist": ["Tell your manager"],
    }  # fmt: skip
    branches = content["chat_branches"]["assess-departure"]
    assert [each["branch_type"] for each in branches] == ["fixed", "rag", "saved_action"]
    assert branches[2]["saved_action_id"] == SNOOZE
    assert made.note.not_done == ("It does not send emails by itself.",)
    assert any("3 questions of the chat" in sentence for sentence in made.note.done)


@pytest.mark.parametrize(
    ("slide", "told"),
    [
        ({"slide": "greting"}, "A slide “greting” does not exist"),
        ({"slide": "greeting", "lead": "{{ customer.__class__ }}"}, "The lead of “Where we stand” is the library's"),
        ({"slide": "greeting", "lead": "{{ secret.table }}"}, "there is no variable “secret.table”"),
        ({"slide": "greeting", "lead": "{% for a in b %}{% endfor %}"}, "loops"),
        ({"slide": "greeting", "lead": "See [this](https://evil.example)"}, "had a link or HTML"),
        ({"slide": "greeting", "lead": "![x](//evil.example/p.png)"}, "had a link or HTML"),
        ({"slide": "greeting", "title": "<script>alert(1)</script>"}, "The title of “Where we stand” had a link"),
        ({"slide": "greeting", "checklist": ["Go to www.evil.example"]}, "had a link or HTML"),
        ({"slide": "greeting", "minutes": 100_000}, "The minutes of “Where we stand” is the library's"),
        ({"slide": "greeting", "title": "x" * 300}, "The title of “Where we stand” is the library's"),
        ({"slide": "greeting", "lead": "x" * 6000}, "The lead of “Where we stand” is the library's"),
        (
            {"slide": "greeting", "chat": [{"branch_type": "sql", "label": "Drop", "text": "drop table"}]},
            "was of a type that does not exist",
        ),
        (
            {"slide": "greeting", "chat": [{"branch_type": "saved_action", "label": "Go", "text": "Delete all"}]},
            "an action that your company does not have",
        ),
        (
            {"slide": "greeting", "chat": [{"branch_type": "fixed", "label": "Hm", "text": "{{ no.such }}"}]},
            "A question of the chat on “Where we stand” was left out",
        ),
    ],
)
def test_what_may_not_stand_there_is_left_out_with_a_sentence(slide: dict[str, Any], told: str) -> None:
    made = build({"slide": "review-account"}, slide)
    assert told in " ".join(made.note.not_done)
    assert list_draft_problems(to_draft(made), {SNOOZE}) == ()
    assert "evil" not in str(made.content)


def test_a_slide_that_a_workflow_has_once_is_taken_once_and_others_get_a_label() -> None:
    made = build(
        *({"slide": each} for each in ("summary", "prepare-quote", "draft-email", "prepare-quote", "draft-email"))
    )
    assert made.content["slide_sequence"] == ["prepare-quote", "draft-email", "draft-email:second", "summary"]
    assert "was proposed twice" in " ".join(made.note.not_done)


def test_a_long_proposal_is_cut_with_a_sentence() -> None:
    made = build(*({"slide": "custom", "title": f"Part {n}"} for n in range(40)))
    assert len(made.content["slide_sequence"]) == MAX_PROPOSED_SLIDES + 1
    assert f"up to {MAX_PROPOSED_SLIDES} slides" in " ".join(made.note.not_done)


def test_a_proposal_without_a_slide_that_exists_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no slide that Zen has"):
        build({"slide": "a"}, {"slide": "b"})


def test_a_foreign_category_and_a_name_with_a_link_fall_back() -> None:
    made = build({"slide": "greeting"}, name="https://evil.example", category="crime")
    assert (made.content["name"], made.content["category"]) == ("Champion left", "renewal")


words = st.sampled_from(
    ["", "Fine.", "{{ customer.name }}", "{{", "{{ x.y }}", "<b>", "https://a.b", "\u202e", "x" * 5000]
)
slides = st.fixed_dictionaries(
    {"slide": st.sampled_from([*map(str, SlideId), "other", ""])},
    optional={
        "title": words.filter(lambda text: len(text) < 400),
        "lead": words,
        "question": words.filter(lambda text: len(text) < 4000),
        "checklist": st.lists(words, max_size=14),
        "minutes": st.integers(),
        "chat": st.lists(
            st.fixed_dictionaries(
                {
                    "branch_type": st.sampled_from([*BRANCH_TYPES, "sql"]),
                    "label": words.filter(lambda text: len(text) < 400),
                    "text": words.filter(lambda text: len(text) < 4000),
                }
            ),
            max_size=8,
        ),
    },
)


@settings(max_examples=60)
@given(st.lists(slides, min_size=1, max_size=12))
def test_any_proposal_composes_or_is_refused_as_a_whole(proposed: list[dict[str, Any]]) -> None:
    try:
        made = build(*proposed)
    except InvalidInput:
        assert not {each["slide"] for each in proposed} & set(map(str, SlideId))
        return
    assert list_draft_problems(to_draft(made), {SNOOZE}) == ()
    assert made.content["slide_sequence"][-1] == SlideId.SUMMARY


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "A", "description": "B", "category": "risk", "slides": [{"slide": "greeting"}]}',
        'Here:\n```json\n{"name": "A", "description": "B", "category": "risk", "slides": [{"slide": "greeting"}]}\n```',
        '{"name": "propose_workflow", "arguments": {"name": "A", "description": "B", "category": "risk",'
        ' "slides": [{"slide": "greeting"}]}}',
    ],
)
def test_json_in_words_is_read(text: str) -> None:
    found = parse_proposal_text(text)
    assert found is not None
    assert found.slides[0].slide == "greeting"


@pytest.mark.parametrize(
    "text", ["", "No.", "{", "{}", "[1]", '{"slides": 1e400}', "{" * 100_000, '{"arguments": "{"}']
)
def test_other_words_are_no_proposal(text: str) -> None:
    assert parse_proposal_text(text) is None
