"""The rows about a subject as a ZIP: everything as JSON, and each table as CSV."""

import csv
import io
import json
import zipfile
from typing import Any

from lib.files.spreadsheet_writer import FORMULA_STARTS
from lib.privacy.model import ExportedRows, SubjectRows

ZIP_MEDIA_TYPE = "application/zip"
JSON_FILE = "export.json"


def build_export_file(tables: SubjectRows) -> bytes:
    """A ZIP with `export.json`, and a CSV for each table that has rows."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(JSON_FILE, json.dumps(tables, ensure_ascii=False, indent=2))
        for name, rows in sorted(tables.items()):
            if rows:
                archive.writestr(f"{name}.csv", _build_table_csv(rows))
    return made.getvalue()


def _build_table_csv(rows: ExportedRows) -> str:
    """UTF-8 with a byte order mark, which Excel needs; cells that would be formulas begin with an apostrophe."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(columns)
    writer.writerows([_format_export_cell(row.get(column)) for column in columns] for row in rows)
    return "\ufeff" + made.getvalue()


def _format_export_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return json.dumps(value, ensure_ascii=False)
