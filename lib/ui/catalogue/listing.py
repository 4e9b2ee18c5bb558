"""The list of workflows and how to look through it."""

from collections.abc import Sequence

import streamlit as st

from lib.slides import words
from lib.slides.model import Tone
from lib.slides.words import escape
from lib.ui import keys, states, theme
from lib.ui.catalogue.cards import ORIGINS, Card, find
from lib.workflows.model import Category

ADDRESS = "workflow"
ALL = "All"


def draw_list(cards: Sequence[Card]) -> None:
    """Search and filters, kept in the address; then what they leave."""
    found = _sought(cards)
    if not found:
        states.empty(
            "No workflow matches",
            "Names, descriptions and slide titles were looked through. Try fewer words, or all categories.",
            icon=":material/search_off:",
        )
        st.button("Show all workflows", on_click=_reset)
        return
    st.caption(_counted(found, cards))
    for card in found:
        _draw_row(card)


def look_at(address: str | None) -> None:
    """Show one workflow, or the list again. A callback: the page draws it in the same run."""
    if address is None:
        st.query_params.pop(ADDRESS, None)
    else:
        st.query_params[ADDRESS] = address


def badges(card: Card) -> str:
    """Markdown: category, origin and state as small badges; the faulty one says so first."""
    faulty = [theme.badge("cannot be started", Tone.BAD)] if card.faults else []
    return " ".join((*faulty, *(theme.badge(text) for text in (card.shown.category, card.origin.lower(), card.state))))


def _sought(cards: Sequence[Card]) -> tuple[Card, ...]:
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        text = st.text_input(
            "Search",
            key=keys.CATALOGUE_FIND,
            type="search",
            placeholder="Name, description or slide",
            live="300ms",
            bind="query-params",
        )
        origin = st.segmented_control(
            "From",
            [ALL, *ORIGINS],
            default=ALL,
            required=True,
            key=keys.CATALOGUE_ORIGIN,
            bind="query-params",
        )
    category = st.segmented_control(
        "Category",
        [ALL, *(category.value for category in Category)],
        default=ALL,
        required=True,
        format_func=str.capitalize,
        key=keys.CATALOGUE_CATEGORY,
        bind="query-params",
    )
    return find(cards, text=text, category=_chosen(category), origin=_chosen(origin))


def _chosen(value: str | None) -> str | None:
    return None if value == ALL else value


def _reset() -> None:
    st.session_state[keys.CATALOGUE_FIND] = ""
    st.session_state[keys.CATALOGUE_CATEGORY] = ALL
    st.session_state[keys.CATALOGUE_ORIGIN] = ALL


def _counted(found: Sequence[Card], cards: Sequence[Card]) -> str:
    every = words.count(len(cards), "workflow")
    return f"{every}." if len(found) == len(cards) else f"{len(found)} of {every}."


def _draw_row(card: Card) -> None:
    told, act = st.columns([5, 1], vertical_alignment="top")
    with told.container(gap="xsmall"):
        st.markdown(f"### {escape(card.shown.name)}")
        st.markdown(badges(card))
        if card.shown.description:
            st.markdown(escape(card.shown.description))
        st.caption(escape(f"{card.size} · {card.runs}"))
    with act.container(horizontal=True, horizontal_alignment="right"):
        st.button("Look inside", key=keys.catalogue_look(card.definition.id), on_click=look_at, args=(card.address,))
