"""The demo book in a company of one's own: its files are made for the day, and brought in like any other import."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.demo.demo_files import DemoFile, build_demo_files
from lib.errors import Conflict
from lib.imports.column_formats import NUMBER_TYPES
from lib.imports.column_mapping import ColumnMapping, DayOrder, DecimalSign, MappedColumn
from lib.imports.file_reader import read_file_table
from lib.imports.file_table import FileTable
from lib.imports.record_fields import RecordField, ValueType
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind
from lib.imports.service import ImportService
from lib.text.format import format_date

SOURCE = "Demo book"


class DemoBookService:
    """Loads the demo book as one import of several files. Removing it is that import's undo."""

    def __init__(self, client: Client, imports: ImportService) -> None:
        self._client = client
        self._imports = imports

    def load_demo_book(self, today: date, owner_emails: Sequence[str]) -> str:
        """Make the files, check their rows, and have the worker bring them in; returns the import's id.

        About ten requests. Raises Conflict for a company that has customers, or the demo book on its way.
        """
        self._require_empty_company()
        files = [(build_demo_mapping(file), read_demo_file(file)) for file in build_demo_files(today, owner_emails)]
        import_id = self._imports.stage_files(
            files, kind=ImportKind.DEMO_BOOK, source=SOURCE, name=f"{SOURCE}, {format_date(today)}"
        )
        revision = self._imports.repository.fetch_import(import_id).revision
        self._imports.repository.decide_import(import_id, revision=revision)
        return import_id

    def _require_empty_company(self) -> None:
        customers = execute_read(self._client.table("customers").select("id").limit(1))
        query = self._client.table("imports").select("id").eq("kind", ImportKind.DEMO_BOOK)
        if customers or execute_read(query.in_("status", ["decided", "applied"]).limit(1)):
            raise Conflict(
                "The demo book is for a company without customers.", hint="Load the page again to see yours."
            )


def read_demo_file(file: DemoFile) -> FileTable:
    text = io.StringIO()
    csv.writer(text).writerows([_list_demo_headers(file), *file.rows])
    return read_file_table(io.BytesIO(text.getvalue().encode("utf-8-sig")), f"{file.table}.csv")


def _list_demo_headers(file: DemoFile) -> list[str]:
    return [_find_demo_field(file, name).label for name in file.fields]


def build_demo_mapping(file: DemoFile) -> ColumnMapping:
    columns = tuple(_map_demo_column(_find_demo_field(file, name)) for name in file.fields)
    return ColumnMapping(kind=ImportKind(file.table), source=SOURCE, columns=columns)


def _map_demo_column(field: RecordField) -> MappedColumn:
    return MappedColumn(
        header=field.label,
        field=field.name,
        day_order=DayOrder.YEAR_FIRST if field.type is ValueType.DAY else None,
        decimal_sign=DecimalSign.POINT if field.type in NUMBER_TYPES else None,
        is_fraction=False if field.type is ValueType.PERCENT else None,
    )


def _find_demo_field(file: DemoFile, name: str) -> RecordField:
    return next(field for field in RECORD_SCHEMAS[ImportKind(file.table)].fields if field.name == name)
