"""The search box and the filters with their counts."""

from dataclasses import replace

import streamlit as st

from lib.auth.model import Person
from lib.chat.chat_search import FacetCount, Facets, SearchQuery
from lib.chat.model import BranchType
from lib.chat.provenance import SOURCE_LABELS
from lib.slides.library import slide_title
from lib.text.format import format_count, humanize_code
from lib.text.truncate import single_line
from lib.ui.conversations import url_state
from lib.ui.conversations.search import update_search
from lib.ui.keys import CONVERSATIONS_EXPANDED, CONVERSATIONS_QUERY, conversations_button, conversations_filter

CODE_FACETS = {"workflow", "message_type", "tool", "status", "ended"}
THUMB_LABELS = {"up": "Up", "down": "Down"}


def draw_search_box(wanted: SearchQuery) -> None:
    st.session_state[CONVERSATIONS_QUERY] = wanted.words
    st.text_input(
        "Search what was said", key=CONVERSATIONS_QUERY, type="search", max_chars=url_state.MAX_QUERY_CHARS, on_change=_set_query,
        placeholder='Words, "a phrase", -without', label_visibility="collapsed",
    )  # fmt: skip


def draw_facets(wanted: SearchQuery, found: Facets, person: Person) -> None:
    """Each filter has its place, whatever was found; one that tells nothing apart is not to be changed. On a phone they
    are folded behind one switch, which the style shows there only."""
    st.toggle("Filters", key=CONVERSATIONS_EXPANDED)
    with st.container(key="explorer_filters", gap="small"):
        for name, title in url_state.FACET_TITLES.items():
            counts = found.counts.get(name, ())
            chosen = wanted.facet_values.get(name, ())
            if name == "person" and not person.role.leads_team:
                continue
            _draw_facet(name, title, counts, chosen)
        _draw_date_range(wanted)
        if wanted.facet_values or wanted.since or wanted.until:
            st.button("Clear the filters", key=conversations_button("clear"), type="tertiary", on_click=clear_filters)
    if found.is_capped:
        st.caption(f"Counted over the newest {format_count(found.counted_over)} messages.")


def clear_filters() -> None:
    """A callback: everything again, the words stay."""
    update_search(lambda wanted: SearchQuery(words=wanted.words))


def format_option(name: str, each: FacetCount) -> str:
    """A value as it reads, with how often it was found."""
    return f"{_format_value(name, each)} ({format_count(each.count)})"


def _draw_facet(name: str, title: str, counts: tuple[FacetCount, ...], chosen: tuple[str, ...]) -> None:
    known = {each.value: each for each in counts}
    known |= {value: FacetCount(value=value, label=value, count=0) for value in chosen if value not in known}
    key = conversations_filter(name)
    st.session_state[key] = list(chosen)
    st.multiselect(
        title, list(known), key=key, format_func=lambda value: format_option(name, known[value]), placeholder="All",
        disabled=len(known) < 2 and not chosen, on_change=_set_facet, args=(name, key),
    )  # fmt: skip


def _draw_date_range(wanted: SearchQuery) -> None:
    """The first and the last day, both included."""
    for name, title, day in (("since", "From", wanted.since), ("until", "To", wanted.until)):
        key = conversations_filter(name)
        st.session_state[key] = day
        st.date_input(title, value=None, key=key, format="YYYY-MM-DD", on_change=_set_day, args=(name, key))


def _set_day(name: str, key: str) -> None:
    day = st.session_state[key]
    update_search(lambda wanted: replace(wanted, since=day) if name == "since" else replace(wanted, until=day))


def _format_value(name: str, each: FacetCount) -> str:
    if name == "branch_type" and each.value in list(BranchType):
        return "Model or assistant" if each.value == BranchType.LLM else SOURCE_LABELS[BranchType(each.value)]
    if name == "thumbs":
        return THUMB_LABELS.get(each.value, each.value)
    label = single_line(each.label, max_length=60)
    if name == "slide":
        return slide_title(each.value)
    return humanize_code(label).capitalize() if name in CODE_FACETS else label


def _set_query() -> None:
    update_search(lambda wanted: replace(wanted, words=str(st.session_state[CONVERSATIONS_QUERY] or "").strip()))


def _set_facet(name: str, key: str) -> None:
    values = tuple(st.session_state[key])
    update_search(lambda wanted: replace(wanted, facet_values={**wanted.facet_values, name: values}))
