"""The contacts of a customer: who is there, in what role, and how they think of us."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.customers.customer_edit_schemas import CONTACT_ROLES
from lib.customers.customer_page_data import ContactRow, CustomerPage
from lib.text.format import format_count, format_date, format_short_date, humanize_code
from lib.text.html import Html
from lib.ui.actions import buttons
from lib.ui.actions.action_target import ActionTarget
from lib.ui.customer.section_head import draw_section_head
from lib.ui.safe_text import draw_html, draw_row_with_buttons

_ROW = Html('<p dir="auto"><strong>{}</strong>{}</p><p class="zen-small zen-muted">{}</p>')


def draw_contacts(page: CustomerPage) -> None:
    """Those who are there, then those who left."""
    there = [each for each in page.contacts if each.status != "left"]
    left = [each for each in page.contacts if each.status == "left"]
    draw_section_head("Contacts", page, button="add_contact" if page.may_write else None)
    if not page.contacts:
        draw_html(Html('<p class="zen-small zen-muted">No contact on record.</p>'))
    for contact in there:
        _draw_contact(contact, page)
    if left:
        with st.expander(f"{format_count(len(left))} left", type="compact"):
            for contact in left:
                _draw_contact(contact, page)


def _draw_contact(contact: ContactRow, page: CustomerPage) -> None:
    html = build_contact_html(contact, page)
    if not page.may_write:
        draw_html(html)
        return
    customer = page.account.customer
    target = ActionTarget(customer_name=customer.name, customer_id=customer.id, row_id=contact.id)
    with draw_row_with_buttons(html, key=f"contact.{contact.id}"):
        buttons.draw_action_menu(
            ("edit_contact", "contact_left") if contact.status != "left" else ("edit_contact",),
            target,
            ActionSource.CUSTOMER,
            of=f"contact.{contact.id}",
            about=contact.name,
        )


def build_contact_html(contact: ContactRow, page: CustomerPage) -> Html:
    """Name and title, then role, attitude and when we last spoke, then the address."""
    title = f", {contact.title}" if contact.title else ""
    facts = Html.escape(" · ".join(list_contact_facts(contact, page)))
    lines = Html("<br>").join((facts, *((contact.email,) if contact.email else ())))
    return _ROW.format(contact.name, title, lines)


def list_contact_facts(contact: ContactRow, page: CustomerPage) -> list[str]:
    """ "Champion", "positive", "spoke 12 Nov"."""
    known = (
        CONTACT_ROLES.get(contact.role, humanize_code(contact.role)),
        contact.sentiment,
        f"spoke {format_short_date(contact.last_contact_on)}" if contact.last_contact_on else None,
        "not confirmed recently" if contact.status == "unknown" else None,
        _describe_departure(contact, page),
    )
    return [fact for fact in known if fact]


def _describe_departure(contact: ContactRow, page: CustomerPage) -> str | None:
    if contact.status != "left":
        return None
    successor = next((each.name for each in page.contacts if each.id == contact.replaced_by), None)
    when = f"left {format_date(contact.left_on)}" if contact.left_on else "left"
    return f"{when}, replaced by {successor}" if successor else f"{when}, no successor known"
