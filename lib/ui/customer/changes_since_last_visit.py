from datetime import datetime

from lib.customers.customer_page_data import CustomerPage
from lib.services import Services
from lib.text.format import format_count, format_date
from lib.text.html import Html
from lib.text.local_time import to_local_time
from lib.ui.customer.timeline_entries import build_entry_html
from lib.ui.safe_text import draw_html


def draw_changes_since_last_visit(page: CustomerPage, services: Services) -> None:
    """What changed since the person last looked; nothing on the first visit, one line where nothing changed."""
    since = page.since
    if since is None:
        return
    looked = describe_last_visit(since.looked_at, services.person.time_zone)
    if not since.count:
        draw_html(Html('<p class="zen-small zen-muted">{}</p>').format(f"Nothing changed since {looked}."))
        return
    title = f"{format_count(since.count, 'change')} since {looked}"
    entries = Html("").join(build_entry_html(entry, page.account.rules) for entry in since.entries)
    rest = since.count - len(since.entries)
    more = Html('<p class="zen-small zen-muted">{}</p>').format(f"{rest} more in the timeline") if rest > 0 else ""
    draw_html(Html('<details class="zen-since"><summary>{}</summary>{}{}</details>').format(title, entries, more))


def describe_last_visit(looked_at: datetime, time_zone: str) -> str:
    """ "you last looked on 27 Nov 2026"."""
    return f"you last looked on {format_date(to_local_time(looked_at, time_zone).date())}"
