"""Words found and replaced in the texts of a draft, and in nothing else."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.slides.library import LIBRARY
from lib.workflows.draft_problems import list_draft_problems
from lib.workflows.draft_texts import list_draft_texts
from lib.workflows.find_and_replace import find_words, replace_words
from lib.workflows.model import WorkflowDraft

SLIDES = ("greeting", "draft-email", "custom:security", "summary")
AUDITOR = {
    "key": "own_auditor",
    "label": "Who audits?",
    "kind": "choice",
    "choices": ["Their own team", "Somebody else"],
    "help": "Ask the team.",
}
CONTEXTS: dict[str, Any] = {
    "greeting": {
        "title": "Say hello to the team",
        "lead": "The team of {{ customer.name }} has {% if contract.auto_renews %}a team plan{% endif %}.",
        "checklist": ["Greet the team", "Ask {{ customer.team }}"],
        "questions": [AUDITOR],
        "form": {"goal": {"label": "What does the team want?"}},
    },
    "custom:security": {
        "title": "Security",
        "shown_when": {
            "all": [
                {
                    "fact": "answer",
                    "slide": "greeting",
                    "key": "own_auditor",
                    "comparison": "one_of",
                    "value": ["Their own team"],
                }
            ]
        },
    },
}
BRANCHES = {
    "greeting": [
        {"branch_key": "team", "branch_type": "fixed", "label": "Which team?", "response_text": "The Team."},
        {"branch_key": "next-team", "branch_type": "llm", "label": "Next", "prompt": "Who leads the team?"},
    ]
}


def draft(**given: Any) -> WorkflowDraft:
    content: dict[str, Any] = {
        "name": "For the team", "description": "A team a day.", "category": "renewal", "slide_sequence": SLIDES,
        "slide_contexts": CONTEXTS, "chat_branches": BRANCHES,
    }  # fmt: skip
    return WorkflowDraft(id="d", company_id="c", author_id="a", workflow_id="our-team", revision=1, **content | given)


def places(found: Any) -> list[str]:
    return [".".join(map(str, each.place.path)) for each in found]


def test_every_kind_of_text_is_found_and_no_name_of_a_placeholder_or_key():
    assert places(find_words(draft(), "team")) == [
        "name",
        "description",
        "slide_contexts.greeting.title",
        "slide_contexts.greeting.lead",
        "slide_contexts.greeting.checklist.0",
        "slide_contexts.greeting.questions.0.help",
        "slide_contexts.greeting.questions.0.choices.0",
        "slide_contexts.greeting.form.goal.label",
        "chat_branches.greeting.0.label",
        "chat_branches.greeting.0.response_text",
        "chat_branches.greeting.1.prompt",
    ]


def test_a_text_of_the_library_is_found_and_becomes_the_drafts_own_when_it_is_replaced():
    body = LIBRARY["draft-email"].defaults.body
    assert body
    word = next(word for word in body.split() if word.isalpha() and len(word) > 4)
    plain = draft(slide_contexts={}, chat_branches={})
    found = find_words(plain, word, is_case_sensitive=True)
    (of_body,) = [each for each in found if each.place.path == ("slide_contexts", "draft-email", "body")]
    outcome = replace_words(plain, [of_body], "Zebra")
    assert outcome.draft.slide_contexts == {"draft-email": {"body": body.replace(word, "Zebra")}}


def test_case_is_ignored_unless_it_is_asked_for():
    assert places(find_words(draft(), "Team", is_case_sensitive=True)) == ["chat_branches.greeting.0.response_text"]
    assert find_words(draft(), "TEAM") == find_words(draft(), "team")
    assert find_words(draft(), "") == ()


def test_what_looks_like_a_pattern_is_plain_words():
    assert find_words(draft(), ".*") == ()
    found = find_words(draft(description="A.*b"), ".*")
    assert replace_words(draft(description="A.*b"), found, r"\1").draft.description == r"A\1b"


def test_all_are_replaced_at_once_and_names_stay():
    outcome = replace_words(draft(), find_words(draft(), "team"), "crew")
    assert (outcome.count, outcome.refused) == (12, ())
    changed = outcome.draft
    greeting = changed.slide_contexts["greeting"]
    assert greeting["lead"] == (
        "The crew of {{ customer.name }} has {% if contract.auto_renews %}a crew plan{% endif %}."
    )
    assert greeting["checklist"] == ["Greet the crew", "Ask {{ customer.team }}"]
    assert changed.chat_branches["greeting"][0] == {
        "branch_key": "team", "branch_type": "fixed", "label": "Which crew?", "response_text": "The crew.",
    }  # fmt: skip
    assert (changed.workflow_id, changed.name) == ("our-team", "For the crew")
    assert draft().slide_contexts == CONTEXTS  # the draft before is as it was


def test_conditions_follow_a_choice_that_is_reworded():
    outcome = replace_words(draft(), find_words(draft(), "Their own"), "Our own")
    (test,) = outcome.draft.slide_contexts["custom:security"]["shown_when"]["all"]
    assert test["value"] == ["Our own team"]
    assert outcome.draft.slide_contexts["greeting"]["questions"][0]["choices"][0] == "Our own team"


@pytest.mark.parametrize(
    ("find", "new", "left", "reason"),
    [
        ("Say hello to the team", "x" * 121, "title", "121 characters; 120 are the most."),
        ("Greet the team", " ", "0", "Nothing would be left of it."),
        ("Which team?", "\u200b", "label", "Nothing would be left of it."),
        ("The team of", "{{ customer.nobody }}", "lead", "There is no variable “customer.nobody”."),
        ("The team of", "{{ open", "lead", "Line 1"),
        ("Who audits?", "{{ customer.name }}", "label", "No placeholder can stand here."),
        ("Somebody else", "Their own team", "1", "Another choice of the question says so."),
        ("The Team.", "{{ answer.own_auditor }}", "response_text", "answer.own_auditor"),  # asked on this slide
    ],
)
def test_a_text_that_would_be_wrong_is_left_with_why(find, new, left, reason):
    found = find_words(draft(), find, is_case_sensitive=True)
    outcome = replace_words(draft(), found, new)
    assert outcome.count == 0
    assert outcome.draft.slide_contexts == CONTEXTS
    ((place, said),) = outcome.refused
    assert str(place.path[-1]) == left
    assert reason.lower() in said.lower()


def test_a_placeholder_that_holds_there_can_be_put_in():
    found = find_words(draft(), "The Team.", is_case_sensitive=True)
    assert replace_words(draft(), found, "{{ customer.name }}").count == 1


def test_a_text_that_is_too_long_already_can_be_made_shorter():
    long = draft(slide_contexts={"greeting": {"title": "team " * 40}})
    outcome = replace_words(long, find_words(long, "team "), "it ")
    assert outcome.count >= 40


def test_what_cannot_be_read_is_passed_over():
    odd = draft(
        slide_contexts={"greeting": 7, "draft-email": {"questions": "team", "form": ["team"], "checklist": [1, None]}},
        chat_branches={"greeting": "team", "summary": [3, {"label": 4}, {"label": "team"}], "gone": []},
        slide_sequence=("nobody", "greeting", "draft-email", "summary"),
    )
    found = find_words(odd, "team")
    assert "chat_branches.summary.2.label" in places(found)
    changed = replace_words(odd, found, "crew").draft
    assert changed.chat_branches["summary"] == [3, {"label": 4}, {"label": "crew"}]


@settings(max_examples=60, deadline=None)
@given(
    find=st.sampled_from(["team", "e", "T", "the", "own", " ", "a", "?", "{", "%", "customer"]),
    new=st.one_of(
        st.text(max_size=30), st.sampled_from(["{{ customer.name }}", "{{", "}}", "{% if %}", "www.x.de", "x" * 200])
    ),
)
def test_replacing_never_adds_a_problem_and_never_changes_a_key(find, new):
    before = draft()
    after = replace_words(before, find_words(before, find), new).draft
    assert len(list_draft_problems(after)) <= len(list_draft_problems(before))
    assert [each.path for each in list_draft_texts(after)] == [each.path for each in list_draft_texts(before)]
    assert [branch["branch_key"] for branch in after.chat_branches["greeting"]] == ["team", "next-team"]
    assert after.slide_sequence == before.slide_sequence


def test_sixty_slides_are_searched_and_replaced_at_once():
    slides = (*(f"custom:s{n}" for n in range(59)), "summary")
    words = {"title": "The team", "lead": "A team is a team. " * 100, "checklist": ["Team"] * 12}
    branches = [
        {"branch_key": f"b{n}", "branch_type": "fixed", "label": "T", "response_text": f"team {n}"} for n in range(20)
    ]
    long = draft(
        slide_sequence=slides,
        slide_contexts=dict.fromkeys(slides, words),
        chat_branches=dict.fromkeys(slides, branches),
    )
    find_words(long, "team")
    start = time.process_time()
    found = find_words(long, "team")
    searched = time.process_time()
    outcome = replace_words(long, found, "crew")
    replaced = time.process_time()
    assert outcome.count == 60 * (1 + 200 + 12 + 20) + 2
    assert searched - start < 0.5  # 0.03 s on a quiet machine
    assert replaced - searched < 2  # 0.1 s
