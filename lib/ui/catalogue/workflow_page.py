"""One workflow: what it is, starting it for a customer, cloning it, and what its slides are for."""

from collections.abc import Sequence

import streamlit as st

from lib.errors import Conflict, ZenError
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html, build_icon_html
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, session_keys
from lib.ui.catalogue.archive_button import draw_archive_or_restore_button
from lib.ui.catalogue.effectiveness_section import draw_effectiveness
from lib.ui.catalogue.slide_list import build_slides_html
from lib.ui.catalogue.stock_changes_section import draw_stock_changes
from lib.ui.catalogue.trigger_section import draw_trigger
from lib.ui.catalogue.version_comparison import draw_version_comparison
from lib.ui.catalogue.workflow_cards import WorkflowCard, find_company_copy
from lib.ui.catalogue.workflow_draft_controls import draw_draft_controls
from lib.ui.catalogue.workflow_file_controls import draw_file_downloads
from lib.ui.catalogue.workflow_list import build_workflow_badges_html, set_workflow_in_url
from lib.ui.current_page import set_page_title
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.ghost_run.case_section import draw_workflow_cases
from lib.ui.ghost_run.ghost_run_section import draw_ghost_run
from lib.ui.page_cache import invalidate
from lib.ui.page_links import GHOST_RUN_TAB, switch_to_builder, switch_to_peek, switch_to_run_page
from lib.ui.safe_text import draw_html
from lib.workflows.model import StartableCustomer

MAX_ERRORS = 20
SLIDES = "slides"
EFFECTIVENESS = "effectiveness"
VERSIONS = "versions"
GHOST = "ghost"
STOCK = "stock"
DETAILS = {
    SLIDES: "Slides",
    STOCK: "Stock's changes",
    EFFECTIVENESS: "Effectiveness",
    VERSIONS: "Compare versions",
    GHOST: GHOST_RUN_TAB,
}
EDIT_HELP = "Makes a draft of the next version. Runs stay on this one until a manager publishes the draft."


def draw_workflow_page(
    card: WorkflowCard, cards: Sequence[WorkflowCard], customers: Sequence[StartableCustomer], services: Services
) -> None:
    """The next step first, then the slides."""
    set_page_title(card.content.name)
    draw_back_button()
    draw_html(_build_workflow_head_html(card))
    _draw_workflow_errors(card)
    with error_boundary("start workflow"):
        _draw_start_run_form(card, customers)
    with error_boundary("draft of workflow"):
        draw_draft_controls(card, services)
    with error_boundary("clone workflow"):
        _draw_edit_or_clone_button(card, cards, services)
    with error_boundary("trigger of workflow"):
        draw_trigger(card, services)
    with error_boundary("archive workflow"):
        draw_archive_or_restore_button(card, services)
    with error_boundary("file of workflow"):
        draw_file_downloads(card, services)
    with error_boundary("details of workflow"):
        _draw_details(card, cards, customers, services)


def _draw_details(
    card: WorkflowCard, cards: Sequence[WorkflowCard], customers: Sequence[StartableCustomer], services: Services
) -> None:
    """The slides, what became of the runs, two versions side by side, or a ghost run; the address keeps which.

    What stock changed is one of them for a copy of an earlier stock version.
    """
    shown = st.segmented_control(
        "Show",
        [detail for detail in DETAILS if detail != STOCK or card.has_newer_stock],
        default=SLIDES,
        required=True,
        format_func=DETAILS.__getitem__,
        key=session_keys.CATALOGUE_SHOWN,
        label_visibility="collapsed",
        bind="query-params",
    )
    if shown == EFFECTIVENESS:
        draw_effectiveness(card, services)
    elif shown == VERSIONS:
        draw_version_comparison(card, cards, services)
    elif shown == STOCK:
        draw_stock_changes(card, services)
    elif shown == GHOST:
        draw_ghost_run(card.content, customers, services)
        draw_workflow_cases(card.content, services)
    else:
        draw_html(build_slides_html(card))


def draw_workflow_not_found(address: str) -> None:
    draw_back_button()
    empty_and_error_states.draw_empty_state(
        f"There is no workflow “{single_line(address, max_length=100)}”",
        "It was archived, or the address is mistyped. See all workflows for the others.",
        icon=":material/search_off:",
    )


def draw_back_button() -> None:
    st.button(
        "All workflows",
        key=session_keys.CATALOGUE_BACK,
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=set_workflow_in_url,
        args=(None,),
    )


def _build_workflow_head_html(card: WorkflowCard) -> Html:
    content = card.content
    description = Html('<p dir="auto">{}</p>').format(content.description) if content.description else ""
    return Html('<h1>{}</h1><p>{}</p>{}<p class="zen-small zen-muted">{} · {}</p>').format(
        content.name, build_workflow_badges_html(card), description, card.size_text, card.runs_text
    )


def _draw_workflow_errors(card: WorkflowCard) -> None:
    if not card.errors:
        return
    title = f"{format_count(len(card.errors), 'error')} in this workflow"
    items, more = (
        Html("").join(Html("<li>{}</li>").format(error) for error in errors)
        for errors in (card.errors[:MAX_ERRORS], card.errors[MAX_ERRORS:])
    )
    rest = Html("")
    if len(card.errors) > MAX_ERRORS:
        summary = format_count(len(card.errors) - MAX_ERRORS, "more error")
        rest = Html("<details><summary>{}</summary><ul>{}</ul></details>").format(summary, more)
    with st.container(border=True):
        draw_html(Html("<h5>{}{}</h5><ul>{}</ul>{}").format(build_icon_html(":material/error:"), title, items, rest))


def _draw_start_run_form(card: WorkflowCard, customers: Sequence[StartableCustomer]) -> None:
    """Choose a customer, then the one primary button; it opens a run that is there, or what it would begin with."""
    if card.start_blocker or not customers:
        blocker = card.start_blocker or "You have no customers to start it for. Ask your admin for your first ones."
        draw_html(Html("<p>{}{}</p>").format(build_icon_html(":material/info:"), blocker))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        customer = _draw_customer_select(card, customers)
        open_run = customer.open.get(card.workflow_id) if customer else None
        is_clicked = st.button(
            "Resume" if open_run else "Open",
            type="primary",
            key=session_keys.catalogue_start_key(card.id),
            disabled=customer is None,
        )
    if open_run and customer:
        name = build_customer_link_html(customer.id, single_line(customer.name))
        draw_html(Html('<p class="zen-small zen-muted">{} already has an open run.</p>').format(name))
    if is_clicked and customer:
        if open_run:
            switch_to_run_page(open_run)
        switch_to_peek(card.workflow_id, customer.id)


def _draw_customer_select(card: WorkflowCard, customers: Sequence[StartableCustomer]) -> StartableCustomer | None:
    by_id = {customer.id: customer for customer in customers}
    labels = _build_customer_labels(card, customers)
    chosen = st.selectbox(
        "For a customer",
        list(by_id),
        index=None,
        format_func=lambda identity: labels.get(identity, identity),
        placeholder="Choose a customer",
        key=session_keys.catalogue_customer_key(card.id),
        width=420,
    )
    return by_id.get(chosen) if chosen else None


def _build_customer_labels(card: WorkflowCard, customers: Sequence[StartableCustomer]) -> dict[str, str]:
    """Names to choose from. Two customers of one name are numbered: the list tells options apart by their label."""
    labels: dict[str, str] = {}
    seen: dict[str, int] = {}
    for customer in customers:
        name = single_line(customer.name)
        seen[name] = seen.get(name, 0) + 1
        number = f" ({seen[name]})" if seen[name] > 1 else ""
        state = ", already open" if card.workflow_id in customer.open else ""
        labels[customer.id] = f"{name}{number}{state}"
    return labels


def _draw_edit_or_clone_button(card: WorkflowCard, cards: Sequence[WorkflowCard], services: Services) -> None:
    """A stock workflow can be cloned once; after that, the way to the company's copy."""
    if not card.is_stock:
        _draw_edit_button(card, services)
        return
    own = find_company_copy(cards, card)
    if own is not None:
        whose = "your company's copy" if own.draft is None else "your draft"
        if card.replaced_by is None and own.draft is None:
            st.caption(f"Your company has its own copy: {escape_markdown(own.content.name)}, {own.version_text}.")
        key = session_keys.catalogue_preview_key(own.id)
        st.button(f"See {whose}", key=key, on_click=set_workflow_in_url, args=(own.address,))
        return
    st.caption(
        "Clone it to change it: you get a draft of your own. Runs stay on the stock workflow until a manager publishes "
        "a draft."
    )
    if st.button("Clone", key=session_keys.catalogue_clone_key(card.id), icon=":material/content_copy:"):
        _clone_workflow(card, services)


def _clone_workflow(card: WorkflowCard, services: Services) -> None:
    try:
        clone = services.workflows.clone_stock_workflow(card.workflow_id)
    except ZenError as error:
        if isinstance(error, Conflict):
            invalidate(session_keys.CATALOGUE)  # a colleague was faster
        empty_and_error_states.draw_error(error, key=session_keys.catalogue_clone_key(card.id))
        return
    invalidate(session_keys.CATALOGUE)
    switch_to_builder(clone.id)


def _draw_edit_button(card: WorkflowCard, services: Services) -> None:
    """A workflow of the company first gets a draft of its next version."""
    if card.definition is not None and st.button(
        "Edit", key=session_keys.catalogue_edit_key(card.id), icon=":material/edit:", help=EDIT_HELP
    ):
        try:
            draft = services.workflows.create_draft_of_latest_version(card.definition)
        except ZenError as error:
            empty_and_error_states.draw_error(error, key=session_keys.catalogue_edit_key(card.id))
            return
        invalidate(session_keys.CATALOGUE)
        switch_to_builder(draft.id)
