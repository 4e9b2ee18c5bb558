"""The search box and the filters with their counts."""

from dataclasses import replace

import streamlit as st

from lib.auth.model import Person
from lib.chat.explorer import Count, Facets, Search
from lib.chat.model import BranchType
from lib.chat.provenance import SOURCES
from lib.slides.library import title_of
from lib.slides.words import count, plain, spoken
from lib.ui.explorer import address
from lib.ui.explorer.looking import look_for
from lib.ui.keys import EXPLORER_UNFOLDED, EXPLORER_WORDS, explorer_facet, explorer_press

OWN_WORDS = {"workflow", "message_type", "tool", "status", "ended"}
THUMBS = {"up": "Up", "down": "Down"}


def box(wanted: Search) -> None:
    st.session_state[EXPLORER_WORDS] = wanted.words
    st.text_input(
        "Search what was said", key=EXPLORER_WORDS, type="search", max_chars=address.MOST_WORDS, on_change=_words,
        placeholder='Words, "a phrase", -without', label_visibility="collapsed",
    )  # fmt: skip


def facets(wanted: Search, found: Facets, person: Person) -> None:
    """Each filter has its place, whatever was found; one that tells nothing apart is not to be changed. On a phone they
    are folded behind one switch, which the style shows there only."""
    st.toggle("Filters", key=EXPLORER_UNFOLDED)
    with st.container(key="explorer_filters", gap="small"):
        for name, title in address.FACETS.items():
            counts = found.counts.get(name, ())
            chosen = wanted.chosen.get(name, ())
            if name == "person" and not person.role.leads_team:
                continue
            _facet(name, title, counts, chosen)
        _days(wanted)
        if wanted.chosen or wanted.since or wanted.until:
            st.button("Clear the filters", key=explorer_press("clear"), type="tertiary", on_click=clear)
    if found.is_capped:
        st.caption(f"Counted over the newest {count(found.counted_over)} messages.")


def clear() -> None:
    """A callback: everything again, the words stay."""
    look_for(lambda wanted: Search(words=wanted.words))


def labelled(name: str, each: Count) -> str:
    """A value as it reads, with how often it was found."""
    return f"{_word(name, each)} ({count(each.count)})"


def _facet(name: str, title: str, counts: tuple[Count, ...], chosen: tuple[str, ...]) -> None:
    known = {each.value: each for each in counts}
    known |= {value: Count(value=value, label=value, count=0) for value in chosen if value not in known}
    key = explorer_facet(name)
    st.session_state[key] = list(chosen)
    st.multiselect(
        title, list(known), key=key, format_func=lambda value: labelled(name, known[value]), placeholder="All",
        disabled=len(known) < 2 and not chosen, on_change=_chosen, args=(name, key),
    )  # fmt: skip


def _days(wanted: Search) -> None:
    """The first and the last day, both included."""
    for name, title, day in (("since", "From", wanted.since), ("until", "To", wanted.until)):
        key = explorer_facet(name)
        st.session_state[key] = day
        st.date_input(title, value=None, key=key, format="YYYY-MM-DD", on_change=_day, args=(name, key))


def _day(name: str, key: str) -> None:
    day = st.session_state[key]
    look_for(lambda wanted: replace(wanted, since=day) if name == "since" else replace(wanted, until=day))


def _word(name: str, each: Count) -> str:
    if name == "branch_type" and each.value in list(BranchType):
        return "Model or assistant" if each.value == BranchType.LLM else SOURCES[BranchType(each.value)]
    if name == "thumbs":
        return THUMBS.get(each.value, each.value)
    label = plain(each.label, most=60)
    if name == "slide":
        return title_of(each.value)
    return spoken(label).capitalize() if name in OWN_WORDS else label


def _words() -> None:
    look_for(lambda wanted: replace(wanted, words=str(st.session_state[EXPLORER_WORDS] or "").strip()))


def _chosen(name: str, key: str) -> None:
    values = tuple(st.session_state[key])
    look_for(lambda wanted: replace(wanted, chosen={**wanted.chosen, name: values}))
