"""A company's copy of a stock workflow, and what the stock changed since it was copied."""

from dataclasses import dataclass

from lib.auth.model import Person
from lib.errors import InvalidInput, NotFound
from lib.text.format import format_count
from lib.workflows.draft_writes import add_draft, copy_definition_rules, copy_version_content
from lib.workflows.model import VersionToCopy, WorkflowDefinition, WorkflowDraft, WorkflowVersion
from lib.workflows.repository import WorkflowRepository
from lib.workflows.workflow_content import extract_workflow_content
from lib.workflows.workflow_diff import WorkflowDiff, diff_workflow_contents
from lib.workflows.workflow_merge import MergeResult, merge_workflow_contents


@dataclass(frozen=True, kw_only=True)
class StockChanges:
    """`base` is the stock version the copy began with or took last, `theirs` the latest one, `ours` the copy's latest.

    `diff` is what stock changed; `merge` has it in ours, with the conflicts still open.
    """

    definition: WorkflowDefinition
    base: WorkflowVersion
    ours: VersionToCopy
    theirs: WorkflowVersion
    diff: WorkflowDiff
    merge: MergeResult


class StockLineageService:
    """Acts for `person`, whose client the repository has."""

    def __init__(self, workflows: WorkflowRepository, person: Person) -> None:
        self._workflows = workflows
        self._person = person

    def fetch_stock_changes(self, definition: WorkflowDefinition) -> StockChanges | None:
        """What stock changed since a company's workflow was copied; None if it did not, or it is no copy of stock.

        Raises NotFound. Two requests.
        """
        if definition.cloned_from is None or definition.is_stock_workflow:
            return None
        versions = self._workflows.fetch_versions(definition.cloned_from)
        base = next((each for each in versions if each.version == definition.cloned_from_version), None)
        if base is None or base.company_id is not None or versions[0].version <= base.version:
            return None
        ours, theirs = self._workflows.fetch_version_to_copy(definition.id), versions[0]
        contents = [extract_workflow_content(each) for each in (base, ours, theirs)]
        return StockChanges(
            definition=definition,
            base=base,
            ours=ours,
            theirs=theirs,
            diff=diff_workflow_contents(contents[0], contents[2]),
            merge=merge_workflow_contents(*contents),
        )

    def draft_stock_merge(self, changes: StockChanges, merge: MergeResult) -> WorkflowDraft:
        """A draft of one's own with the merged content; published, the workflow counts as copied from `theirs`.

        `merge` is that of the changes with each conflict decided. Raises InvalidInput while one is open; Conflict with
        too many drafts. One request.
        """
        if merge.conflicts:
            count = format_count(len(merge.conflicts), "conflict")
            raise InvalidInput(f"{count} must be decided first.", hint="Take stock's, keep yours, or write your own.")
        if changes.theirs.company_id is not None:
            raise NotFound("There is no such stock version.")
        content = copy_version_content(changes.ours) | merge.content
        content |= copy_definition_rules(changes.definition) | {"stock_version_id": changes.theirs.id}
        return add_draft(self._workflows, self._person, changes.definition.workflow_id, content)
