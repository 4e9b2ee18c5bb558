"""Add and change a person's own drafts, compare-and-set."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from lib.auth.model import Person
from lib.errors import Conflict, NotPermitted
from lib.workflows.model import VersionToCopy, WorkflowDefinition, WorkflowDraft
from lib.workflows.repository import WorkflowRepository
from lib.workflows.workflow_content import RULE_FIELDS

VERSIONED_FIELDS = ("name", "description", "category", "slide_sequence", "slide_contexts", "chat_branches")


def copy_version_content(version: VersionToCopy) -> dict[str, Any]:
    """What a draft that begins with a version has of it."""
    content = {field: getattr(version, field) for field in VERSIONED_FIELDS}
    return content | {"base_version_id": version.id, "branches_read_at": version.branches_read_at}


def copy_definition_rules(definition: WorkflowDefinition) -> dict[str, Any]:
    """When a workflow is suggested and begins by itself, which its versions do not have."""
    return {field: getattr(definition, field) for field in RULE_FIELDS}


def add_draft(
    workflows: WorkflowRepository, person: Person, workflow_id: str, content: Mapping[str, Any]
) -> WorkflowDraft:
    """A draft of the person's own. Raises InvalidInput; Conflict with too many drafts. One request."""
    carried = {"company_id": str(person.company_id), "author_id": str(person.id), "workflow_id": workflow_id}
    return workflows.create_draft(
        {key: convert_workflow_value_to_json(value) for key, value in {**content, **carried}.items()}
    )


def save_draft(workflows: WorkflowRepository, draft: WorkflowDraft, changes: Mapping[str, Any]) -> WorkflowDraft:
    """Save changes made to this revision of one's own draft.

    Raises NotPermitted; NotFound; Conflict, whose `detail` is the current draft. One request.
    """
    row = {key: convert_workflow_value_to_json(value) for key, value in changes.items()}
    changed = workflows.update_draft(draft.id, draft.revision, row)
    return changed if changed is not None else raise_draft_conflict(workflows, draft)


def raise_draft_conflict(workflows: WorkflowRepository, draft: WorkflowDraft) -> NoReturn:
    """Say why a draft was not changed: it moved on, it is gone, or it is a colleague's. One request."""
    now = workflows.fetch_draft(draft.id)
    if now.revision != draft.revision:
        raise Conflict(
            f"“{now.name}” was changed after you opened it.", detail=now, hint="Review the change, then save again."
        )
    raise NotPermitted(
        "This draft belongs to a colleague. You can read it but not change it.", hint="Copy it to a draft of your own."
    )


def convert_workflow_value_to_json(value: Any) -> Any:
    """A field of a workflow as a row holds it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
