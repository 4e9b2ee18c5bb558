"""Hypothesis strategies for contents of workflows that compose."""

from typing import Any

from hypothesis import strategies as st

from lib.slides.model import SlideId
from lib.workflows.model import Category

SLIDE_IDS = tuple(slide.value for slide in SlideId)
KEYS = st.sampled_from(("where", "what", "snooze", "later", "skip"))
LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ("", "Hello.", "Renews on {{ contract.renewal_date }}.", "- a point", "No", "2026-11-30", "1e3")
        ),
        st.text(st.characters(exclude_categories=("C",), exclude_characters="{}"), max_size=12),
    ),
    min_size=1,
    max_size=4,
)
TEXTS = LINES.map("\n".join)
NON_EMPTY_TEXTS = TEXTS.filter(str.strip)


def slide_contexts() -> st.SearchStrategy[dict[str, Any]]:
    """Contexts of one slide; any field may be left out."""
    return st.fixed_dictionaries(
        {},
        optional={
            "title": st.sampled_from(("First", "Second", "{{ customer.name }}")),
            "lead": TEXTS,
            "body": TEXTS,
            "minutes": st.integers(1, 120),
            "checklist": st.lists(st.sampled_from(("Usage", "Tickets", "People", "Terms")), max_size=4, unique=True),
        },
    )


def chat_branches() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Branches of one slide, with different keys, that lead nowhere else."""
    fixed = st.fixed_dictionaries({"branch_type": st.just("fixed"), "response_text": NON_EMPTY_TEXTS})
    prompt = st.fixed_dictionaries({"branch_type": st.sampled_from(("llm", "rag")), "prompt": NON_EMPTY_TEXTS})
    named = st.fixed_dictionaries({"branch_key": KEYS, "label": st.sampled_from(("Where?", "What?", "Later"))})
    branch = st.tuples(named, fixed | prompt).map(lambda parts: parts[0] | parts[1])
    return st.lists(branch, max_size=4, unique_by=lambda each: each["branch_key"])


@st.composite
def workflow_contents(draw: st.DrawFn, slide_ids: tuple[str, ...] = SLIDE_IDS[:7]) -> dict[str, Any]:
    """Contents of a workflow: up to seven slides in any order, with contexts and branches of some of them."""
    sequence = draw(st.lists(st.sampled_from(slide_ids), min_size=1, unique=True))
    some = st.lists(st.sampled_from(sequence), unique=True)
    rule = draw(st.none() | st.fixed_dictionaries({"rank": st.integers(0, 10_000), "only_leading": st.booleans()}))
    return {
        "name": draw(st.sampled_from(("Renewal", "Our renewal"))),
        "description": draw(TEXTS),
        "category": draw(st.sampled_from([each.value for each in Category])),
        "slide_sequence": sequence,
        "slide_contexts": {address: draw(slide_contexts()) for address in draw(some)},
        "chat_branches": {address: draw(chat_branches()) for address in draw(some)},
    } | ({"suggested_when": rule} if rule else {})
