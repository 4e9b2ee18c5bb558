"""Choosing a file, and what was recognised of it in words; each part can be changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.errors import ZenError
from lib.imports.charset_detection import ENCODING_LABELS
from lib.imports.column_recognition import RecognizedTable
from lib.imports.csv_dialect import SEPARATOR_NAMES, SEPARATORS
from lib.imports.file_summary import summarize_file
from lib.imports.file_table import MAX_TEXT_BYTES, MEGABYTE, FileFormat
from lib.services import Services
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states
from lib.ui.imports.import_draft import ImportDraft, start_import_draft
from lib.ui.session_keys import IMPORT_NUMBER, IMPORT_UPLOAD, import_field_key
from lib.ui.upload_permission import allow_uploads_of_tab

FILE_TYPES = ("csv", "tsv", "txt", "xlsx", "xlsb", "xls", "ods", "json", "jsonl", "ndjson")
MAX_UPLOAD_MB = MAX_TEXT_BYTES // MEGABYTE


def draw_file_chooser(services: Services) -> None:
    """The uploader. A file becomes the draft, and the page is drawn anew; for one that is no table, why."""
    number = st.session_state.setdefault(IMPORT_NUMBER, 0)
    allow_uploads_of_tab()
    file = st.file_uploader(
        "CSV, workbook or JSON Lines",
        FILE_TYPES,
        key=f"{IMPORT_UPLOAD}.{number}",
        max_upload_size=MAX_UPLOAD_MB,
    )
    if file is None:
        return
    try:
        with empty_and_error_states.show_skeleton(height=120):
            start_import_draft(file, file.name, services)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="import_upload")
        return
    st.session_state[IMPORT_NUMBER] = number + 1  # an uploader that is drawn again would bring the file back
    st.rerun()


def draw_file_layout(draft: ImportDraft) -> None:
    """What was recognised, in words, and a popover that changes it."""
    summary = summarize_file(draft.table.layout, draft.profile, RecognizedTable(mapping=draft.mapping, kinds=()))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(escape_markdown(" ".join(summary.sentences)), width="content")
        if draft.import_id is not None:  # the import has the columns and the kind of the file as it was read
            return
        with st.popover("Change", type="tertiary", icon=":material/tune:", key=import_field_key(draft.id, "layout")):
            _draw_layout_choices(draft)


def _draw_layout_choices(draft: ImportDraft) -> None:
    layout = draft.table.layout
    if layout.format is FileFormat.CSV:
        _draw_layout_select(
            draft, "separator", "Cells are separated by", list(SEPARATORS), layout.separator,
            {mark: SEPARATOR_NAMES[mark].capitalize() for mark in SEPARATORS},
        )  # fmt: skip
    if layout.encoding:
        encodings = list(dict.fromkeys((layout.encoding, "utf-8", "cp1252", "utf-16", "iso8859-15", "mac_roman")))
        _draw_layout_select(draft, "encoding", "Encoding", encodings, layout.encoding, ENCODING_LABELS)
    if len(layout.sheets) > 1:
        _draw_layout_select(draft, "sheet", "Sheet", layout.sheets, layout.sheet, {})
    if layout.format is not FileFormat.JSON_LINES:
        _draw_layout_select(
            draft, "has_header", "Names of the columns", [True, False], layout.header_line is not None,
            {True: "The file has a header", False: "There is no header"},
        )  # fmt: skip


def _draw_layout_select(
    draft: ImportDraft, name: str, label: str, options: Sequence[object], current: object, labels: Mapping[Any, str]
) -> None:
    key = import_field_key(draft.id, f"layout.{name}")
    st.session_state[key] = current
    st.selectbox(
        label,
        list(options),
        key=key,
        format_func=lambda option: labels.get(option, str(option)),
        on_change=_change_layout,
        args=(draft, name, key),
    )


def _change_layout(draft: ImportDraft, name: str, key: str) -> None:
    """A callback."""
    draft.read_file_again(replace(draft.choices, **{name: st.session_state[key]}))
