"""The refused rows as a spreadsheet that can be corrected and imported: their cells, why, and what to do."""

from functools import partial

import streamlit as st

from lib.content.model import Column, ColumnKind, Table
from lib.files.spreadsheet_writer import XLSX_MEDIA_TYPE, build_table_xlsx
from lib.imports.import_overview import ImportOverview, RowGroup
from lib.imports.model import StagedRow
from lib.imports.refusal_sentences import label_refusal
from lib.imports.usage_rollup import find_file_line_of_number
from lib.services import Services
from lib.text.file_names import build_filename
from lib.text.format import format_count
from lib.ui.session_keys import import_button_key

MAX_PAGE_ROWS = 1000
LINE, REASON, REMEDY = "zen.line", "zen.reason", "zen.remedy"


def draw_refused_rows_download(opened: ImportOverview, services: Services) -> None:
    """A button; nothing without refused rows. The rows are read when it is clicked."""
    count = opened.count_rows_of_group(RowGroup.REFUSED)
    if count:
        st.download_button(
            f"Download {format_count(count, 'refused row')}",
            partial(_build_refused_rows_workbook, opened, services),
            build_filename("refused", opened.file_name, "xlsx", default="rows"),
            XLSX_MEDIA_TYPE,
            key=import_button_key("refused", opened.id),
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def _build_refused_rows_workbook(opened: ImportOverview, services: Services) -> bytes:
    rows: list[StagedRow] = []
    while True:
        page = services.import_views.fetch_rows_of_group(
            opened.id, RowGroup.REFUSED, first=len(rows), most=MAX_PAGE_ROWS
        )
        rows.extend(page)
        if len(page) < MAX_PAGE_ROWS:
            return build_table_xlsx(build_refused_rows_table(opened, rows))


def build_refused_rows_table(opened: ImportOverview, rows: list[StagedRow]) -> Table:
    """The columns of the file, then line, reasons and remedies."""
    own = tuple(
        Column(key=str(place), label=header, kind=ColumnKind.TEXT) for place, header in enumerate(opened.headers)
    )
    added = (
        Column(key=LINE, label="Line", kind=ColumnKind.NUMBER),
        Column(key=REASON, label="Refused because", kind=ColumnKind.TEXT),
        Column(key=REMEDY, label="What to do", kind=ColumnKind.TEXT),
    )
    return Table(title="Refused rows", columns=(*own, *added), rows=tuple(_build_refused_row(row) for row in rows))


def _build_refused_row(row: StagedRow) -> dict[str, str | int]:
    return {
        **{str(place): cell for place, cell in enumerate(row.cells)},
        LINE: find_file_line_of_number(row.line),
        REASON: " ".join(label_refusal(row.kind, refusal).reason for refusal in row.refusals),
        REMEDY: " ".join(dict.fromkeys(refusal.remedy for refusal in row.refusals)),
    }
