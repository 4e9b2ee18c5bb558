"""The operator's tool: `python -m lib.executions wake [--limit N]`, for a schedule outside the database.

It works with the secret key on the Supabase named in the environment, or on the running local one. The app never does.
"""

import argparse
import sys

from lib.db.client import Client
from lib.errors import InvalidInput, ZenError
from lib.executions.lifecycle import RunLifecycle
from lib.workflows.operator_client import connect_operator

DEFAULT_BATCH = 1000
MAX_BATCH = 10_000


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when all went well, 1 when something failed; what was woken until then stays so."""
    parser = argparse.ArgumentParser(prog="python -m lib.executions", description="Runs of a Supabase.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    wake = verbs.add_parser("wake", help="bring back every run whose snooze is over; safe to repeat, and from many")
    wake.add_argument(
        "--limit", type=int, default=DEFAULT_BATCH, metavar="N", help=f"runs in one transaction, 1 to {MAX_BATCH:,}"
    )
    options = parser.parse_args(arguments)
    try:
        print(f"{wake_all_due_runs(connect_operator(), options.limit):,} brought back")
    except ZenError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def wake_all_due_runs(client: Client, limit: int = DEFAULT_BATCH) -> int:
    """Wake until nothing is due, at most `limit` in one transaction; how many. Raises InvalidInput, Unavailable."""
    if not 1 <= limit <= MAX_BATCH:
        raise InvalidInput(f"The limit is 1 to {MAX_BATCH:,}.")
    lifecycle, total = RunLifecycle(client), 0
    while woken := lifecycle.wake_due_runs(limit):
        total += woken
    return total


if __name__ == "__main__":
    sys.exit(main())
