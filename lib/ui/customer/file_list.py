"""Files that were made for the customer, and the slide that makes each again."""

from lib.customers.customer_page_data import CustomerPage, MadeFile
from lib.slides.library import get_default_slide_title
from lib.text.format import format_date
from lib.text.html import Html
from lib.text.local_time import to_local_time
from lib.text.truncate import single_line
from lib.ui import page_links
from lib.ui.safe_text import draw_html, draw_row_with_buttons

SHOWN_FILES = 5
_ROW = Html('<p dir="auto">{}</p><p class="zen-small zen-muted">{}</p>')


def draw_made_files(page: CustomerPage, time_zone: str) -> None:
    """The latest files, newest first; nothing where none was made, and a word where the timeline has others."""
    if not page.files:
        return
    draw_html(Html("<h4>Files</h4>"))
    for place, file in enumerate(page.files[:SHOWN_FILES]):
        with draw_row_with_buttons(
            _ROW.format(single_line(file.filename), describe_made_file(file, time_zone)), key=f"file.{place}"
        ):
            of = (single_line(file.filename), page.account.customer.name)
            page_links.draw_run_link(file.execution_id, "Open", slide_id=file.slide_id, of=of)
    if len(page.files) > SHOWN_FILES:
        draw_html(Html('<p class="zen-small zen-muted">Earlier files are in the timeline, under Runs.</p>'))


def describe_made_file(file: MadeFile, time_zone: str) -> str:
    """ "Prepare the quote, by Alice Moreau, 12 Oct 2026"."""
    title = get_default_slide_title(file.slide_id)
    day = format_date(to_local_time(file.made_at, time_zone).date())
    known = (title, f"by {file.made_by}" if file.made_by else None, day)
    return ", ".join(part for part in known if part)
