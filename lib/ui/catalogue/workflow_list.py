"""The list of workflows and how to look through it."""

from collections.abc import Sequence

import streamlit as st

from lib.content.model import Tone
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui import empty_and_error_states, session_keys, theme
from lib.ui.catalogue.archive_button import draw_archive_button
from lib.ui.catalogue.workflow_cards import ORIGINS, WorkflowCard, filter_workflow_cards
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.safe_text import draw_row_with_buttons
from lib.workflows.model import Category

WORKFLOW_PARAM = "workflow"
ALL = "All"


def draw_workflow_list(cards: Sequence[WorkflowCard], services: Services) -> None:
    """Search and filters, kept in the address; then what they leave."""
    found = _draw_workflow_filters(cards)
    if not found:
        empty_and_error_states.draw_empty_state(
            "No matching workflows",
            "Search covers names, descriptions and slide titles. Try fewer words or all categories.",
            icon=":material/search_off:",
        )
        st.button("Show all workflows", on_click=_reset_workflow_filters)
        return
    st.caption(_format_result_count(found, cards))
    for card in found:
        with error_boundary(f"workflow {card.id}"):
            _draw_workflow_card(card, services)


def set_workflow_in_url(address: str | None) -> None:
    """Show one workflow, or the list again. A callback: the page draws it in the same run."""
    if address is None:
        st.query_params.pop(WORKFLOW_PARAM, None)
    else:
        st.query_params[WORKFLOW_PARAM] = address


def build_workflow_badges_html(card: WorkflowCard) -> Html:
    """Category, origin and version as badges; an invalid workflow says so first."""
    invalid = (theme.build_badge_html("cannot be started", Tone.BAD), " ") if card.errors else ()
    texts = (card.content.category, card.origin.lower(), card.version_text)
    return Html("").join((*invalid, Html(" ").join(theme.build_badge_html(text) for text in texts)))


def _draw_workflow_filters(cards: Sequence[WorkflowCard]) -> tuple[WorkflowCard, ...]:
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        text = st.text_input(
            "Search",
            key=session_keys.CATALOGUE_QUERY,
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
            key=session_keys.CATALOGUE_ORIGIN,
            bind="query-params",
        )
    category = st.segmented_control(
        "Category",
        [ALL, *(category.value for category in Category)],
        default=ALL,
        required=True,
        format_func=str.capitalize,
        key=session_keys.CATALOGUE_CATEGORY,
        bind="query-params",
    )
    return filter_workflow_cards(
        cards, text=text, category=_parse_filter_choice(category), origin=_parse_filter_choice(origin)
    )


def _parse_filter_choice(value: str | None) -> str | None:
    return None if value == ALL else value


def _reset_workflow_filters() -> None:
    st.session_state[session_keys.CATALOGUE_QUERY] = ""
    st.session_state[session_keys.CATALOGUE_CATEGORY] = ALL
    st.session_state[session_keys.CATALOGUE_ORIGIN] = ALL


def _format_result_count(found: Sequence[WorkflowCard], cards: Sequence[WorkflowCard]) -> str:
    every = format_count(len(cards), "workflow")
    return f"{every}." if len(found) == len(cards) else f"{len(found)} of {every}."


def _draw_workflow_card(card: WorkflowCard, services: Services) -> None:
    description = Html('<p dir="auto">{}</p>').format(card.content.description) if card.content.description else ""
    html = Html('<h3>{}</h3><p>{}</p>{}<p class="zen-small zen-muted">{} · {}</p>').format(
        card.content.name, build_workflow_badges_html(card), description, card.size_text, card.runs_text
    )
    with draw_row_with_buttons(html, key=card.id):
        key = session_keys.catalogue_preview_key(card.id)
        draw_archive_button(card, services)
        st.button("Open", key=key, on_click=set_workflow_in_url, args=(card.address,))
