"""Workflows as files: exported with the names of their actions, imported as drafts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.errors import ZenError
from lib.text.file_names import build_filename
from lib.workflows.comment_repository import CommentRepository
from lib.workflows.draft_comments import build_file_comments
from lib.workflows.draft_writes import convert_workflow_value_to_json
from lib.workflows.model import WorkflowContent, WorkflowDefinition, WorkflowDraft, WorkflowVersion
from lib.workflows.repository import WorkflowRepository
from lib.workflows.workflow_content import extract_workflow_content
from lib.workflows.workflow_file import build_file_values
from lib.workflows.workflow_file_reader import WorkflowFileFormat, read_workflow_file, write_workflow_file


@dataclass(frozen=True, kw_only=True)
class WorkflowExport:
    """A workflow file to save; `text` is UTF-8."""

    filename: str
    text: str


class WorkflowFileService:
    """Acts for one person of one company: the signed-in one, or whom the operator names."""

    def __init__(
        self, workflows: WorkflowRepository, comments: CommentRepository, *, company_id: str, author_id: str
    ) -> None:
        self._workflows = workflows
        self._comments = comments
        self._company_id = company_id
        self._author_id = author_id

    def export_workflow(
        self, source: WorkflowContent, file_format: WorkflowFileFormat, *, rules: Mapping[str, Any] | None = None
    ) -> WorkflowExport:
        """A file of a version or a draft; `rules` are the definition's, which a version does not have.

        One request for the names of its actions, where it has any, and one for the comments on a draft.
        """
        content = extract_workflow_content(source)
        content = {field: rule for field, rule in (rules or {}).items() if rule is not None} | content
        names = (
            {action: name for name, action in self._fetch_saved_action_ids().items()} if has_actions(content) else {}
        )
        comments = self._comments.fetch_comments(source.id) if isinstance(source, WorkflowDraft) else ()
        values = build_file_values(
            source.workflow_id, content, action_names=names, comments=build_file_comments(comments)
        )
        return WorkflowExport(
            filename=build_filename("workflow", source.name, file_format.value, default=source.workflow_id),
            text=write_workflow_file(values, file_format),
        )

    def import_workflow(self, data: bytes) -> WorkflowDraft:
        """A draft with the content of a file, meant for the workflow the file names.

        Where the company has that workflow, the draft begins with its latest version, so that what differs can be
        seen before it is published. Raises InvalidInput, whose `detail` has a FileProblem for everything wrong in the
        file; Conflict with too many drafts. Four requests, five with comments.
        """
        read = read_workflow_file(data, action_ids=self._fetch_saved_action_ids())
        row = read.content | {
            "workflow_id": read.workflow_id,
            "company_id": self._company_id,
            "author_id": self._author_id,
        }
        latest = self._find_latest_version(read.workflow_id)
        if latest is not None:
            # Whatever was promoted to a branch after that version is not in the file, and is not taken out for it.
            row |= {"base_version_id": latest.id, "branches_read_at": latest.created_at}
        values = {key: convert_workflow_value_to_json(value) for key, value in row.items()}
        draft = self._workflows.create_draft(values)
        try:
            self._comments.add_imported_comments(
                read.comments, draft_id=draft.id, company_id=self._company_id, author_id=self._author_id
            )
        except ZenError:
            self._workflows.delete_draft(draft.id, draft.revision)
            raise
        return draft

    def _fetch_saved_action_ids(self) -> Mapping[str, str]:
        """Saved actions of the company and the global ones that are not archived: id by name, its own first."""
        return self._workflows.fetch_saved_action_ids(self._company_id)

    def _find_latest_version(self, workflow_id: str) -> WorkflowVersion | None:
        definition = self.find_company_workflow(workflow_id)
        return None if definition is None else self._workflows.fetch_version(definition.id)

    def find_company_workflow(self, workflow_id: str) -> WorkflowDefinition | None:
        """The company's own workflow of this id, archived or not. One request."""
        found = self._workflows.fetch_definitions_by_workflow_id(workflow_id)
        return next((each for each in found if each.company_id == self._company_id), None)


def has_actions(content: Mapping[str, Any]) -> bool:
    """True for a content with a branch that proposes a saved action."""
    return any(branch.get("saved_action_id") for branches in content["chat_branches"].values() for branch in branches)
