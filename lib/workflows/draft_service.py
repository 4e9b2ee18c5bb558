"""Drafts as the signed-in person: read, copy, rename, begin with a version, take a slide, take a newer version."""

from collections.abc import Mapping
from typing import Any

from lib.auth.model import Person
from lib.errors import InvalidInput
from lib.text.truncate import single_line
from lib.workflows.draft_writes import (
    VERSIONED_FIELDS,
    add_draft,
    copy_definition_rules,
    copy_version_content,
    save_draft,
)
from lib.workflows.model import DefinitionStatus, VersionToCopy, WorkflowDefinition, WorkflowDraft, WorkflowVersion
from lib.workflows.repository import WorkflowRepository
from lib.workflows.service import EDITABLE_FIELDS
from lib.workflows.slide_copy import copy_slide
from lib.workflows.version_and_draft_summaries import DraftSummary
from lib.workflows.workflow_content import RULE_FIELDS

MAX_NAME_LENGTH = 200
COPIED_FIELDS = (*VERSIONED_FIELDS, *RULE_FIELDS, "base_version_id", "stock_version_id", "branches_read_at")


class DraftService:
    """Acts for `person`, whose client the repository has. All writes of a draft are compare-and-set on its revision.

    They raise NotPermitted for a colleague's draft, NotFound, and Conflict, whose `detail` is the current draft.
    """

    def __init__(self, workflows: WorkflowRepository, person: Person) -> None:
        self._workflows = workflows
        self._person = person

    def fetch_draft(self, draft_id: str) -> WorkflowDraft:
        """One's own draft or a colleague's. Raises NotFound. One request."""
        return self._workflows.fetch_draft(draft_id)

    def list_drafts(self, workflow_id: str) -> tuple[DraftSummary, ...]:
        """The company's drafts for one workflow, the last changed first. One request."""
        return self._workflows.fetch_draft_summaries(workflow_id)

    def rename_draft(self, draft: WorkflowDraft, name: str) -> WorkflowDraft:
        """Give one's own draft another name. Raises InvalidInput. One request."""
        return save_draft(self._workflows, draft, {"name": _parse_name(name)})

    def duplicate_draft(self, draft: WorkflowDraft, *, name: str | None = None) -> WorkflowDraft:
        """A second draft of one's own with the same content; of a colleague's draft one's own copy. One request."""
        is_own = draft.author_id == str(self._person.id)
        suffix = " (copy)" if is_own else ""
        content = {field: getattr(draft, field) for field in COPIED_FIELDS}
        content["name"] = _parse_name(name) if name else draft.name[: MAX_NAME_LENGTH - len(suffix)] + suffix
        return add_draft(self._workflows, self._person, draft.workflow_id, content)

    def create_draft_from_version(
        self, definition: WorkflowDefinition, number: int, *, workflow_id: str | None = None, name: str | None = None
    ) -> WorkflowDraft:
        """A draft of one's own with any version's content, for its workflow or another id.

        It begins with the latest version of the company's workflow it is meant for, so that an earlier version can be
        published again. Raises NotFound, InvalidInput, Conflict. Up to four requests.
        """
        target = workflow_id or definition.workflow_id
        version = self._workflows.fetch_version_to_copy(definition.id, number)
        content = copy_version_content(version) | copy_definition_rules(definition)
        own = self._find_own_workflow(target)
        if own is not None:
            content["base_version_id"] = self._workflows.fetch_version(own.id).id
        if name:
            content["name"] = _parse_name(name)
        return add_draft(self._workflows, self._person, target, content)

    def fetch_version_to_copy(self, definition_id: str, number: int | None = None) -> VersionToCopy:
        """A version with the branches it offers now, to take slides from; the latest by default. One request."""
        return self._workflows.fetch_version_to_copy(definition_id, number)

    def copy_slide_into_draft(
        self, draft: WorkflowDraft, source: WorkflowVersion | WorkflowDraft, address: str, *, place: int | None = None
    ) -> WorkflowDraft:
        """Take a slide with its texts and branches into one's own draft. Raises InvalidInput. One request."""
        return save_draft(self._workflows, draft, copy_slide(draft, source, address, place=place))

    def fetch_base_version(self, draft: WorkflowDraft) -> WorkflowVersion | None:
        """The version a draft began with; None from scratch. Raises NotFound. One request."""
        return self._workflows.fetch_version_by_id(draft.base_version_id) if draft.base_version_id else None

    def rebase_draft(
        self, draft: WorkflowDraft, onto_version: WorkflowVersion, content: Mapping[str, Any]
    ) -> WorkflowDraft:
        """Save merged content, and that the draft now begins with `onto_version`; it can be published over that.

        Raises InvalidInput for a version of another workflow. One request.
        """
        if onto_version.workflow_id != draft.workflow_id:
            raise InvalidInput("This is a version of another workflow.")
        changes = {field: content[field] for field in EDITABLE_FIELDS if field in content}
        return save_draft(
            self._workflows,
            draft,
            {**changes, "workflow_id": draft.workflow_id, "base_version_id": onto_version.id},
        )

    def _find_own_workflow(self, workflow_id: str) -> WorkflowDefinition | None:
        return next(
            (
                definition
                for definition in self._workflows.fetch_definitions_by_workflow_id(workflow_id)
                if not definition.is_stock_workflow and definition.status is DefinitionStatus.PUBLISHED
            ),
            None,
        )


def _parse_name(name: str) -> str:
    parsed = single_line(name).strip()
    if not parsed or len(parsed) > MAX_NAME_LENGTH:
        raise InvalidInput(f"Write a name of 1 to {MAX_NAME_LENGTH} characters.")
    return parsed
