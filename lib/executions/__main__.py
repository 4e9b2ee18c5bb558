"""The operator's command for runs: `python -m lib.executions wake [--limit N] | import-legacy FILE`.

It needs the secret key of the Supabase named in the environment, or the running local one. The app never uses it.
"""

import argparse
import sys

from lib.db.client import Client
from lib.errors import InvalidInput, ZenError
from lib.executions.legacy.import_command import add_import_arguments, run_import_command
from lib.executions.run_status_changes import RunStatusRepository
from lib.operator_client import create_operator_client

DEFAULT_BATCH = 1000
MAX_BATCH = 10_000


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when all went well, 1 when something failed; what was done until then stays done."""
    options = _build_argument_parser().parse_args(arguments)
    try:
        if options.command == "import-legacy":
            return run_import_command(options, create_operator_client)
        print(f"{wake_all_due_runs(create_operator_client(), options.limit):,} brought back")
    except ZenError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _build_argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.executions", description="Runs of a Supabase.")
    commands = parser.add_subparsers(dest="command", required=True)
    wake = commands.add_parser("wake", help="bring back every run whose snooze is over; safe to repeat, and from many")
    wake.add_argument(
        "--limit", type=int, default=DEFAULT_BATCH, metavar="N", help=f"runs in one transaction, 1 to {MAX_BATCH:,}"
    )
    add_import_arguments(
        commands.add_parser("import-legacy", help="bring in the runs of an earlier system; safe to repeat")
    )
    return parser


def wake_all_due_runs(client: Client, limit: int = DEFAULT_BATCH) -> int:
    """Wake runs until none is due, at most `limit` in one transaction.

    Returns how many woke. Raises InvalidInput, Unavailable.
    """
    if not 1 <= limit <= MAX_BATCH:
        raise InvalidInput(f"The limit is 1 to {MAX_BATCH:,}.")
    lifecycle, total = RunStatusRepository(client), 0
    while woken := lifecycle.wake_due_runs(limit):
        total += woken
    return total


if __name__ == "__main__":
    sys.exit(main())
