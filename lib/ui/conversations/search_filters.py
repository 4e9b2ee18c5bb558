"""The tabs of the page, the search box, and the filters with their counts."""

from dataclasses import replace

import streamlit as st

from lib.auth.model import Person, Role
from lib.chat.answer_provenance import SOURCE_LABELS
from lib.chat.chat_search import FacetCount, SearchFacets, SearchQuery
from lib.chat.conversation import BranchType
from lib.slides.library import get_default_slide_title
from lib.text.format import MONTH_NAMES, format_count, humanize_code
from lib.text.truncate import single_line
from lib.ui.conversations.search import (
    DRAFTS_TAB,
    FACET_TITLES,
    MAX_QUERY_CHARS,
    TAB_PARAM,
    USAGE_TAB,
    update_search_in_url,
)
from lib.ui.session_keys import (
    CONVERSATIONS_EXPANDED,
    CONVERSATIONS_QUERY,
    CONVERSATIONS_TAB,
    conversations_button_key,
    conversations_filter_key,
)

CODE_FACETS = {"workflow", "message_type", "tool", "status", "ended"}
FACET_LABELS = {
    ("status", "active"): "Open", ("status", "completed"): "Closed", ("ended", "cut"): "Cut off",
    ("thumbs", "up"): "Up", ("thumbs", "down"): "Down",
}  # fmt: skip
TABS = {"": "Messages", USAGE_TAB: "Tokens and cost", DRAFTS_TAB: "Draft answers"}


def draw_conversation_tabs(role: Role) -> str:
    """The tab in the address, and the control that changes it. Only leaders decide about drafts."""
    asked = st.query_params.get(TAB_PARAM) or ""
    tabs = [view for view in TABS if view != DRAFTS_TAB or role.leads_team]
    st.session_state[CONVERSATIONS_TAB] = asked if asked in tabs else ""
    st.segmented_control(
        "View", tabs, key=CONVERSATIONS_TAB, required=True, format_func=TABS.__getitem__,
        label_visibility="collapsed", on_change=_set_tab_in_url,
    )  # fmt: skip
    return str(st.session_state[CONVERSATIONS_TAB])


def _set_tab_in_url() -> None:
    view = st.session_state[CONVERSATIONS_TAB]
    if view:
        st.query_params[TAB_PARAM] = view
    else:
        st.query_params.pop(TAB_PARAM, None)


def draw_search_box(query: SearchQuery) -> None:
    st.session_state[CONVERSATIONS_QUERY] = query.words
    st.text_input(
        "Search messages", key=CONVERSATIONS_QUERY, type="search", max_chars=MAX_QUERY_CHARS,
        on_change=_set_search_words, placeholder='Words, "a phrase", -without', label_visibility="collapsed",
    )  # fmt: skip


def draw_search_facets(query: SearchQuery, found: SearchFacets, person: Person) -> None:
    """Every filter keeps its place; one with a single value is disabled.

    On a phone they are collapsed behind a toggle, which `zen.css` shows there only.
    """
    st.toggle("Filters", key=CONVERSATIONS_EXPANDED)
    with st.container(key="conversations_filters", gap="small"):
        for name, title in FACET_TITLES.items():
            counts = found.counts.get(name, ())
            chosen = query.facet_values.get(name, ())
            if name == "person" and not person.role.leads_team:
                continue
            _draw_facet(name, title, counts, chosen)
        _draw_date_range(query)
        if query.facet_values or query.since or query.until:
            st.button(
                "Clear the filters",
                key=conversations_button_key("clear"),
                type="tertiary",
                on_click=clear_search_filters,
            )
    if found.is_capped:
        st.caption(f"Counts cover the newest {format_count(found.counted_over)} messages.")


def clear_search_filters() -> None:
    """A callback: drop all filters and keep the words."""
    update_search_in_url(lambda query: SearchQuery(words=query.words))


def format_facet_option(name: str, each: FacetCount) -> str:
    """A value with the number of its hits."""
    return f"{_format_facet_value(name, each)} ({format_count(each.count)})"


def _draw_facet(name: str, title: str, counts: tuple[FacetCount, ...], chosen: tuple[str, ...]) -> None:
    known = {each.value: each for each in counts}
    known |= {value: FacetCount(value=value, label=value, count=0) for value in chosen if value not in known}
    key = conversations_filter_key(name)
    st.session_state[key] = list(chosen)
    st.multiselect(
        title, list(known), key=key, format_func=lambda value: format_facet_option(name, known[value]),
        placeholder="All", disabled=len(known) < 2 and not chosen, on_change=_set_facet_filter, args=(name, key),
    )  # fmt: skip


def _draw_date_range(query: SearchQuery) -> None:
    """The first and the last day, both included."""
    for name, title, day in (("since", "From", query.since), ("until", "To", query.until)):
        key = conversations_filter_key(name)
        st.session_state[key] = day
        st.date_input(title, value=None, key=key, format="YYYY-MM-DD", on_change=_set_date_filter, args=(name, key))


def _set_date_filter(name: str, key: str) -> None:
    day = st.session_state[key]
    update_search_in_url(lambda query: replace(query, since=day) if name == "since" else replace(query, until=day))


def _format_facet_value(name: str, each: FacetCount) -> str:
    if name == "branch_type" and each.value in list(BranchType):
        return "Model or assistant" if each.value == BranchType.LLM else SOURCE_LABELS[BranchType(each.value)]
    if (name, each.value) in FACET_LABELS:
        return FACET_LABELS[name, each.value]
    if name == "month":
        return _format_month(each.value)
    label = single_line(each.label, max_length=60)
    if name == "slide":
        return get_default_slide_title(each.value)
    return humanize_code(label).capitalize() if name in CODE_FACETS else label


def _format_month(value: str) -> str:
    """ "2026-11" as "Nov 2026"."""
    year, _, month = value.partition("-")
    return f"{MONTH_NAMES[int(month) - 1]} {year}" if month.isdecimal() and 1 <= int(month) <= 12 else value


def _set_search_words() -> None:
    update_search_in_url(lambda query: replace(query, words=str(st.session_state[CONVERSATIONS_QUERY] or "").strip()))


def _set_facet_filter(name: str, key: str) -> None:
    values = tuple(st.session_state[key])
    update_search_in_url(lambda query: replace(query, facet_values={**query.facet_values, name: values}))
