import streamlit as st

from lib.actions.model import ActionSource
from lib.customers.customer_page_data import CustomerPage
from lib.text.html import Html
from lib.ui.actions.action_state import open_dialog
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import DialogKind
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import customer_button_key

_ADD_LABELS: dict[DialogKind, str] = {"add_contact": "Add a contact", "add_contract": "Add a term"}


def draw_section_head(title: str, page: CustomerPage, *, button: DialogKind | None = None) -> None:
    """The title of a section, with a quiet button that opens a dialog of the customer."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"customer_head.{title}"):
        draw_html(Html("<h4>{}</h4>").format(title))
        if button is None:
            return
        customer = page.account.customer
        st.button(
            "Add",
            key=customer_button_key(button, customer.id),
            type="tertiary",
            icon=":material/add:",
            help=_ADD_LABELS[button],
            on_click=open_dialog,
            args=(button, ActionSource.CUSTOMER, ActionTarget(customer_name=customer.name, customer_id=customer.id)),
        )
