"""A file that was chosen: what was recognised, and a button that checks it. Nothing is stored before."""

from collections.abc import Sequence

import streamlit as st

from lib.errors import ZenError
from lib.imports.mapping_questions import MappingQuestion, QuestionKind
from lib.services import Services
from lib.text.format import format_count, join_names
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, page_cache
from lib.ui.imports import column_form, file_form, record_kind_form, word_translation_table
from lib.ui.imports.import_draft import ImportDraft, discard_import_draft, set_aside_checked_draft
from lib.ui.imports.import_progress import show_progress_bar
from lib.ui.imports.import_url import open_import
from lib.ui.session_keys import import_button_key


def draw_mapping_form(draft: ImportDraft, services: Services) -> None:
    """The file, its columns, words and values; then the button. Each part can be changed."""
    st.button(
        "All imports" if draft.import_id is None else "Back to the check",
        key=import_button_key("back", ""),
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=_leave_mapping,
        args=(draft,),
    )
    st.markdown(f"## {escape_markdown(draft.file_name)}")
    if draft.error is not None:
        empty_and_error_states.draw_error(draft.error, key="import_file")
    file_form.draw_file_layout(draft)
    st.markdown("#### What it holds")
    record_kind_form.draw_record_kind_form(draft)
    if draft.is_saved_mapping:
        st.caption("Mapped as your last file with these columns.")
    st.markdown("#### Columns")
    column_form.draw_column_mapping_form(draft)
    record_kind_form.draw_fixed_values(draft)
    word_translation_table.draw_word_tables(draft)
    record_kind_form.draw_missing_fields(draft)
    _draw_check_button(draft, services)


def _leave_mapping(draft: ImportDraft) -> None:
    """A callback."""
    discard_import_draft()
    if draft.import_id is not None:
        open_import(draft.import_id)


def _draw_check_button(draft: ImportDraft, services: Services) -> None:
    questions = column_form.list_blocking_questions(draft)
    if questions:
        st.markdown(f":orange[:material/help:] {escape_markdown(describe_blocking_questions(questions))}")
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


def describe_blocking_questions(questions: Sequence[MappingQuestion]) -> str:
    """What has to be chosen before the check: "Choose what “ARR” becomes, or leave it out."."""
    named = {
        is_undecided: join_names(
            f"“{single_line(question.header, max_length=60)}”"
            for question in questions
            if (question.kind is QuestionKind.UNDECIDED) is is_undecided
        )
        for is_undecided in (True, False)
    }
    undecided = [question for question in questions if question.kind is QuestionKind.UNDECIDED]
    become, them = ("becomes", "it") if len(undecided) == 1 else ("become", "them")
    parts = [f"Choose what {named[True]} {become}, or leave {them} out."] if named[True] else []
    parts += [f"Choose how {named[False]} is read."] if named[False] else []
    return " ".join(parts)


def _stage_and_check(draft: ImportDraft, services: Services) -> None:
    """Send the rows to the database and have them checked; then show the preview."""
    try:
        with show_progress_bar(
            f"Checking {format_count(draft.profile.row_count, 'row')} against your customers…"
        ) as report:
            if draft.import_id is None:
                import_id = services.imports.stage_file(
                    draft.table, draft.mapping, file_name=draft.file_name, report=report
                )
            else:
                import_id = draft.import_id
                services.imports.stage_file_again(import_id, draft.table, draft.mapping, report=report)
            services.imports.save_mapping(draft.mapping, name=draft.mapping_name)
    except ZenError as error:
        draft.error = error
        st.rerun()
    set_aside_checked_draft(draft, import_id)
    page_cache.get_data_version().increment()
    open_import(import_id)
    st.rerun()
