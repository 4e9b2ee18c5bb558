"""The contacts of a customer: who is there, in what role, and how they think of us."""

from lib.customers.customer_page import ContactRow, CustomerPage
from lib.text.format import format_count, format_date, humanize_code
from lib.text.html import Html
from lib.ui.safe_text import draw_html

_ROW = Html('<p><strong>{}</strong>{}</p><p class="zen-small zen-muted">{}</p>')


def draw_contacts(page: CustomerPage) -> None:
    """Those who are there, then those who left."""
    there = [each for each in page.contacts if each.status != "left"]
    left = [each for each in page.contacts if each.status == "left"]
    draw_html(Html("<h4>Contacts</h4>"))
    if not page.contacts:
        draw_html(Html('<p class="zen-small zen-muted">No contact on record.</p>'))
    for contact in there:
        draw_html(build_contact_html(contact, page))
    if left:
        rows = Html("").join(build_contact_html(contact, page) for contact in left)
        draw_html(Html("<details><summary>{}</summary>{}</details>").format(f"{format_count(len(left))} left", rows))


def build_contact_html(contact: ContactRow, page: CustomerPage) -> Html:
    """Name and title, then role, attitude, address, and when we last spoke."""
    title = f", {contact.title}" if contact.title else ""
    return _ROW.format(contact.name, title, " · ".join(list_contact_facts(contact, page)))


def list_contact_facts(contact: ContactRow, page: CustomerPage) -> list[str]:
    known = (
        humanize_code(contact.role).capitalize(),
        contact.sentiment,
        contact.email,
        f"last contact {format_date(contact.last_contact_on)}" if contact.last_contact_on else None,
        "not confirmed for long" if contact.status == "unknown" else None,
        _describe_departure(contact, page),
    )
    return [fact for fact in known if fact]


def _describe_departure(contact: ContactRow, page: CustomerPage) -> str | None:
    if contact.status != "left":
        return None
    successor = next((each.name for each in page.contacts if each.id == contact.replaced_by), None)
    when = f"left {format_date(contact.left_on)}" if contact.left_on else "left"
    return f"{when}, replaced by {successor}" if successor else f"{when}, no successor known"
