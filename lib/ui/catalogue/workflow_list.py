"""The list of workflows and how to look through it."""

from collections.abc import Sequence

import streamlit as st

from lib.content.model import Tone
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html
from lib.ui import empty_and_error_states, session_keys, theme
from lib.ui.catalogue.archive_button import draw_archive_button
from lib.ui.catalogue.workflow_card_filters import CardFilters, filter_workflow_cards
from lib.ui.catalogue.workflow_cards import ORIGINS, CardState, WorkflowCard
from lib.ui.catalogue.workflow_file_controls import draw_file_import
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.safe_text import draw_row_with_buttons
from lib.workflows.model import Category

WORKFLOW_PARAM = "workflow"
ALL = "All"
MOST_WITHOUT_STATE = 8


def draw_workflow_list(cards: Sequence[WorkflowCard], services: Services) -> None:
    """Search and filters, kept in the address; then what they leave."""
    if not cards:
        empty_and_error_states.draw_empty_state(
            "No workflows yet",
            "Zen's own workflows appear here once your operator has loaded them.",
            icon=":material/account_tree:",
        )
        return
    filters = _draw_workflow_filters(cards)
    matching = filter_workflow_cards(cards, filters)
    wants_archived = filters.state is CardState.ARCHIVED
    found = [card for card in matching if card.is_archived is wants_archived]
    if found:
        st.caption(_format_result_count(found, cards, wants_archived))
        _draw_groups(found, services)
    else:
        empty_and_error_states.draw_empty_state(
            "No matching workflows",
            "Search covers names, descriptions and slide titles. Try fewer words or all categories.",
            icon=":material/search_off:",
        )
        st.button("Show all workflows", on_click=_reset_workflow_filters)
    archived = sum(card.is_archived for card in matching)
    if archived and not wants_archived:
        st.button(f"Show archived ({archived})", type="tertiary", on_click=_show_archived)
    with error_boundary("import workflow"):
        draw_file_import(services)


def _draw_groups(cards: Sequence[WorkflowCard], services: Services) -> None:
    """Under whose they are, unless all are of one group."""
    for state in CardState:
        group = [card for card in cards if card.state is state]
        if group and len(group) < len(cards):
            st.markdown(f"## {state}")
        for card in group:
            with error_boundary(f"workflow {card.id}"):
                _draw_workflow_card(card, services)


def set_workflow_in_url(address: str | None) -> None:
    """Show one workflow, or the list again. A callback: the page draws it in the same run."""
    if address is None:
        st.query_params.pop(WORKFLOW_PARAM, None)
    else:
        st.query_params[WORKFLOW_PARAM] = address


def build_workflow_badges_html(card: WorkflowCard) -> Html:
    """Category, origin and version as badges; an invalid or archived workflow says so first."""
    blocked = "cannot be published" if card.draft else "cannot be started"
    invalid = (theme.build_badge_html(blocked, Tone.BAD), " ") if card.errors else ()
    archived = ("archived",) if card.is_archived else ()
    texts = (*archived, card.content.category, card.origin.lower(), card.version_text)
    newer = (" ", theme.build_badge_html(card.newer_stock_text, Tone.WARNING)) if card.has_newer_stock else ()
    begins = (" ", theme.build_badge_html("begins by itself", Tone.GOOD)) if card.begins_by_itself else ()
    return Html("").join((*invalid, Html(" ").join(theme.build_badge_html(text) for text in texts), *begins, *newer))


def _draw_workflow_filters(cards: Sequence[WorkflowCard]) -> CardFilters:
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key="catalogue_filters"):
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
    return CardFilters(
        text=text,
        category=_parse_filter_choice(category),
        origin=_parse_filter_choice(origin),
        state=_draw_state_filter(cards),
    )


def _draw_state_filter(cards: Sequence[WorkflowCard]) -> CardState | None:
    """Drawn where a glance at the headings does not do."""
    if len(cards) <= MOST_WITHOUT_STATE and not any(card.is_archived for card in cards):
        return None
    chosen = st.segmented_control(
        "Status",
        [ALL, *(state.value for state in CardState)],
        default=ALL,
        required=True,
        key=session_keys.CATALOGUE_STATE,
        bind="query-params",
    )
    return None if chosen == ALL else CardState(chosen)


def _parse_filter_choice(value: str | None) -> str | None:
    return None if value == ALL else value


def _reset_workflow_filters() -> None:
    st.session_state[session_keys.CATALOGUE_QUERY] = ""
    st.session_state[session_keys.CATALOGUE_CATEGORY] = ALL
    st.session_state[session_keys.CATALOGUE_ORIGIN] = ALL
    st.session_state[session_keys.CATALOGUE_STATE] = ALL


def _show_archived() -> None:
    st.session_state[session_keys.CATALOGUE_STATE] = CardState.ARCHIVED.value


def _format_result_count(found: Sequence[WorkflowCard], cards: Sequence[WorkflowCard], archived: bool) -> str:
    every = [card for card in cards if card.is_archived is archived]
    total = format_count(len(every), "archived workflow" if archived else "workflow")
    return f"{total}." if len(found) == len(every) else f"{len(found)} of {total}."


def _draw_workflow_card(card: WorkflowCard, services: Services) -> None:
    description = Html('<p dir="auto">{}</p>').format(card.content.description) if card.content.description else ""
    changed = card.describe_last_change(services.person.time_zone)
    figures = [text for text in (card.size_text, card.runs_text, card.effect_text, changed) if text]
    html = Html('<h3>{}</h3><p>{}</p>{}<p class="zen-small zen-muted">{}</p>').format(
        card.content.name, build_workflow_badges_html(card), description, " · ".join(figures)
    )
    with draw_row_with_buttons(html, key=card.id):
        key = session_keys.catalogue_preview_key(card.id)
        draw_archive_button(card, services)
        st.button("Open", key=key, on_click=set_workflow_in_url, args=(card.address,))
