"""What one does with a workflow of the catalogue: start it for a customer, or copy a stock one."""

from collections.abc import Sequence

import streamlit as st

from lib.errors import Conflict, ZenError
from lib.services import Services
from lib.text.escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import keys, placeholders
from lib.ui.catalogue.cards import WorkflowCard, find_company_copy
from lib.ui.catalogue.workflow_list import show_workflow
from lib.ui.navigation import open_run_page, start_run_and_open
from lib.ui.page_cache import invalidate
from lib.workflows.model import StartableCustomer, WorkflowDefinition


def draw_start(card: WorkflowCard, customers: Sequence[StartableCustomer], services: Services) -> None:
    """Choose a customer, then the one primary button; a run that is open already is gone on with."""
    if card.start_blocker:
        st.markdown(f":material/info: {escape_markdown(card.start_blocker)}")
        return
    if not customers:
        st.markdown(":material/info: You have no customers to start it for yet. Ask your admin for your first ones.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        customer = _select_customer(card, customers)
        opened = customer.open.get(card.definition.workflow_id) if customer else None
        is_clicked = st.button(
            "Resume" if opened else "Start",
            type="primary",
            key=keys.catalogue_start(card.definition.id),
            disabled=customer is None,
        )
    if opened and customer:
        st.caption(f"A run is already open for {escape_markdown(customer.name)}; it goes on where it was left.")
    if is_clicked and customer:
        _start_run(card, customer, opened, services)


def draw_copy(card: WorkflowCard, cards: Sequence[WorkflowCard], services: Services) -> None:
    """A stock workflow can be copied once under its id; where that was done, the way to the copy."""
    if not card.definition.is_stock_workflow:
        return
    own = find_company_copy(cards, card)
    if own is not None and card.replaced_by is None:
        st.caption(
            f"Your company has a copy of its own: {escape_markdown(single_line(own.content.name))}, {own.version_text}."
        )
    if own is not None:
        st.button(
            "See your company's copy",
            key=keys.catalogue_preview(own.definition.id),
            on_click=show_workflow,
            args=(own.address,),
        )
        return
    st.caption("To change it, clone it: your company gets a draft of its own, and runs stay on the stock one until a "
               "manager publishes the draft.")  # fmt: skip
    if st.button("Clone", key=keys.catalogue_clone(card.definition.id), icon=":material/content_copy:"):
        _clone_workflow(card, services)


def _select_customer(card: WorkflowCard, customers: Sequence[StartableCustomer]) -> StartableCustomer | None:
    by_id = {customer.id: customer for customer in customers}
    labels = _customer_labels(card, customers)
    chosen = st.selectbox(
        "Start for a customer",
        list(by_id),
        index=None,
        format_func=lambda identity: labels.get(identity, identity),
        placeholder="Choose a customer",
        key=keys.catalogue_customer(card.definition.id),
        width=420,
    )
    return by_id.get(chosen) if chosen else None


def _customer_labels(card: WorkflowCard, customers: Sequence[StartableCustomer]) -> dict[str, str]:
    """Names as they are chosen from: two customers of one name are numbered, for the list tells them apart by it."""
    labels: dict[str, str] = {}
    seen: dict[str, int] = {}
    for customer in customers:
        name = single_line(customer.name)
        seen[name] = seen.get(name, 0) + 1
        number = f" ({seen[name]})" if seen[name] > 1 else ""
        state = ", already open" if card.definition.workflow_id in customer.open else ""
        labels[customer.id] = f"{name}{number}{state}"
    return labels


def _start_run(card: WorkflowCard, customer: StartableCustomer, opened: str | None, services: Services) -> None:
    if opened:
        open_run_page(opened)
    try:
        start_run_and_open(services.executions, workflow_id=card.definition.workflow_id, customer_id=customer.id)
    except ZenError as error:
        placeholders.draw_error(error, key=keys.catalogue_start(card.definition.id))


def _clone_workflow(card: WorkflowCard, services: Services) -> None:
    try:
        made = services.workflows.clone_stock_workflow(card.definition.workflow_id)
    except Conflict as error:
        invalidate(keys.CATALOGUE)
        placeholders.draw_error(error, key=keys.catalogue_clone(card.definition.id))
        return
    except ZenError as error:
        placeholders.draw_error(error, key=keys.catalogue_clone(card.definition.id))
        return
    _open_clone(made)


def _open_clone(made: WorkflowDefinition) -> None:
    invalidate(keys.CATALOGUE)
    st.session_state[keys.CATALOGUE_MESSAGE] = f"“{single_line(made.name)}” is your company's own now, as a draft."
    show_workflow(made.id)
    st.rerun()
