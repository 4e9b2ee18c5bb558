"""Earlier imports: who brought in which file, when, and what it did."""

from collections.abc import Sequence

import streamlit as st

from lib.errors import ZenError
from lib.imports.import_overview import ImportOverview
from lib.imports.model import ImportStatus
from lib.services import Services
from lib.text.html import Html
from lib.ui import empty_and_error_states, page_cache, row_pager, theme
from lib.ui.imports.column_guide import draw_column_guide
from lib.ui.imports.duplicates import draw_duplicates
from lib.ui.imports.file_form import draw_file_chooser
from lib.ui.imports.import_url import open_import
from lib.ui.imports.staged_rows import describe_row_counts
from lib.ui.safe_text import draw_row_with_buttons
from lib.ui.session_keys import IMPORTS, import_button_key

MAX_IMPORTS = 10_000
STATUS_WORDS = {
    ImportStatus.STAGING: "not finished",
    ImportStatus.CHECKED: "checked, not brought in yet",
    ImportStatus.DECIDED: "being brought in",
    ImportStatus.APPLIED: "brought in",
    ImportStatus.STOPPED: "stopped",
    ImportStatus.UNDONE: "undone",
}
_ROW = Html('<p><strong>{}</strong> <span class="zen-muted">{}</span></p><p class="zen-small zen-muted">{}</p>')


def draw_earlier_imports(services: Services) -> None:
    """The uploader, and the earlier imports below it. One request."""
    st.markdown(
        "Bring in customers, contracts, contacts, usage, tickets, survey answers, notes or the price list from another "
        "system, as a CSV file, a workbook or JSON Lines. **You see first what would change, and can undo it later.**"
    )
    draw_file_chooser(services)
    draw_column_guide()
    window = row_pager.get_row_window(IMPORTS, MAX_IMPORTS, at_first=row_pager.PAGE_ROWS)
    key = f"{IMPORTS}.{window.first}.{window.count}"
    fetch = lambda: services.import_views.fetch_imports(first=window.first, most=window.count)  # noqa: E731
    try:
        loaded = page_cache.load_for_page(key, fetch, skeleton_height=200)
    except ZenError as error:
        empty_and_error_states.draw_error(error, retry=lambda: page_cache.invalidate(key), key="imports")
        return
    page_cache.draw_cache_error(key, loaded, what="the list", time_zone=services.person.time_zone)
    draw_duplicates(services)
    draw_import_list(loaded.value.imports, loaded.value.total, services.person.time_zone)
    page_cache.draw_refresh_footer(key, loaded, time_zone=services.person.time_zone)


def draw_import_list(imports: Sequence[ImportOverview], total: int, time_zone: str) -> None:
    st.markdown("## Earlier imports")
    if not imports:
        text = "Imported files appear here, with what each changed and a way to undo it."
        empty_and_error_states.draw_empty_state("No imports yet", text, icon=":material/upload_file:")
        return
    for each in imports:
        with draw_row_with_buttons(build_import_html(each, time_zone), key=f"import.{each.id}"):
            st.button(
                "Continue" if each.can_change else "Open",
                key=import_button_key("open", each.id),
                type="tertiary",
                icon=":material/arrow_forward:",
                on_click=open_import,
                args=(each.id,),
            )
    row_pager.draw_row_pager(IMPORTS, row_pager.get_row_window(IMPORTS, total, at_first=len(imports)), total, "import")


def build_import_html(each: ImportOverview, time_zone: str) -> Html:
    """The file with its kind and status; below it who, when, and the counts."""
    label = f"{each.label} · {STATUS_WORDS[each.status]}"
    who = each.created_by_name or "the operator"
    when = theme.format_timestamp(each.created_at, time_zone)
    return _ROW.format(each.file_name, label, f"{who}, {when} · {describe_row_counts(each)}")
