"""The operator's command for workflows: `python -m lib.workflows seed | cleanup | inspect | export | import | schema`.

It needs the secret key of the Supabase named in the environment, or the running local one. The app never uses it.
"""

import argparse
import sys
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from lib.errors import InvalidInput, ZenError
from lib.operator_client import create_operator_client
from lib.slides.slide_address import format_slide_name
from lib.workflows.operator_workflow_files import export_workflow_of_company, import_workflow_to_company
from lib.workflows.repository import WorkflowRepository
from lib.workflows.stock_branch_seed import read_stock_branches, seed_stock_branches
from lib.workflows.stock_seed import (
    WorkflowInspection,
    clean_up_stock_workflows,
    inspect_workflows,
    read_stock_workflows,
    seed_stock_workflows,
)
from lib.workflows.workflow_file_reader import WorkflowFileFormat
from lib.workflows.workflow_file_schema import build_file_schema_json


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when all went well, 1 when something failed or is wrong in a workflow."""
    parser = argparse.ArgumentParser(prog="python -m lib.workflows", description="The workflows of a Supabase.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, description) in COMMANDS.items():
        command = commands.add_parser(name, help=description)
        if name in ARGUMENTS:
            ARGUMENTS[name](command)
    options = parser.parse_args(arguments)
    try:
        return COMMANDS[options.command][0](options)
    except ZenError as error:
        print(error, file=sys.stderr)
        return 1


def run_seed_command(_: argparse.Namespace) -> int:
    stock = read_stock_workflows()
    branches = read_stock_branches(stock)
    client = create_operator_client()
    for seeded in chain(seed_stock_workflows(client, stock), seed_stock_branches(client, branches)):
        print(seeded)
    return 0


def run_cleanup_command(_: argparse.Namespace) -> int:
    cleaned = clean_up_stock_workflows(create_operator_client())
    for workflow_id in cleaned.removed:
        print(f"{workflow_id}: removed")
    for workflow_id in cleaned.archived:
        print(f"{workflow_id}: archived, because runs or copies hang on it")
    if not cleaned.removed and not cleaned.archived:
        print("Nothing to clean up")
    return 0


def run_inspect_command(_: argparse.Namespace) -> int:
    found = list(inspect_workflows(WorkflowRepository(create_operator_client())))
    for inspection in found:
        print("\n".join(format_workflow_inspection(inspection)))
    wrong = sum(inspection.error is not None for inspection in found)
    print(f"{len(found)} inspected, {wrong} with faults")
    return 1 if wrong else 0


def run_export_command(options: argparse.Namespace) -> int:
    made = export_workflow_of_company(
        create_operator_client(),
        options.workflow_id,
        company=options.company,
        version=options.version,
        file_format=WorkflowFileFormat(options.format),
    )
    if options.output is None:
        sys.stdout.write(made.text)
    else:
        Path(options.output).write_text(made.text, encoding="utf-8")
        print(f"{options.output} is written")
    return 0


def run_import_command(options: argparse.Namespace) -> int:
    try:
        draft = import_workflow_to_company(
            create_operator_client(), Path(options.file), company=options.company, author=options.author
        )
    except InvalidInput as error:
        for problem in error.detail if isinstance(error.detail, tuple) else ():
            print(problem, file=sys.stderr)
        raise
    print(
        f"“{draft.name}” is a draft of {options.author}. A manager publishes it in the app: /builder?draft={draft.id}"
    )
    return 0


def run_schema_command(_: argparse.Namespace) -> int:
    sys.stdout.write(build_file_schema_json())
    return 0


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workflow_id", metavar="ID", help="the workflow's id, such as standard-renewal")
    parser.add_argument("--company", metavar="NAME", help="whose it is, by name or id; stock's without it")
    parser.add_argument("--version", type=int, metavar="N", help="which version; the latest without it")
    parser.add_argument("--format", choices=[each.value for each in WorkflowFileFormat], default="yaml")
    parser.add_argument("--output", metavar="FILE", help="where to write it; printed without it")


def add_import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a file that export wrote, YAML or JSON")
    parser.add_argument("--company", required=True, metavar="NAME", help="the company it is for, by name or id")
    parser.add_argument("--author", required=True, metavar="ADDRESS", help="whose draft it becomes, by email address")


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


COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int], str]] = {
    "seed": (run_seed_command, "bring the stock workflows and their chat branches in; safe to repeat"),
    "cleanup": (run_cleanup_command, "take the stock workflows out; a company's own stay"),
    "inspect": (run_inspect_command, "print every workflow composed, and what is wrong in it"),
    "export": (run_export_command, "print a version of a workflow as a file, YAML or JSON"),
    "import": (run_import_command, "check a file and add it as a draft"),
    "schema": (run_schema_command, "print the JSON Schema of the files"),
}
ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "export": add_export_arguments,
    "import": add_import_arguments,
}

if __name__ == "__main__":
    sys.exit(main())
