"""Seeds the stock workflows from the files in `supabase/stock`.

A file is one version of one workflow, `<workflow_id>.v<N>.json`, and never changes once it was released: new content is
the next version. Everything is checked before anything is written, and writing the same content twice changes nothing.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lib.db.client import Client
from lib.db.query_execution import execute_write
from lib.errors import InvalidInput
from lib.workflows.composer import compose_workflow
from lib.workflows.model import ComposedWorkflow, SuggestionRule, WorkflowContent, WorkflowVersion
from lib.workflows.repository import WorkflowRepository

STOCK_FOLDER = Path(__file__).parents[2] / "supabase" / "stock"
FILE_NAME = re.compile(r"(?P<workflow_id>[a-z0-9]+(?:-[a-z0-9]+)*)\.v(?P<version>[1-9]\d*)\.json")


class StockWorkflow(BaseModel):
    """What one stock file says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    workflow_id: str
    version: int = Field(ge=1)
    name: str = Field(min_length=1, max_length=200)
    description: str = Field(min_length=1)
    category: str
    note: str = Field(min_length=1, max_length=2000)
    slide_sequence: tuple[str, ...]
    slide_contexts: dict[str, Any]
    suggested_when: SuggestionRule | None = None

    def to_workflow_version(self) -> WorkflowVersion:
        content = {name: getattr(self, name) for name in type(self).model_fields if name != "suggested_when"}
        return WorkflowVersion(id="", definition_id="", company_id=None, **content)


@dataclass(frozen=True, kw_only=True)
class SeededVersion:
    """`action` is created, updated or unchanged."""

    workflow_id: str
    version: int
    action: str

    def __str__(self) -> str:
        done = "unchanged" if self.action == "unchanged" else "created"
        return f"{self.workflow_id}: version {self.version} {done}"


@dataclass(frozen=True, kw_only=True)
class StockCleanup:
    """Workflow ids that were removed, and those archived because runs or copies use them."""

    removed: tuple[str, ...]
    archived: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WorkflowInspection:
    """One definition or version, composed; `workflow` is None if `error` says why not."""

    heading: str
    workflow: ComposedWorkflow | None
    error: str | None = None


def read_stock_workflows(folder: Path = STOCK_FOLDER) -> tuple[StockWorkflow, ...]:
    """Every stock file, by workflow and version. Raises InvalidInput naming everything wrong in any of them."""
    errors: list[str] = []
    found: list[StockWorkflow] = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(_read_stock_file(path))
        except InvalidInput as error:
            errors.append(f"{path.name}: {error.message}")
    errors += _find_version_gaps(found)
    if errors or not found:
        raise InvalidInput(" ".join(errors) or f"There are no stock workflows in {folder.name}.")
    return tuple(sorted(found, key=lambda stock: (stock.workflow_id, stock.version)))


def seed_stock_workflows(client: Client, stock: tuple[StockWorkflow, ...]) -> Iterator[SeededVersion]:
    """Bring each version in, one transaction each. Raises Conflict when a version stands there with other content."""
    for workflow in stock:
        answer = execute_write(client.rpc("seed_stock_workflow", {"p_workflow": workflow.model_dump(mode="json")}))
        yield SeededVersion(**answer)


def clean_up_stock_workflows(client: Client) -> StockCleanup:
    """Take out the stock nobody uses and archive the rest. A company's own definitions stay."""
    answer = execute_write(client.rpc("cleanup_stock_workflows", {}))
    return StockCleanup(removed=tuple(answer["removed"]), archived=tuple(answer["archived"]))


def inspect_workflows(workflows: WorkflowRepository) -> Iterator[WorkflowInspection]:
    """Every workflow, version and draft there is, composed or with what is wrong in it."""
    for definition in workflows.fetch_definitions():
        owner = "stock" if definition.is_stock_workflow else f"company {definition.company_id}"
        yield _inspect_workflow(f"{definition.workflow_id} ({owner}, {definition.status})", definition)
        for version in workflows.fetch_versions(definition.id):
            yield _inspect_workflow(f"{version.workflow_id} ({owner}), version {version.version}", version)
    for draft in workflows.fetch_drafts():
        yield _inspect_workflow(f"{draft.workflow_id} (company {draft.company_id}, draft)", draft)


def _inspect_workflow(heading: str, source: WorkflowContent) -> WorkflowInspection:
    try:
        return WorkflowInspection(heading=heading, workflow=compose_workflow(source))
    except InvalidInput as error:
        return WorkflowInspection(heading=heading, workflow=None, error=error.message)


def _read_stock_file(path: Path) -> StockWorkflow:
    named = FILE_NAME.fullmatch(path.name)
    if named is None:
        raise InvalidInput("The name is not <workflow_id>.v<N>.json.")
    try:
        stock = StockWorkflow.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        where = [".".join(map(str, fault["loc"])) + f" {fault['msg'].lower()}" for fault in error.errors()]
        raise InvalidInput(f"{'; '.join(where)}.") from error
    except ValueError as error:
        raise InvalidInput(f"It is not valid JSON: {error}.") from error
    if (stock.workflow_id, str(stock.version)) != (named["workflow_id"], named["version"]):
        raise InvalidInput(f"It says {stock.workflow_id} version {stock.version}, which its name does not.")
    compose_workflow(stock.to_workflow_version())
    return stock


def _find_version_gaps(found: list[StockWorkflow]) -> Iterator[str]:
    for workflow_id in sorted({stock.workflow_id for stock in found}):
        versions = sorted(stock.version for stock in found if stock.workflow_id == workflow_id)
        if versions != list(range(1, len(versions) + 1)):
            yield f"{workflow_id}: versions {versions} do not count up from 1."
