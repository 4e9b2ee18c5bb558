"""Compares two versions of a workflow for a run that moves from one to the other. Pure."""

from dataclasses import dataclass

from lib.workflows.keyed_list_diff import ChangeKind
from lib.workflows.model import WorkflowVersion
from lib.workflows.workflow_content import extract_workflow_content
from lib.workflows.workflow_diff import WorkflowDiff, diff_workflow_contents


@dataclass(frozen=True, kw_only=True)
class VersionDiff:
    """Slide addresses by what happens to them.

    `reordered` stay in another order, `reworded` have other content; `workflow` is every change. `kept_answers` keep
    their answers; `set_aside_answers` are answers of removed slides, which come back when the move is undone.
    """

    from_version: int
    to_version: int
    note: str | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    reordered: tuple[str, ...]
    reworded: tuple[str, ...]
    kept_answers: tuple[str, ...]
    set_aside_answers: tuple[str, ...]
    workflow: WorkflowDiff

    @property
    def has_slide_changes(self) -> bool:
        return bool(self.added or self.removed or self.reordered or self.reworded)


def diff_versions_for_run(old: WorkflowVersion, new: WorkflowVersion, answered: set[str]) -> VersionDiff:
    """Compare two versions for a run; `answered` are the slides with answers."""
    diff = diff_workflow_contents(extract_workflow_content(old), extract_workflow_content(new))
    before, after = old.slide_sequence, new.slide_sequence
    reworded = diff.list_addresses(ChangeKind.CHANGED)
    return VersionDiff(
        from_version=old.version,
        to_version=new.version,
        note=new.note,
        added=diff.list_addresses(ChangeKind.ADDED),
        removed=diff.list_addresses(ChangeKind.REMOVED),
        reordered=diff.list_addresses(ChangeKind.MOVED),
        reworded=tuple(slide for slide in after if slide in reworded),
        kept_answers=tuple(slide for slide in after if slide in answered),
        set_aside_answers=tuple(slide for slide in before if slide in answered and slide not in after),
        workflow=diff,
    )
