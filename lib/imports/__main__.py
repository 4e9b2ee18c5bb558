"""The operator's command for imports: `python -m lib.imports FILE --company ID --mapping NAME`, for cron.

It needs the secret key of the Supabase named in the environment, or the running local one. The app never uses it.
"""

import argparse
import sys
import time
from pathlib import Path

from lib.db.client import Client
from lib.errors import InvalidInput, NotFound, ZenError
from lib.imports.column_formats import detect_column_formats
from lib.imports.column_profile import profile_table
from lib.imports.file_reader import read_file_table
from lib.imports.model import ImportCounts, ImportStatus
from lib.imports.repository import ImportQueue, ImportRepository
from lib.imports.service import ImportService
from lib.operator_client import create_operator_client

SECONDS = 60.0
"""How long one request may take: a check of 5,000 rows on a busy database."""


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when every row was brought in, 2 when rows were refused, 1 when something failed."""
    options = _build_argument_parser().parse_args(arguments)
    try:
        counts = stage_and_apply_file(create_operator_client(seconds=SECONDS), options)
    except (ZenError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{counts.new:,} new, {counts.changed:,} changed, {counts.unchanged:,} unchanged, {counts.refused:,} refused"
        + ("; nothing was brought in" if options.dry_run else "")
    )
    return 2 if counts.refused else 0


def _build_argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.imports", description="Bring a file in, by a saved mapping.")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--company", required=True, metavar="ID", help="the company it is brought in to")
    parser.add_argument("--mapping", required=True, metavar="NAME", help="name of a mapping the company has saved")
    parser.add_argument("--refused", type=Path, metavar="FILE", help="where refused rows are written, with the reason")
    parser.add_argument("--dry-run", action="store_true", help="check only; say what it would do")
    return parser


def stage_and_apply_file(client: Client, options: argparse.Namespace) -> ImportCounts:
    """Stage, check and bring in a file. Returns what became of its rows. Raises ZenError, OSError."""
    repository = ImportRepository(client, company_id=options.company)
    service = ImportService(repository)
    with options.file.open("rb") as file:
        table = read_file_table(file, options.file.name)
        mapping = service.find_mapping(table.columns, name=options.mapping)
        if mapping is None:
            raise NotFound(
                f"The company has no mapping “{options.mapping}” that fits this file.",
                hint="Import such a file in the app once, and save the mapping under this name.",
            )
        # Of the formats only some are saved; the rest is what the cells of each file show.
        settled = detect_column_formats(mapping, profile_table(table))
        import_id = service.stage_file(table, settled, file_name=options.file.name)
    if repository.fetch_counts(import_id).to_apply and not options.dry_run:
        repository.decide_import(import_id, revision=repository.fetch_import(import_id).revision)
        _apply_import_batches(client, repository, import_id)
    if options.refused:
        options.refused.write_bytes(service.write_refused_rows(import_id))
    return repository.fetch_counts(import_id)


def _apply_import_batches(client: Client, repository: ImportRepository, import_id: str) -> None:
    queue = ImportQueue(client)
    while (found := repository.fetch_import(import_id)).status is ImportStatus.DECIDED:
        if not queue.apply_next_batch():
            time.sleep(0.5)  # a worker has it in hand
    if found.status is ImportStatus.STOPPED:
        raise InvalidInput(found.error or "The import was stopped.")


if __name__ == "__main__":
    sys.exit(main())
