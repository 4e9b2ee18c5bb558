"""The operator's tool: `python -m lib.workflows seed | cleanup | inspect | import-legacy FILE`.

It works with the secret key on the Supabase named in the environment, or on the running local one. The app never does.
"""

import argparse
import sys
from collections.abc import Callable
from itertools import chain

from lib.errors import ZenError
from lib.workflows.legacy import command
from lib.workflows.operator import operator_client
from lib.workflows.repository import WorkflowRepository
from lib.workflows.seeding import Inspection, clean_up, inspect, read_stock, seed
from lib.workflows.stock_branches import read_branches, seed_branches

IMPORT = "import-legacy"


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when all went well, 1 when something failed or is wrong in a workflow."""
    parser = argparse.ArgumentParser(prog="python -m lib.workflows", description="Workflows and runs of a Supabase.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, (_, meaning) in VERBS.items():
        verbs.add_parser(name, help=meaning)
    command.add_arguments(verbs.add_parser(IMPORT, help="bring in the runs of an earlier system; safe to repeat"))
    options = parser.parse_args(arguments)
    try:
        return command.run(options, operator_client) if options.verb == IMPORT else VERBS[options.verb][0]()
    except ZenError as error:
        print(error, file=sys.stderr)
        return 1


def run_seed() -> int:
    stock = read_stock()
    branches = read_branches(stock)
    client = operator_client()
    for seeded in chain(seed(client, stock), seed_branches(client, branches)):
        print(seeded)
    return 0


def run_cleanup() -> int:
    cleaned = clean_up(operator_client())
    for workflow_id in cleaned.removed:
        print(f"{workflow_id}: removed")
    for workflow_id in cleaned.archived:
        print(f"{workflow_id}: archived, because runs or copies hang on it")
    if not cleaned.removed and not cleaned.archived:
        print("Nothing to clean up")
    return 0


def run_inspect() -> int:
    found = list(inspect(WorkflowRepository(operator_client())))
    for inspection in found:
        print("\n".join(lines_of(inspection)))
    wrong = sum(inspection.fault is not None for inspection in found)
    print(f"{len(found)} inspected, {wrong} with faults")
    return 1 if wrong else 0


def lines_of(inspection: Inspection) -> list[str]:
    """One workflow as an operator reads it."""
    workflow = inspection.workflow
    if workflow is None:
        return [inspection.heading, f"  wrong: {inspection.fault}"]
    slides = [
        f"  {place:2}. {slide.id:22} {slide.context.title or slide.slide.title} ({slide.context.minutes or '?'} min)"
        for place, slide in enumerate(workflow.slides, start=1)
    ]
    return [f"{inspection.heading}: {workflow.name}, {workflow.minutes} min", *slides]


VERBS: dict[str, tuple[Callable[[], int], str]] = {
    "seed": (run_seed, "bring the stock workflows and their chat branches in; safe to repeat"),
    "cleanup": (run_cleanup, "take the stock workflows out; a company's own stay"),
    "inspect": (run_inspect, "print every workflow composed, and what is wrong in it"),
}

if __name__ == "__main__":
    sys.exit(main())
