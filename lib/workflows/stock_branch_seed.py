"""Seeds the chat branches of stock workflows from `supabase/stock/branches/<workflow_id>.json`.

A file is all stock branches of its workflow, in the order they are offered. Unlike versions they may change: what a
file no longer has is archived. Checked before anything is written; the same content twice changes nothing.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lib.db.client import Client
from lib.db.query_execution import execute_write
from lib.errors import InvalidInput
from lib.workflows.chat_branch_content import SnoozeDays
from lib.workflows.stock_seed import STOCK_FOLDER, StockWorkflow

BranchKey = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
BranchText = Annotated[str, Field(min_length=1, max_length=40_000)]


class _StockBranch(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    slide_id: str
    branch_key: BranchKey
    label: str = Field(min_length=1, max_length=200)
    next_branch_key: BranchKey | None = None


class StockFixedBranch(_StockBranch):
    branch_type: Literal["fixed"]
    response_text: BranchText


class StockPromptBranch(_StockBranch):
    branch_type: Literal["llm", "rag"]
    prompt: BranchText


class StockActionBranch(_StockBranch):
    branch_type: Literal["saved_action"]
    saved_action: str
    snooze_days: SnoozeDays | None = None


StockBranch = Annotated[StockFixedBranch | StockPromptBranch | StockActionBranch, Field(discriminator="branch_type")]


class StockBranches(BaseModel):
    """What one file says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    workflow_id: str
    branches: tuple[StockBranch, ...]


@dataclass(frozen=True, kw_only=True)
class SeededBranches:
    """How many branches of a workflow were brought in, changed and taken out."""

    workflow_id: str
    created: int
    updated: int
    archived: int

    def __str__(self) -> str:
        counts = {"created": self.created, "changed": self.updated, "archived": self.archived}
        changes = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        return f"{self.workflow_id}: branches {changes or 'unchanged'}"


def read_stock_branches(
    stock: tuple[StockWorkflow, ...], folder: Path = STOCK_FOLDER / "branches"
) -> tuple[StockBranches, ...]:
    """Every file, by workflow. Raises InvalidInput naming everything wrong in any of them."""
    newest = {workflow.workflow_id: workflow for workflow in sorted(stock, key=lambda each: each.version)}
    errors: list[str] = []
    found: list[StockBranches] = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(read := _read_branches_file(path))
        except InvalidInput as error:
            errors.append(f"{path.name}: {error.message}")
            continue
        errors += [f"{path.name}: {fault}" for fault in _find_branch_errors(read, newest)]
    if errors:
        raise InvalidInput(" ".join(errors))
    return tuple(found)


def seed_stock_branches(client: Client, files: tuple[StockBranches, ...]) -> Iterator[SeededBranches]:
    """Make each workflow's stock branches those of its file, one transaction each."""
    for branches in files:
        content = branches.model_dump(mode="json", exclude_none=True)
        yield SeededBranches(**execute_write(client.rpc("seed_chat_branches", {"p": content})))


def _read_branches_file(path: Path) -> StockBranches:
    try:
        branches = StockBranches.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        where = [".".join(map(str, fault["loc"])) + f" {fault['msg'].lower()}" for fault in error.errors()]
        raise InvalidInput(f"{'; '.join(where)}.") from error
    except ValueError as error:
        raise InvalidInput(f"It is not valid JSON: {error}.") from error
    if branches.workflow_id != path.stem:
        raise InvalidInput(f"It says {branches.workflow_id}, which its name does not.")
    return branches


def _find_branch_errors(file: StockBranches, newest: Mapping[str, StockWorkflow]) -> Iterator[str]:
    if file.workflow_id not in newest:
        yield "There is no such stock workflow."
        return
    keys = [(branch.slide_id, branch.branch_key) for branch in file.branches]
    for branch, key in zip(file.branches, keys, strict=True):
        if branch.slide_id not in newest[file.workflow_id].slide_sequence:
            yield f"{branch.branch_key} is on {branch.slide_id}, a slide that is not in the workflow."
        if keys.count(key) > 1:
            yield f"{branch.branch_key} is on {branch.slide_id} more than once."
        if branch.next_branch_key and (branch.slide_id, branch.next_branch_key) not in keys:
            yield f"{branch.branch_key} leads to {branch.next_branch_key}, which is not on its slide."
