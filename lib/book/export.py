"""The book as a file: every row of a filter, with the columns of a view."""

from collections.abc import Callable, Mapping, Sequence

from lib.book.model import COLUMN_LABELS, BookColumn, BookRow, BookView
from lib.book.repository import BookRepository
from lib.content.model import Cell, ColumnKind
from lib.customers.model import HEALTH_BAND_LABELS, SEGMENT_LABELS
from lib.files.dated_export import DAY_KINDS, DAY_LABELS, list_day_cells
from lib.files.spreadsheet_writer import Sheet, SheetRow, build_csv, build_xlsx

ExportField = tuple[str, ColumnKind, Callable[[BookRow], Cell]]

NAME_FIELD: ExportField = ("Customer", ColumnKind.TEXT, lambda row: row.name)
EXPORT_FIELDS: Mapping[BookColumn, tuple[ExportField, ...]] = {
    BookColumn.OWNER: (("Owner", ColumnKind.TEXT, lambda row: row.owner_name),),
    BookColumn.SEGMENT: (("Segment", ColumnKind.TEXT, lambda row: SEGMENT_LABELS.get(row.segment, row.segment)),),
    BookColumn.ARR: (("ARR", ColumnKind.MONEY, lambda row: row.arr),),
    BookColumn.HEALTH: (
        ("Health score", ColumnKind.NUMBER, lambda row: row.health_score),
        ("Health", ColumnKind.TEXT, lambda row: HEALTH_BAND_LABELS[row.health_band] if row.health_band else None),
    ),
    BookColumn.DEADLINE: (
        ("Notice deadline", ColumnKind.DATE, lambda row: row.notice_deadline),
        ("Renewal date", ColumnKind.DATE, lambda row: row.ends_on),
        ("Renewal quarter", ColumnKind.TEXT, lambda row: row.renewal_quarter),
    ),
    BookColumn.DAYS_LEFT: (("Days left", ColumnKind.NUMBER, lambda row: row.days_left),),
    BookColumn.RUN: (("Open run", ColumnKind.TEXT, lambda row: row.run.workflow_name if row.run else None),),
    BookColumn.LAST_CONTACT: (("Last contact", ColumnKind.DATE, lambda row: row.last_contact_on),),
    BookColumn.RISK: (
        ("Priority", ColumnKind.NUMBER, lambda row: row.priority),
        (COLUMN_LABELS[BookColumn.RISK], ColumnKind.TEXT, lambda row: row.risk),
    ),
}


def export_book_csv(books: BookRepository, view: BookView, time_zone: str) -> bytes:
    """All rows of a view as CSV, with today and the time zone. A request per 1,000 rows."""
    fields = list_book_export_fields(view.columns)
    rows = _build_book_cells(books.fetch_all_book_rows(view), fields, time_zone)
    return build_csv([_list_column_labels(fields), *rows])


def export_book_xlsx(books: BookRepository, view: BookView, time_zone: str) -> bytes:
    """All rows of a view as a workbook, with today and the time zone. A request per 1,000 rows."""
    fields = list_book_export_fields(view.columns)
    kinds = (*(kind for _, kind, _ in fields), *DAY_KINDS)
    head = SheetRow(cells=_list_column_labels(fields), is_bold=True)
    cells_of_rows = _build_book_cells(books.fetch_all_book_rows(view), fields, time_zone)
    rows = (SheetRow(cells=cells, kinds=kinds) for cells in cells_of_rows)
    widths = tuple(30 if kind is ColumnKind.TEXT else 16 for kind in kinds)
    return build_xlsx(Sheet(name="Book", rows=(head, *rows), widths=widths, frozen_rows=1))


def list_book_export_fields(columns: Sequence[BookColumn]) -> tuple[ExportField, ...]:
    """The columns of a file: the name, then those of the view."""
    return (NAME_FIELD, *(each for column in columns for each in EXPORT_FIELDS[column]))


def _list_column_labels(fields: Sequence[ExportField]) -> tuple[str, ...]:
    return (*(label for label, _, _ in fields), *DAY_LABELS)


def _build_book_cells(rows: Sequence[BookRow], fields: Sequence[ExportField], time_zone: str) -> list[tuple[Cell, ...]]:
    day = list_day_cells(time_zone)
    return [(*(read(row) for _, _, read in fields), *day) for row in rows]
