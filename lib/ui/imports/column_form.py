"""The columns of a file: what each becomes, with examples of its cells and what only a person can say about them."""

import streamlit as st

from lib.imports import mapping_changes
from lib.imports.column_mapping import ColumnUse, LeftOutColumn, MappedColumn, UndecidedColumn
from lib.imports.column_profile import ColumnProfile
from lib.imports.mapping_questions import MappingQuestion, QuestionKind
from lib.imports.record_fields import RecordField
from lib.text.format import format_count
from lib.text.html import Html, build_icon_html
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line, truncate
from lib.ui.imports.column_format_form import draw_blank_value, draw_column_format
from lib.ui.imports.import_draft import ImportDraft
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import import_button_key, import_field_key

LEFT_OUT = "left out"
UNDECIDED = ""
MAX_EXAMPLES = 3
MAX_EXAMPLE_CHARS = 40
_COLUMN = Html('<p><strong>{}</strong>{}</p><p class="zen-small zen-muted" dir="auto">{}</p>')


def draw_column_mapping_form(draft: ImportDraft) -> None:
    """A row for each column; those left out stand behind an expander."""
    columns = draft.mapping.columns
    questions = {question.header: question for question in draft.list_questions() if question.header}
    _draw_column_summary(draft)
    left_out = [place for place, column in enumerate(columns) if isinstance(column, LeftOutColumn)]
    for place, column in enumerate(columns):
        if place not in left_out:
            _draw_column_row(draft, place, questions.get(column.header))
    if left_out:
        with st.expander(f"{format_count(len(left_out), 'column')} left out", type="compact"):
            for place in left_out:
                _draw_column_row(draft, place, None)


def list_blocking_questions(draft: ImportDraft) -> tuple[MappingQuestion, ...]:
    """The questions without whose answers the file cannot be checked: rows with unknown words are only refused."""
    open_kinds = (QuestionKind.WORDS, QuestionKind.MISSING)
    return tuple(question for question in draft.list_questions() if question.kind not in open_kinds)


def _draw_column_summary(draft: ImportDraft) -> None:
    mapping = draft.mapping
    undecided = mapping.list_undecided()
    used = f"{len(mapping.list_mapped())} of {format_count(len(mapping.columns), 'column')} used"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{used}. A star marks what a new record needs.", width="content")
        if undecided:
            columns = "undecided column" if len(undecided) == 1 else format_count(len(undecided), "undecided column")
            st.button(
                f"Leave out the {columns}",
                key=import_button_key("leave_out", draft.id),
                type="tertiary",
                on_click=draft.change_mapping,
                args=(mapping_changes.leave_out_undecided_columns,),
            )


def _draw_column_row(draft: ImportDraft, place: int, question: MappingQuestion | None) -> None:
    column = draft.mapping.columns[place]
    with st.container(key=f"import_column_{place}"):
        text, use, form = st.columns([1.4, 1, 1], vertical_alignment="center", gap="small")
        with text:
            draw_html(_build_column_html(column, draft.profile.columns[place], draft.profile.row_count))
        with use:
            _draw_column_use_select(draft, place)
        with form:
            if isinstance(column, MappedColumn):
                draw_column_format(draft, place, column, question)
                draw_blank_value(draft, place, column)


def _build_column_html(column: ColumnUse, cells: ColumnProfile, row_count: int) -> Html:
    examples = [truncate(single_line(text), MAX_EXAMPLE_CHARS) for text in list(cells.values)[:MAX_EXAMPLES]]
    blank = row_count - cells.filled
    more = f" · {format_count(blank, 'row')} blank" if examples and blank else ""
    mark = build_icon_html(":material/help:") if isinstance(column, UndecidedColumn) else ""
    return _COLUMN.format(column.header, mark, (" · ".join(examples) or "always blank") + more)


def _draw_column_use_select(draft: ImportDraft, place: int) -> None:
    column, key = draft.mapping.columns[place], import_field_key(draft.id, f"use.{place}")
    fields = {field.name: field for field in draft.mapping.record_schema.fields}
    match column:
        case MappedColumn(field=name):
            st.session_state[key] = name
        case LeftOutColumn():
            st.session_state[key] = LEFT_OUT
        case UndecidedColumn():
            st.session_state[key] = UNDECIDED
    st.selectbox(
        f"What “{escape_markdown(column.header)}” becomes",
        [UNDECIDED, LEFT_OUT, *fields],
        key=key,
        format_func=lambda name: _label_column_use(name, fields),
        label_visibility="collapsed",
        on_change=_change_column_use,
        args=(draft, place, key),
    )


def _label_column_use(name: str, fields: dict[str, RecordField]) -> str:
    if name in (UNDECIDED, LEFT_OUT):
        return "Choose…" if name == UNDECIDED else "Leave out"
    return f"{fields[name].label}{' *' if fields[name].is_required else ''}"


def _change_column_use(draft: ImportDraft, place: int, key: str) -> None:
    """A callback."""
    chosen = st.session_state[key]
    if chosen == UNDECIDED:
        draft.change_mapping(mapping_changes.reset_column, place)
    elif chosen == LEFT_OUT:
        draft.change_mapping(mapping_changes.leave_out_column, place)
    else:
        draft.change_mapping(mapping_changes.map_column, place, chosen)
