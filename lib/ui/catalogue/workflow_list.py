"""The list of workflows and how to look through it."""

from collections.abc import Sequence

import streamlit as st

from lib.content.model import Tone
from lib.text.escape import escape_markdown
from lib.text.format import format_count
from lib.ui import keys, placeholders, theme
from lib.ui.catalogue.cards import ORIGINS, WorkflowCard, filter_cards
from lib.workflows.model import Category

WORKFLOW_PARAM = "workflow"
ALL = "All"


def draw_workflow_list(cards: Sequence[WorkflowCard]) -> None:
    """Search and filters, kept in the address; then what they leave."""
    found = _draw_filters(cards)
    if not found:
        placeholders.draw_empty(
            "No workflow matches",
            "Names, descriptions and slide titles were looked through. Try fewer words, or all categories.",
            icon=":material/search_off:",
        )
        st.button("Show all workflows", on_click=_reset_filters)
        return
    st.caption(_format_result_count(found, cards))
    for card in found:
        _draw_card(card)


def show_workflow(address: str | None) -> None:
    """Show one workflow, or the list again. A callback: the page draws it in the same run."""
    if address is None:
        st.query_params.pop(WORKFLOW_PARAM, None)
    else:
        st.query_params[WORKFLOW_PARAM] = address


def format_badges(card: WorkflowCard) -> str:
    """Markdown: category, origin and state as small badges; the faulty one says so first."""
    faulty = [theme.format_badge("cannot be started", Tone.BAD)] if card.errors else []
    return " ".join(
        (
            *faulty,
            *(theme.format_badge(text) for text in (card.content.category, card.origin.lower(), card.version_text)),
        )
    )


def _draw_filters(cards: Sequence[WorkflowCard]) -> tuple[WorkflowCard, ...]:
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        text = st.text_input(
            "Search",
            key=keys.CATALOGUE_QUERY,
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
    return filter_cards(cards, text=text, category=_none_if_all(category), origin=_none_if_all(origin))


def _none_if_all(value: str | None) -> str | None:
    return None if value == ALL else value


def _reset_filters() -> None:
    st.session_state[keys.CATALOGUE_QUERY] = ""
    st.session_state[keys.CATALOGUE_CATEGORY] = ALL
    st.session_state[keys.CATALOGUE_ORIGIN] = ALL


def _format_result_count(found: Sequence[WorkflowCard], cards: Sequence[WorkflowCard]) -> str:
    every = format_count(len(cards), "workflow")
    return f"{every}." if len(found) == len(cards) else f"{len(found)} of {every}."


def _draw_card(card: WorkflowCard) -> None:
    told, act = st.columns([5, 1], vertical_alignment="top")
    with told.container(gap="xsmall"):
        st.markdown(f"### {escape_markdown(card.content.name)}")
        st.markdown(format_badges(card))
        if card.content.description:
            st.markdown(escape_markdown(card.content.description))
        st.caption(escape_markdown(f"{card.size_text} · {card.runs_text}"))
    with act.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            "Look inside", key=keys.catalogue_preview(card.definition.id), on_click=show_workflow, args=(card.address,)
        )
