"""The latest notes and the tickets of a customer."""

from lib.customers.customer_page import CustomerPage
from lib.text.html import Html
from lib.ui import tables
from lib.ui.customer.customer_tables import build_ticket_table
from lib.ui.run.customer_records import build_note_html
from lib.ui.safe_text import draw_html

LATEST_NOTES = 10


def draw_notes(page: CustomerPage) -> None:
    draw_html(Html("<h4>Notes</h4>"))
    if not page.account.notes:
        draw_html(Html('<p class="zen-small zen-muted">No note yet.</p>'))
    for note in page.account.notes[:LATEST_NOTES]:
        draw_html(build_note_html(note))


def draw_tickets(page: CustomerPage) -> None:
    tables.draw_table(build_ticket_table(page.account.tickets), key="customer.tickets")
