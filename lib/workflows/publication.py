"""What publishing a workflow does to open runs, and moving chosen ones to the new version."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lib.actions.model import ActionResult
from lib.actions.repository import parse_action_result
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row

MAX_NOTE_LENGTH = 2000
"""Characters of what is said about a version, as the database holds it."""


@dataclass(frozen=True, kw_only=True)
class RunToMove:
    """An open run on an older version. `status` is active, snoozed or escalated.

    `dropped_slides` have answers and are not in the newer version; the answers come back when the move is undone.
    `resume_slide` is where the run would go on. `can_move`: the person may move it.
    """

    execution_id: str
    revision: int
    status: str
    version: int
    customer_id: str
    customer_name: str
    owner_id: str
    owner_name: str
    current_slide: str
    resume_slide: str
    answered_slides: tuple[str, ...]
    dropped_slides: tuple[str, ...]
    can_move: bool
    assigned_to: str | None = None


@dataclass(frozen=True, kw_only=True)
class RunsToMove:
    """Open runs on older versions; `runs` are the 500 of `run_count` that changed last."""

    run_count: int
    runs: tuple[RunToMove, ...]


@dataclass(frozen=True, kw_only=True)
class PublicationPreview(RunsToMove):
    """What publishing a draft does. `newer_version` is the one it would be refused for, None for none.

    `stock_run_count` runs are on the stock workflow with the same id; they stay there.
    """

    next_version: int
    newer_version: int | None
    stock_run_count: int


@dataclass(frozen=True, kw_only=True)
class RefusedMove:
    """A run that stays on its version, and why. `customer_name` is None for a run of nobody's in the company."""

    execution_id: str
    reason: str
    customer_name: str | None


@dataclass(frozen=True, kw_only=True)
class MovedRuns:
    """Each of `moved` can be undone for 24 hours by its `run_id`."""

    moved: tuple[ActionResult, ...]
    failed: tuple[RefusedMove, ...]


class PublicationRepository:
    """Open runs and versions, with the rights of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def preview_publication(self, draft_id: str) -> PublicationPreview:
        """What publishing a draft would do. Raises NotFound. One request."""
        return parse_row(
            PublicationPreview, execute_read(self._client.rpc("preview_publication", {"p_draft_id": draft_id}))
        )

    def fetch_runs_on_older_versions(self, version_id: str) -> RunsToMove:
        """Open runs that may be moved to a version. Raises NotFound. One request."""
        return parse_row(
            RunsToMove, execute_read(self._client.rpc("runs_on_older_versions", {"p_version_id": version_id}))
        )

    def move_runs_to_version(self, version_id: str, runs: Iterable[RunToMove], *, click: str) -> MovedRuns:
        """Move 1 to 500 runs; one that cannot be moved stays and is named. Raises InvalidInput. One request.

        `click` is a UUID; the same click again moves nothing a second time.
        """
        moves = [
            {"execution_id": run.execution_id, "revision": run.revision, "key": make_move_key(click, run.execution_id)}
            for run in runs
        ]
        arguments = {"p_version_id": version_id, "p_moves": moves}
        answer: dict[str, Any] = execute_write(self._client.rpc("move_runs_to_version", arguments))
        return MovedRuns(
            moved=tuple(parse_action_result(row) for row in answer["moved"]),
            failed=tuple(parse_row(RefusedMove, row) for row in answer["failed"]),
        )

    def undo_moves(self, moved: Iterable[ActionResult]) -> tuple[str, ...]:
        """Take moves back; returns the customers of runs that stay where they are. Idempotent. One request."""
        run_ids = [result.run_id for result in moved]
        return tuple(execute_write(self._client.rpc("undo_version_moves", {"p_run_ids": run_ids})))


def make_move_key(click: str, execution_id: str) -> str:
    """The key of one run's move: the same click on the same run is the same move."""
    return str(uuid.uuid5(uuid.UUID(click), execution_id))
