"""Tests as on hosted Supabase, PostgREST over its Postgres: python -m tests.postgres_versions 15|17 [part] [options]

The migrations are applied as Supabase applies them, by a role that is no superuser, and whatever asks the gateway runs,
with these options of pytest. `database` runs only what asks SQL itself, and every function of the schemas public and
private must have been called there; `app` runs the rest. Exit code 1 if anything fails.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from lib import local
from tests.support.function_calls import count_function_calls, find_record, read_function_calls
from tests.support.postgres_versions import ensure_postgres

# Asked by meaning, and this Postgres has no extension `vector`: tests/database/test_record_search.py asks it for words.
BY_MEANING = "--ignore=tests/chat/test_record_searcher.py"
# Every public function, once at least.
DATABASE = ("tests/database", "tests/security/test_rpc_arguments.py")
PARTS = {
    "database": (
        *DATABASE,
        "tests/executions/test_legacy_import.py::test_sound_runs_are_imported_and_the_others_listed_with_line_and_reason",
        # What only the worker calls, in a database of its own.
        "tests/worker/test_digests.py",
        "tests/worker/test_escalation_reminders.py",
        "tests/worker/test_slack_posts.py",
        # Long, and they call nothing that the others do not.
        "--ignore=tests/database/test_chat_search_far_back.py",
        "--ignore=tests/database/test_random_run_lives.py",
    ),
    # tests/local has stacks of its own, with either gateway, on either version.
    "app": ("--gateway-only", BY_MEANING, "--ignore=tests/local", *(f"--ignore={each}" for each in DATABASE)),
    "all": ("--gateway-only", BY_MEANING, "--ignore=tests/local"),
}


def main(arguments: list[str]) -> int:
    major, *options = arguments
    part = options.pop(0) if options and options[0] in PARTS else "all"
    return run_on_version(int(major), part, options)


def run_on_version(major: int, part: str, options: list[str]) -> int:
    os.environ |= {"ZEN_LOCAL_POSTGRES": str(ensure_postgres(major)), "ZEN_TEST_REST": "postgrest"}
    with tempfile.TemporaryDirectory(prefix=f"zen-postgres-{major}-") as folder:
        os.environ["ZEN_TEST_CALLED_FUNCTIONS"] = str(Path(folder) / "called-functions")
        stack = local.start_stack(
            folder=Path(folder) / "stack", seed=False, keep=True, rest="postgrest", report=lambda _line: None
        )
        try:
            count_function_calls(stack)
            require_ordinary_owner(stack)
            command = [sys.executable, "-m", "pytest", "-q", "--hypothesis-seed=0", *PARTS[part], *options]
            code = subprocess.run(
                command, env=os.environ | {"ZEN_TEST_STACK": str(stack.folder)}, check=False
            ).returncode
            return code if part == "app" else max(code, report_uncalled_functions(stack, major))
        finally:
            local.remove_stack(folder=stack.folder, report=lambda _line: None)


def require_ordinary_owner(stack: local.LocalStack) -> None:
    """The role that applied the migrations has the rights of Supabase's `postgres` and no more."""
    rights = "select rolsuper, rolcreaterole, rolbypassrls from pg_roles where rolname = current_user"
    with psycopg.connect(stack.database_url) as connection:
        assert connection.execute(rights).fetchone() == (False, True, True)


def report_uncalled_functions(stack: local.LocalStack, major: int) -> int:
    record = find_record()
    elsewhere = set(record.read_text(encoding="utf-8").splitlines()) if record and record.exists() else set()
    calls = read_function_calls(stack)
    uncalled = sorted(name for name, was_called in calls.items() if not was_called and name not in elsewhere)
    for name in uncalled:
        print(f"Postgres {major}: no test called {name}", file=sys.stderr)
    return 1 if uncalled else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
