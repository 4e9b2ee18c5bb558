"""Words of a file that stand for codes or colleagues, as a table to fill in: “Lost” means churned."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from lib.imports import mapping_changes
from lib.imports.code_words import normalize_word
from lib.imports.column_mapping import MappedColumn
from lib.imports.mapping_questions import MappingQuestion, QuestionKind
from lib.imports.record_fields import RecordField, ValueType
from lib.text.format import format_count
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui.imports.import_draft import ImportDraft
from lib.ui.session_keys import import_field_key

WORD, ROWS, MEANING = "In the file", "Rows", "In Zen"
NOTHING = "Nothing, leave blank"
MAX_WORDS = 200
ROW_HEIGHT, MAX_TABLE_HEIGHT = 36, 320
YES_NO = {"true": "Yes", "false": "No"}


def draw_word_tables(draft: ImportDraft) -> None:
    """A table for each column with words that were translated or need it; those that need it are open."""
    questions = {each.header: each for each in draft.list_questions() if each.kind is QuestionKind.WORDS}
    for place, column in enumerate(draft.mapping.columns):
        if isinstance(column, MappedColumn) and (column.words or column.header in questions):
            _draw_word_table(draft, place, column, questions.get(column.header))


def _draw_word_table(draft: ImportDraft, place: int, column: MappedColumn, question: MappingQuestion | None) -> None:
    field = draft.mapping.find_field(column.field)
    if field is None:
        return
    unknown = question.cells if question else ()
    found = list_column_words(draft, place, column, unknown)
    words = dict(list(found.items())[:MAX_WORDS])
    labels = label_word_meanings(field, draft.colleagues)
    header = escape_markdown(single_line(column.header))
    title = f"Values in “{header}”" + (f": {format_count(len(unknown), 'value')} to translate" if unknown else "")
    with st.expander(title, expanded=bool(unknown), type="compact"):
        key = import_field_key(draft.id, f"words.{place}.{field.name}")
        shown = st.session_state.setdefault(f"{key}.shown", tuple(words))
        st.data_editor(
            _build_word_frame(shown, words, column, labels),
            key=key,
            hide_index=True,
            disabled=[WORD, ROWS],
            height=min(MAX_TABLE_HEIGHT, ROW_HEIGHT * (len(shown) + 1) + 2),
            column_config={MEANING: st.column_config.SelectboxColumn(options=list(labels.values()))},
            on_change=_read_word_table,
            args=(draft, place, key, shown, labels),
            alt=f"Values in {single_line(column.header)}",
        )
        if len(found) > MAX_WORDS:
            more = format_count(len(found) - MAX_WORDS, "more value")
            st.caption(f"{more}: they stand here once these have a meaning, or replace them in the file.")
        if unknown:
            st.caption("Rows with a value that has no meaning here are refused; the others can be brought in.")


def list_column_words(draft: ImportDraft, place: int, column: MappedColumn, unknown: tuple[str, ...]) -> dict[str, int]:
    """The distinct words of a column with their rows, those without a meaning first."""
    counts = draft.profile.columns[place].values
    spelled = {text.strip(): count for text, count in counts.items() if normalize_word(text) in column.words}
    return {word: counts.get(word, 0) for word in unknown} | spelled


def label_word_meanings(field: RecordField, colleagues: Mapping[str, str]) -> dict[str, str]:
    """Code -> label, with "" for no meaning. For the address of a colleague they are the company's."""
    match field.type:
        case ValueType.BOOLEAN:
            known = YES_NO
        case ValueType.EMAIL:
            known = {email: f"{name}, {email}" for email, name in colleagues.items()}
        case _:
            known = {code: code.replace("_", " ") for code in field.codes}
    return {**known, "": NOTHING}


def _build_word_frame(
    shown: tuple[str, ...], counts: Mapping[str, int], column: MappedColumn, labels: Mapping[str, str]
) -> pd.DataFrame:
    codes = [column.words.get(normalize_word(word)) for word in shown]
    meanings = [None if code is None else labels.get(code, code) for code in codes]
    return pd.DataFrame(
        {
            WORD: [single_line(word) for word in shown],
            ROWS: [counts.get(word, 0) for word in shown],
            MEANING: pd.Series(meanings, dtype="object"),
        }
    )


def _read_word_table(
    draft: ImportDraft, place: int, key: str, shown: tuple[str, ...], labels: Mapping[str, str]
) -> None:
    """A callback."""
    codes = {label: code for code, label in labels.items()}
    edited = st.session_state[key]["edited_rows"]
    changes: dict[str, str | None] = {}
    for row, cells in edited.items():
        meaning = cells.get(MEANING)
        changes[shown[int(row)]] = codes.get(meaning, meaning) if meaning else None
    draft.change_mapping(mapping_changes.add_code_translations, place, changes)
