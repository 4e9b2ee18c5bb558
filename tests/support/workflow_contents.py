"""Hypothesis strategies for contents of workflows that compose."""

from typing import Any

from hypothesis import strategies as st

from lib.workflows.model import Category

ADDRESSES = (
    "greeting",
    "review-account",
    "assess-risk",
    "draft-email",
    "draft-email:second",
    "custom:legal",
    "summary",
)
KEYS = st.sampled_from(("where", "what", "snooze", "later", "skip"))
LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ("", "Hello.", "Renews on {{ contract.renewal_date }}.", "- a point", "No", "2026-11-30", "1e3")
        ),
        st.text(st.characters(exclude_categories=("C",), exclude_characters="{}["), max_size=12),
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
            "questions": own_questions(),
            "shown_when": conditions(),
            "checklist": st.lists(st.sampled_from(("Usage", "Tickets", "People", "Terms")), max_size=4, unique=True),
        },
    )


def own_questions() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Questions of one slide, with different keys."""
    named = st.fixed_dictionaries(
        {
            "key": st.sampled_from(("own_budget", "own_auditor", "own_legal")),
            "label": st.sampled_from(("Who?", "When?")),
        },
        optional={"is_required": st.booleans(), "help": st.just("Ask them.")},
    )
    plain = st.fixed_dictionaries({"kind": st.sampled_from(("text", "money", "date", "person", "yes_no"))})
    choice = st.fixed_dictionaries({"kind": st.just("choice"), "choices": st.just(["Yes", "No"])})
    question = st.tuples(named, plain | choice).map(lambda parts: parts[0] | parts[1])
    return st.lists(question, max_size=3, unique_by=lambda each: each["key"])


def conditions() -> st.SearchStrategy[dict[str, Any]]:
    """Conditions of one slide, over facts of the account."""
    segment = st.fixed_dictionaries(
        {
            "fact": st.just("segment"),
            "comparison": st.just("one_of"),
            "value": st.sampled_from((["smb"], ["mid", "enterprise"])),
        }
    )
    amount = st.fixed_dictionaries(
        {
            "fact": st.sampled_from(("arr", "days_to_notice")),
            "comparison": st.sampled_from(("at_least", "below")),
            "value": st.integers(0, 10**6),
        }
    )
    tests = st.lists(segment | amount, min_size=1, max_size=3)
    return st.tuples(st.sampled_from(("all", "any")), tests).map(lambda parts: {parts[0]: parts[1]})


def chat_branches() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Branches of one slide, with different keys, that lead nowhere else."""
    fixed = st.fixed_dictionaries({"branch_type": st.just("fixed"), "response_text": NON_EMPTY_TEXTS})
    prompt = st.fixed_dictionaries({"branch_type": st.sampled_from(("llm", "rag")), "prompt": NON_EMPTY_TEXTS})
    named = st.fixed_dictionaries({"branch_key": KEYS, "label": st.sampled_from(("Where?", "What?", "Later"))})
    branch = st.tuples(named, fixed | prompt).map(lambda parts: parts[0] | parts[1])
    return st.lists(branch, max_size=4, unique_by=lambda each: each["branch_key"])


@st.composite
def workflow_contents(draw: st.DrawFn, addresses: tuple[str, ...] = ADDRESSES) -> dict[str, Any]:
    """Contents of a workflow: up to seven slides in any order, with contexts and branches of some of them."""
    sequence = draw(st.lists(st.sampled_from(addresses), min_size=1, unique=True))
    some = st.lists(st.sampled_from(sequence), unique=True)
    rule = draw(st.none() | st.fixed_dictionaries({"rank": st.integers(0, 10_000), "only_leading": st.booleans()}))
    return {
        "name": draw(st.sampled_from(("Renewal", "Our renewal"))),
        "description": draw(TEXTS),
        "category": draw(st.sampled_from([each.value for each in Category])),
        "slide_sequence": sequence,
        "slide_contexts": {
            address: _show_always(draw(slide_contexts()))
            if address in (sequence[0], "summary")
            else draw(slide_contexts())
            for address in draw(some)
        },
        "chat_branches": {address: draw(chat_branches()) for address in draw(some)},
    } | ({"suggested_when": rule} if rule else {})


def _show_always(context: dict[str, Any]) -> dict[str, Any]:
    """The first slide and the summary have no condition."""
    return {key: value for key, value in context.items() if key != "shown_when"}
