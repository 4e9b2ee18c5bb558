"""Rows whose customer looks like one that Zen has: is it the same?"""

import streamlit as st

from lib.imports.import_overview import ImportOverview
from lib.imports.model import SimilarCustomer, StagedRow
from lib.services import Services
from lib.text.format import format_count, join_names
from lib.text.html import Html
from lib.text.truncate import truncate
from lib.ui import row_pager
from lib.ui.actions import buttons
from lib.ui.imports import commands
from lib.ui.imports.staged_row_html import name_staged_record
from lib.ui.safe_text import draw_row_with_buttons
from lib.ui.session_keys import import_field_key

MAX_CANDIDATES = 3
MAX_NAME_CHARS = 60
_ROW = Html('<p><strong>{}</strong> <span class="zen-muted">line {}</span></p><p class="zen-small">{}</p>')


def draw_similar_customers(opened: ImportOverview, services: Services) -> None:
    """Nothing where no row looks like a customer. One request for a page of them."""
    total = opened.similar
    if not total or not opened.can_change:
        return
    st.markdown(f"#### :material/help: {format_count(total, 'customer')} to recognise")
    st.caption(
        "A row that you say nothing about is brought in as a customer of its own. Where several have its name, it "
        "stays refused."
    )
    part = import_field_key(opened.id, "similar")
    window = row_pager.get_row_window(part, total, at_first=10)
    fetch = services.import_views.fetch_similar_rows
    for row in row_pager.load_window_rows(part, window, lambda first, most: fetch(opened.id, first=first, most=most)):
        _draw_similar_row(row, opened)
    row_pager.draw_row_pager(part, window, total, "customer", page_rows=20)


def _draw_similar_row(row: StagedRow, opened: ImportOverview) -> None:
    found, others = row.candidates[:MAX_CANDIDATES], row.candidates[MAX_CANDIDATES:]
    likely = join_names(
        [*(f"{each.name} ({each.score:.0f}%)" for each in found), *([f"{len(others)} more"] if others else [])]
    )
    html = _ROW.format(name_staged_record(row.kind, row.field_values), row.line, f"Looks like {likely}.")
    with draw_row_with_buttons(html, key=f"similar.{row.id}"):
        for each in found:
            _draw_candidate_button(opened, row, each)
        if others:
            with st.popover(f"{len(others)} more", type="tertiary"):
                for each in others:
                    _draw_candidate_button(opened, row, each)
        command = commands.build_choose_customer_command(opened, row, None, "a customer of its own")
        buttons.draw_command_button("None of them", command, key=f"same.{row.id}.none", is_quiet=True)


def _draw_candidate_button(opened: ImportOverview, row: StagedRow, candidate: SimilarCustomer) -> None:
    command = commands.build_choose_customer_command(opened, row, candidate.id, f"the same as {candidate.name}")
    label = f"It is {truncate(candidate.name, MAX_NAME_CHARS)}"
    buttons.draw_command_button(label, command, key=f"same.{row.id}.{candidate.id}", is_quiet=True)
