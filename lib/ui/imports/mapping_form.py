"""A file that was chosen: what was recognised, and a button that checks it. Nothing is stored before."""

import streamlit as st

from lib.errors import ZenError
from lib.services import Services
from lib.text.format import format_count, join_names
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states
from lib.ui.imports import column_form, file_form, kind_form, word_table
from lib.ui.imports.import_address import open_import
from lib.ui.imports.import_draft import ImportDraft, discard_import_draft
from lib.ui.session_keys import import_button_key


def draw_mapping_form(draft: ImportDraft, services: Services) -> None:
    """The file, its columns, words and values; then the button. Each part can be changed."""
    st.button(
        "All imports",
        key=import_button_key("back", ""),
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=discard_import_draft,
    )
    st.markdown(f"## {escape_markdown(draft.file_name)}")
    if draft.error is not None:
        empty_and_error_states.draw_error(draft.error, key="import_file")
    file_form.draw_file_layout(draft)
    st.markdown("#### What it holds")
    kind_form.draw_kind(draft)
    if draft.is_saved_mapping:
        st.caption("Mapped as your last file with these columns.")
    st.markdown("#### Columns")
    column_form.draw_columns(draft)
    kind_form.draw_fixed_values(draft)
    word_table.draw_word_tables(draft)
    _draw_check_button(draft, services)


def _draw_check_button(draft: ImportDraft, services: Services) -> None:
    questions = column_form.list_blocking_questions(draft)
    if questions:
        named = join_names(f"“{single_line(question.header, max_length=60)}”" for question in questions)
        st.markdown(f":orange[:material/help:] First say what is open about {escape_markdown(named)}.")
    is_clicked = st.button(
        f"Check {format_count(draft.profile.row_count, 'row')}",
        key=import_button_key("check", draft.id),
        type="primary",
        icon=":material/fact_check:",
        disabled=bool(questions) or not draft.mapping.list_mapped(),
        help="Nothing is changed yet: you see first what would be.",
    )
    if is_clicked:
        _stage_and_check(draft, services)


def _stage_and_check(draft: ImportDraft, services: Services) -> None:
    """Send the rows to the database and have them checked; then show the preview."""
    try:
        with st.spinner(f"Checking {format_count(draft.profile.row_count, 'row')} against your customers…"):
            import_id = services.imports.stage_file(draft.table, draft.mapping, file_name=draft.file_name)
            services.imports.save_mapping(draft.mapping, name=draft.mapping_name)
    except ZenError as error:
        draft.error = error
        st.rerun()
    discard_import_draft()
    open_import(import_id)
    st.rerun()
