"""The columns a file may have, the words Zen understands in them, and an example file of each kind."""

import streamlit as st

from lib.content.model import Column, ColumnKind, Table
from lib.files.spreadsheet_writer import CSV_MEDIA_TYPE, XLSX_MEDIA_TYPE
from lib.imports.example_files import (
    ColumnDescription,
    build_example_csv,
    build_example_workbook,
    describe_columns_of_kind,
)
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind
from lib.text.file_names import build_filename
from lib.ui.session_keys import IMPORT_COLUMN_GUIDE, IMPORT_GUIDE_KIND, import_button_key
from lib.ui.tables import draw_table_rows

SHOWN_WORDS = 5
MAX_COLUMNS = 40


def draw_column_guide() -> None:
    """Closed at first; a choice of the kind, its example files, and a table of its columns."""
    guide = st.expander("Columns and example files", type="compact", key=IMPORT_COLUMN_GUIDE, on_change="rerun")
    if not guide.open:
        return
    with guide, st.container(gap="small"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.session_state.setdefault(IMPORT_GUIDE_KIND, ImportKind.CUSTOMERS)
            kind: ImportKind = st.selectbox(
                "A file of",
                list(RECORD_SCHEMAS),
                key=IMPORT_GUIDE_KIND,
                format_func=lambda each: RECORD_SCHEMAS[each].label,
                width=320,
            )
            _draw_example_downloads(kind)
        st.caption("Headers may be those of your own system, in any order. An example file can be imported as it is.")
        draw_table_rows(build_column_table(kind), max_static_rows=MAX_COLUMNS)


def _draw_example_downloads(kind: ImportKind) -> None:
    formats = (("csv", CSV_MEDIA_TYPE, build_example_csv), ("xlsx", XLSX_MEDIA_TYPE, build_example_workbook))
    for extension, media_type, build in formats:
        st.download_button(
            f"Example {extension.upper()}",
            build(kind),
            build_filename("example", RECORD_SCHEMAS[kind].label, extension),
            media_type,
            key=import_button_key(f"example_{extension}", kind),
            icon=":material/download:",
            on_click="ignore",
        )


def build_column_table(kind: ImportKind) -> Table:
    """A row for each column: name, whether a new record needs it, what goes in."""
    columns = (("column", "Column"), ("need", "Needed"), ("takes", "What goes in"))
    rows = tuple(
        {"column": each.label, "need": each.need, "takes": describe_cells(each)}
        for each in describe_columns_of_kind(kind)
    )
    labelled = tuple(Column(key=key, label=label, kind=ColumnKind.TEXT) for key, label in columns)
    return Table(title=RECORD_SCHEMAS[kind].label, columns=labelled, rows=rows)


def describe_cells(column: ColumnDescription) -> str:
    """ "One of smb, mid, enterprise, or a word for it: smb: small, KMU …"."""
    takes = f"{column.takes[0].upper()}{column.takes[1:]}."
    words = "; ".join(
        f"{code}: {', '.join(known[:SHOWN_WORDS])}{'…' if len(known) > SHOWN_WORDS else ''}"
        for code, known in column.words.items()
        if known
    )
    return " ".join(
        part
        for part in (
            takes,
            column.hint,
            f"Understood too: {words}{'' if words.endswith('…') else '.'}" if words else "",
        )
        if part
    )
