"""Commands on an import, run at the start of the next drawing (`lib.ui.command_queue`)."""

from collections.abc import Sequence

from lib.imports.import_overview import ImportOverview
from lib.imports.model import ImportUndo, StagedRow
from lib.imports.usage_rollup import find_file_line_of_number
from lib.services import Services
from lib.text.format import format_count
from lib.ui.actions.dialog_state import Command, FlashMessage
from lib.ui.imports.edited_lines import EditedLines
from lib.ui.imports.import_url import close_import


def build_drop_row_command(import_id: str, row: StagedRow, *, is_dropped: bool) -> Command:
    """Leave a row out, or take it in again."""

    def drop_row(services: Services) -> FlashMessage:
        services.imports.repository.drop_rows(import_id, (row.id,), is_dropped=is_dropped)
        return FlashMessage(
            text=f"Line {find_file_line_of_number(row.line)} is {'left out' if is_dropped else 'taken in again'}."
        )

    return drop_row


def build_correct_rows_command(opened: ImportOverview, edited: EditedLines) -> Command:
    """Give lines the cells that were typed; they and all refused rows are checked again."""

    def correct_rows(services: Services) -> FlashMessage:
        lines = {line: each.list_cell_texts() for line, each in edited.items()}
        refused = services.imports.correct_rows(opened, lines)
        edited.clear()
        still = f" {refused} of them {'is' if refused == 1 else 'are'} still refused." if refused else ""
        return FlashMessage(text=f"{format_count(len(lines), 'row')} corrected.{still}")

    return correct_rows


def build_choose_customer_command(
    opened: ImportOverview, row: StagedRow, customer_id: str | None, name: str
) -> Command:
    """Say which customer a row is about; None for none of those that look like it."""

    def choose_customer(services: Services) -> FlashMessage:
        services.imports.repository.choose_match(row.id, customer_id)
        services.imports.check_all_rows(opened.id)
        return FlashMessage(text=f"Line {find_file_line_of_number(row.line)}: {name}.")

    return choose_customer


def build_decide_import_command(opened: ImportOverview) -> Command:
    """Have the worker bring in the rows that are not refused."""

    def decide_import(services: Services) -> FlashMessage | None:
        services.imports.repository.decide_import(opened.id, revision=opened.revision)
        return None

    return decide_import


def build_discard_import_command(opened: ImportOverview) -> Command:
    """Remove an import that was not decided."""

    def discard_import(services: Services) -> FlashMessage:
        services.imports.repository.discard_import(opened.id)
        close_import()
        return FlashMessage(text=f"{opened.file_name} is discarded.")

    return discard_import


def build_undo_import_command(undo: ImportUndo, insisted: Sequence[str] = ()) -> Command:
    """Have the worker do a planned undo; rows with a problem stay, but for those one insists on."""

    def undo_import(services: Services) -> None:
        services.imports.repository.decide_undo(undo.id, revision=undo.revision, insisted_row_ids=insisted)

    return undo_import
