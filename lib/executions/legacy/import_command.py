"""`python -m lib.executions import-legacy FILE [--mapping FILE] [--dry-run] [--report FILE]`; see docs/migration.md."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from lib.db.client import Client
from lib.errors import InvalidInput
from lib.executions.legacy.import_report import ImportReport, ImportResult
from lib.executions.legacy.importer import import_legacy_runs
from lib.executions.legacy.legacy_export_reader import read_legacy_export
from lib.executions.legacy.mapping_file import read_mapping_file
from lib.text.format import format_count

PROGRESS_INTERVAL = 500
"""Rows between two words of progress, on standard error."""


def add_import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the export: zen-legacy-executions/1")
    parser.add_argument("--mapping", type=Path, help="which old id is which of ours: zen-legacy-mapping/1")
    parser.add_argument("--dry-run", action="store_true", help="write nothing, and give the same report")
    parser.add_argument("--report", type=Path, help="leave the report as JSON in this file too")


def run_import_command(options: argparse.Namespace, connect: Callable[[], Client]) -> int:
    """Exit code 0 when every run is there now, 1 when some could not be mapped or were skipped. Raises ZenError."""
    mapping, export = read_mapping_file(options.mapping), read_legacy_export(options.file)
    result = import_legacy_runs(
        connect(), export, mapping, dry_run=options.dry_run, progress=_build_progress_printer(len(export))
    )
    print("\n".join(result.format_report_lines()))
    if options.report:
        _write_import_report(result, options.report)
    missing = (ImportResult.NOT_MAPPABLE, ImportResult.SKIPPED)
    return 1 if any(row.result in missing for row in result.rows) else 0


def _build_progress_printer(total: int) -> Callable[[int], None]:
    def print_import_progress(done: int) -> None:
        if done % PROGRESS_INTERVAL == 0:
            print(f"{done:,} of {format_count(total, 'run')}", file=sys.stderr, flush=True)

    return print_import_progress


def _write_import_report(result: ImportReport, path: Path) -> None:
    try:
        path.write_text(json.dumps(result.to_json(), ensure_ascii=True, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"The report could not be left in {path.name}; the import itself is done.") from error
