import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from lib.local.errors import LocalStartError, build_disk_full_error, reports_full_disk
from lib.local.paths import MIGRATIONS

_NAME = re.compile(r"^(\d{14})_(.+)\.sql$")


@dataclass(frozen=True)
class Migration:
    version: str
    name: str
    text: str

    @property
    def title(self) -> str:
        return self.name.replace("_", " ")


def read_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    found = ((path, _NAME.match(path.name)) for path in sorted(folder.glob("*.sql")))
    return [Migration(match[1], match[2], path.read_text(encoding="utf-8")) for path, match in found if match]


def apply_migrations(dsn: str, report: Callable[[str], None]) -> int:
    """Run the migrations that are not recorded yet, each in one transaction. Returns how many ran.

    Recorded in the table of the Supabase CLI. Raises LocalStartError when other migrations made the database.
    """
    migrations = read_migrations()
    with psycopg.connect(dsn, autocommit=True) as connection:
        rows = connection.execute("select version, statements from supabase_migrations.schema_migrations").fetchall()
        recorded: dict[str, list[str]] = dict(rows)
        _require_same_migrations(migrations, recorded)
        waiting = [migration for migration in migrations if migration.version not in recorded]
        for migration in waiting:
            report(f"Migrating: {migration.title}")
            _run_migration(connection, migration)
        if waiting:
            connection.execute("notify pgrst, 'reload schema'")
    return len(waiting)


def _require_same_migrations(migrations: list[Migration], recorded: dict[str, list[str]]) -> None:
    known = {migration.version: [migration.text] for migration in migrations}
    if any(statements != known.get(version) for version, statements in recorded.items()):
        raise LocalStartError(
            "The local database was made by another version of Zen.",
            hint="Run: python -m lib.local reset (this empties the local database).",
        )


def _run_migration(connection: psycopg.Connection, migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(migration.text.encode())
            connection.execute(
                "insert into supabase_migrations.schema_migrations (version, name, statements) values (%s, %s, %s)",
                (migration.version, migration.name, [migration.text]),
            )
    except psycopg.Error as error:
        if reports_full_disk(str(error)):
            raise build_disk_full_error("the local database") from error
        line = _describe_error_line(error, migration.text)
        raise LocalStartError(
            f"Migration {migration.version}_{migration.name} does not run{line}: {error.diag.message_primary or error}",
            hint="Correct it and start again; nothing of it was kept.",
        ) from error


def _describe_error_line(error: psycopg.Error, text: str) -> str:
    position = error.diag.statement_position
    return f" (line {text[: int(position)].count(chr(10)) + 1})" if position else ""
