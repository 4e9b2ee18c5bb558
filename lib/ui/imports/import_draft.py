"""A file that this browser tab is about to bring in: read, recognised, and mapped as the person says."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, BinaryIO

import streamlit as st

from lib.errors import ZenError
from lib.imports import mapping_changes
from lib.imports.blank_words import is_blank_value
from lib.imports.column_formats import detect_column_formats
from lib.imports.column_mapping import ColumnMapping
from lib.imports.column_profile import TableProfile, profile_table
from lib.imports.column_recognition import recognize_table
from lib.imports.file_reader import read_file_table
from lib.imports.file_table import FileChoices, FileTable
from lib.imports.mapping_questions import MappingQuestion, QuestionKind, list_mapping_questions
from lib.imports.record_kinds import ImportKind
from lib.services import Services
from lib.text.regional_format import get_currency
from lib.ui.session_keys import CHECKED_IMPORT_DRAFT, IMPORT_DRAFT


@dataclass(kw_only=True)
class ImportDraft:
    """`mapping` is what was recognised and what the person has changed; a new `id` makes the widgets start again.

    `colleagues` are full names by address. `is_saved_mapping`: the mapping is that of an earlier file with these
    headers. `import_id` is the import its rows were staged for, whose columns are changed. `error` is what went wrong
    last.
    """

    file: BinaryIO
    file_name: str
    choices: FileChoices
    table: FileTable
    profile: TableProfile
    mapping: ColumnMapping
    colleagues: Mapping[str, str] = field(default_factory=dict)
    is_saved_mapping: bool = False
    import_id: str | None = None
    error: ZenError | None = None
    id: str = field(default_factory=lambda: token_hex(4))

    @property
    def mapping_name(self) -> str:
        """The name its mapping is saved under: "Customers from hubspot"."""
        return f"{self.mapping.record_schema.label} from {self.mapping.source}"[:100]

    def list_questions(self) -> tuple[MappingQuestion, ...]:
        """What only the person can say, in the order of the columns."""
        return list_mapping_questions(self.mapping, self.profile)

    def count_blank_cells(self, place: int) -> int:
        """Rows without a value in the column at `place`."""
        cells = self.profile.columns[place]
        unknown = sum(count for text, count in cells.values.items() if is_blank_value(text.strip()))
        return self.profile.row_count - cells.filled + unknown

    def change_mapping(self, change: Callable[..., ColumnMapping], *arguments: Any) -> None:
        """For callbacks: `change` is a function of `mapping_changes`. Formats that the cells show are set again."""
        changed = detect_column_formats(change(self.mapping, *arguments), self.profile)
        self.mapping = translate_colleague_names(changed, self.profile, self.colleagues)

    def change_kind(self, kind: ImportKind) -> None:
        """For callbacks: recognise the columns anew, as records of another kind."""
        source, currency = self.mapping.source, self.mapping.currency
        found = recognize_table(self.profile, kind, currency).mapping
        found = translate_colleague_names(found, self.profile, self.colleagues)
        self.mapping = mapping_changes.set_mapping_setting(found, "source", source)
        self.id, self.is_saved_mapping = token_hex(4), False

    def read_file_again(self, choices: FileChoices) -> None:
        """For callbacks: read the file as the person says. What cannot be read so is in `error`."""
        try:
            table = read_file_table(self.file, self.file_name, choices)
            profile = profile_table(table)
        except ZenError as error:
            self.error = error
            return
        self.choices, self.table, self.profile, self.error = choices, table, profile, None
        found = recognize_table(profile, None, self.mapping.currency).mapping
        self.mapping = translate_colleague_names(found, profile, self.colleagues)
        self.id, self.is_saved_mapping = token_hex(4), False


def start_import_draft(file: BinaryIO, file_name: str, services: Services) -> None:
    """Read a file and recognise its columns, or take the mapping saved for its headers. Raises InvalidInput."""
    table = read_file_table(file, file_name, FileChoices())
    profile = profile_table(table)
    saved = services.imports.find_mapping(table.columns)
    mapping = detect_column_formats(saved, profile) if saved else recognize_table(profile, None, get_currency()).mapping
    colleagues = {each.email: each.full_name for each in services.people.fetch_team().people}
    st.session_state[IMPORT_DRAFT] = ImportDraft(
        file=file,
        file_name=file_name,
        choices=FileChoices(),
        table=table,
        profile=profile,
        mapping=translate_colleague_names(mapping, profile, colleagues),
        colleagues=colleagues,
        is_saved_mapping=saved is not None,
    )


def translate_colleague_names(
    mapping: ColumnMapping, profile: TableProfile, colleagues: Mapping[str, str]
) -> ColumnMapping:
    """Translate the full names of colleagues to their addresses. A name that two have is left to the person."""
    names = Counter(name.casefold() for name in colleagues.values())
    addresses = {name.casefold(): email for email, name in colleagues.items() if names[name.casefold()] == 1}
    places = {column.header: place for place, column in enumerate(mapping.columns)}
    for question in list_mapping_questions(mapping, profile):
        if question.kind is QuestionKind.WORDS and not question.options:
            words = {cell: addresses.get(cell.casefold()) for cell in question.cells}
            mapping = mapping_changes.add_code_translations(mapping, places[question.header], words)
    return mapping


def get_import_draft() -> ImportDraft | None:
    draft: ImportDraft | None = st.session_state.get(IMPORT_DRAFT)
    return draft


def discard_import_draft() -> None:
    """For callbacks and the page: forget the file."""
    st.session_state.pop(IMPORT_DRAFT, None)


def set_aside_checked_draft(draft: ImportDraft, import_id: str) -> None:
    """Keep a file that was checked, so that its columns can still be changed."""
    draft.import_id, draft.error = import_id, None
    discard_import_draft()
    st.session_state[CHECKED_IMPORT_DRAFT] = draft


def get_checked_draft(import_id: str) -> ImportDraft | None:
    """The file of an import; None if it was chosen before the page was reloaded, or by somebody else."""
    draft: ImportDraft | None = st.session_state.get(CHECKED_IMPORT_DRAFT)
    return draft if draft is not None and draft.import_id == import_id else None


def reopen_checked_draft(draft: ImportDraft) -> None:
    """For callbacks: map the columns of a checked file again."""
    st.session_state[IMPORT_DRAFT] = draft


def discard_checked_draft() -> None:
    """Forget the file of an import that was decided."""
    st.session_state.pop(CHECKED_IMPORT_DRAFT, None)
