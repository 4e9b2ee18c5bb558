"""The operator's command for stock workflows: `python -m lib.workflows seed | cleanup | inspect`.

It needs the secret key of the Supabase named in the environment, or the running local one. The app never uses it.
"""

import argparse
import sys
from collections.abc import Callable
from itertools import chain

from lib.errors import ZenError
from lib.operator_client import create_operator_client
from lib.slides.slide_address import format_slide_name
from lib.workflows.repository import WorkflowRepository
from lib.workflows.stock_branch_seed import read_stock_branches, seed_stock_branches
from lib.workflows.stock_seed import (
    WorkflowInspection,
    clean_up_stock_workflows,
    inspect_workflows,
    read_stock_workflows,
    seed_stock_workflows,
)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when all went well, 1 when something failed or is wrong in a workflow."""
    parser = argparse.ArgumentParser(prog="python -m lib.workflows", description="The stock workflows of a Supabase.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, description) in COMMANDS.items():
        commands.add_parser(name, help=description)
    options = parser.parse_args(arguments)
    try:
        return COMMANDS[options.command][0]()
    except ZenError as error:
        print(error, file=sys.stderr)
        return 1


def run_seed_command() -> int:
    stock = read_stock_workflows()
    branches = read_stock_branches(stock)
    client = create_operator_client()
    for seeded in chain(seed_stock_workflows(client, stock), seed_stock_branches(client, branches)):
        print(seeded)
    return 0


def run_cleanup_command() -> int:
    cleaned = clean_up_stock_workflows(create_operator_client())
    for workflow_id in cleaned.removed:
        print(f"{workflow_id}: removed")
    for workflow_id in cleaned.archived:
        print(f"{workflow_id}: archived, because runs or copies hang on it")
    if not cleaned.removed and not cleaned.archived:
        print("Nothing to clean up")
    return 0


def run_inspect_command() -> int:
    found = list(inspect_workflows(WorkflowRepository(create_operator_client())))
    for inspection in found:
        print("\n".join(format_workflow_inspection(inspection)))
    wrong = sum(inspection.error is not None for inspection in found)
    print(f"{len(found)} inspected, {wrong} with faults")
    return 1 if wrong else 0


def format_workflow_inspection(inspection: WorkflowInspection) -> list[str]:
    """One workflow as an operator reads it."""
    workflow = inspection.workflow
    if workflow is None:
        return [inspection.heading, f"  wrong: {inspection.error}"]
    titles = [slide.context.title or format_slide_name(slide.slide.title, slide.id) for slide in workflow.slides]
    slides = [
        f"  {place:2}. {slide.id:22} {titles[place - 1]} ({slide.context.minutes or '?'} min)"
        for place, slide in enumerate(workflow.slides, start=1)
    ]
    return [f"{inspection.heading}: {workflow.name}, {workflow.total_minutes} min", *slides]


COMMANDS: dict[str, tuple[Callable[[], int], str]] = {
    "seed": (run_seed_command, "bring the stock workflows and their chat branches in; safe to repeat"),
    "cleanup": (run_cleanup_command, "take the stock workflows out; a company's own stay"),
    "inspect": (run_inspect_command, "print every workflow composed, and what is wrong in it"),
}

if __name__ == "__main__":
    sys.exit(main())
