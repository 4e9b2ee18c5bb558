"""A draft that is being published, and what publishing it did."""

from dataclasses import dataclass, field
from uuid import uuid4

from lib.actions.model import ActionResult
from lib.workflows.model import WorkflowVersion
from lib.workflows.publication import PublicationPreview, RefusedMove, RunToMove
from lib.workflows.workflow_merge import MergeResult


@dataclass(frozen=True, kw_only=True)
class NewerVersion:
    """A version that was published after the draft was begun, and the draft merged with it."""

    version: WorkflowVersion
    merge: MergeResult


@dataclass(kw_only=True)
class Publication:
    """`preview` is what publishing would do, `version` what the draft became.

    `moved` are runs that were moved since, by execution, with what undoes each; `click` tells one move from the next.
    """

    preview: PublicationPreview
    newer: NewerVersion | None = None
    version: WorkflowVersion | None = None
    moved: dict[str, ActionResult] = field(default_factory=dict)
    refused: tuple[RefusedMove, ...] = ()
    click: str = field(default_factory=lambda: str(uuid4()))

    @property
    def runs_left(self) -> tuple[RunToMove, ...]:
        """Open runs on older versions that were not moved."""
        return tuple(run for run in self.preview.runs if run.execution_id not in self.moved)
