"""Workflows, their versions and drafts, read and written with the rights of the client's token."""

from collections.abc import Mapping
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import Conflict, NotFound
from lib.workflows.model import (
    Catalogue,
    DefinitionStatus,
    VersionToCopy,
    WorkflowDefinition,
    WorkflowDraft,
    WorkflowVersion,
)
from lib.workflows.version_and_draft_summaries import DraftSummary, VersionSummary

DEFINITIONS_TABLE = "workflow_definitions"
VERSIONS_TABLE = "workflow_definition_versions"
DRAFTS_TABLE = "workflow_drafts"
SUMMARY_COLUMNS = (
    "id, definition_id, version, name, note, created_at,"
    " author:profiles!workflow_definition_versions_drafted_by_fkey(full_name),"
    " publisher:profiles!workflow_definition_versions_published_by_fkey(full_name)"
)
VERSION_NOT_FOUND = "This version does not exist, or you don't have access to it."
DRAFT_NOT_FOUND = "This draft does not exist, or you don't have access to it."
MAX_ROWS = 1000
"""PostgREST truncates a longer answer silently; nobody has that many workflows."""


class WorkflowRepository:
    """Workflows as the signed-in person may see them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_definition(self, definition_id: str) -> WorkflowDefinition:
        """One definition by its identity. Raises NotFound. One request."""
        rows = execute_read(self._client.table(DEFINITIONS_TABLE).select("*").eq("id", definition_id))
        return parse_row(
            WorkflowDefinition,
            _require_single_row(rows, "This workflow does not exist, or you don't have access to it."),
        )

    def fetch_definitions_by_workflow_id(self, workflow_id: str) -> tuple[WorkflowDefinition, ...]:
        """Every definition of this id one may see: the company's own first, then stock. One request."""
        query = self._client.table(DEFINITIONS_TABLE).select("*").eq("workflow_id", workflow_id).limit(MAX_ROWS)
        return _parse_definitions_own_first(execute_read(query))

    def fetch_definitions(self) -> tuple[WorkflowDefinition, ...]:
        """Every definition one may see, archived ones included: own first, then by name. One request."""
        return _parse_definitions_own_first(
            execute_read(self._client.table(DEFINITIONS_TABLE).select("*").order("name").limit(MAX_ROWS))
        )

    def fetch_versions(self, definition_id: str) -> tuple[WorkflowVersion, ...]:
        """What was published of a definition, newest first. One request."""
        query = self._client.table(VERSIONS_TABLE).select("*").eq("definition_id", definition_id)
        return tuple(
            parse_row(WorkflowVersion, row) for row in execute_read(query.order("version", desc=True).limit(MAX_ROWS))
        )

    def fetch_versions_by_workflow_id(self, workflow_id: str) -> tuple[WorkflowVersion, ...]:
        """Every version under this id one may see: the company's own first, newest first. One request."""
        query = self._client.table(VERSIONS_TABLE).select("*").eq("workflow_id", workflow_id)
        rows = execute_read(query.order("version", desc=True).limit(MAX_ROWS))
        return tuple(
            sorted((parse_row(WorkflowVersion, row) for row in rows), key=lambda each: each.company_id is None)
        )

    def fetch_version(self, definition_id: str, number: int | None = None) -> WorkflowVersion:
        """One version of a definition, the latest unless `number` says which. Raises NotFound. One request."""
        query = self._client.table(VERSIONS_TABLE).select("*").eq("definition_id", definition_id)
        if number is not None:
            query = query.eq("version", number)
        rows = execute_read(query.order("version", desc=True).limit(1))
        return parse_row(WorkflowVersion, _require_single_row(rows, VERSION_NOT_FOUND))

    def fetch_version_by_id(self, version_id: str) -> WorkflowVersion:
        """One version by its identity. Raises NotFound. One request."""
        rows = execute_read(self._client.table(VERSIONS_TABLE).select("*").eq("id", version_id))
        return parse_row(WorkflowVersion, _require_single_row(rows, VERSION_NOT_FOUND))

    def fetch_version_summaries(self, definition_id: str) -> tuple[VersionSummary, ...]:
        """Versions of a definition without their content, newest first. One request."""
        query = self._client.table(VERSIONS_TABLE).select(SUMMARY_COLUMNS).eq("definition_id", definition_id)
        rows = execute_read(query.order("version", desc=True).limit(MAX_ROWS))
        names = ("author", "publisher")
        return tuple(
            parse_row(VersionSummary, row | {name: (row[name] or {}).get("full_name") for name in names})
            for row in rows
        )

    def fetch_version_to_copy(self, definition_id: str, number: int | None = None) -> VersionToCopy:
        """A version with the chat branches it offers now; the latest by default. Raises NotFound. One request."""
        arguments = {"p_definition_id": definition_id, "p_version": number}
        return parse_row(VersionToCopy, execute_read(self._client.rpc("version_to_copy", arguments)))

    def fetch_saved_action_ids(self, company_id: str) -> dict[str, str]:
        """Actions a branch may propose, id by name: the company's own stand before global ones. One request."""
        query = self._client.table("saved_actions").select("id, name, company_id").is_("archived_at", "null")
        # An operator without a company reads the global ones.
        owners = f"company_id.is.null,company_id.eq.{company_id}" if company_id else "company_id.is.null"
        rows = execute_read(query.or_(owners).limit(MAX_ROWS))
        return {row["name"]: row["id"] for row in sorted(rows, key=lambda row: row["company_id"] is not None)}

    def fetch_workflow_catalogue(self) -> Catalogue:
        """Workflows with their latest version and run counts, and whom they can be started for. One request."""
        answer = execute_read(self._client.rpc("workflow_catalogue", {}))
        return parse_row(Catalogue, answer | {"entries": answer["workflows"]})

    def update_definition_status(
        self, definition_id: str, revision: int, status: DefinitionStatus
    ) -> WorkflowDefinition | None:
        """Archive a definition that still is at `revision`, or offer it again; None if no row changed. One request."""
        table = self._client.table(DEFINITIONS_TABLE)
        rows = execute_write(table.update({"status": status.value}).eq("id", definition_id).eq("revision", revision))
        return parse_row(WorkflowDefinition, rows[0]) if rows else None

    def fetch_draft(self, draft_id: str) -> WorkflowDraft:
        """One draft of the company. Raises NotFound. One request."""
        rows = execute_read(self._client.table(DRAFTS_TABLE).select("*").eq("id", draft_id))
        return parse_row(WorkflowDraft, _require_single_row(rows, DRAFT_NOT_FOUND))

    def fetch_drafts(self) -> tuple[WorkflowDraft, ...]:
        """Every draft one may see, by name. One request."""
        rows = execute_read(self._client.table(DRAFTS_TABLE).select("*").order("name").order("id").limit(MAX_ROWS))
        return tuple(parse_row(WorkflowDraft, row) for row in rows)

    def fetch_drafts_of_author(self, author_id: str, workflow_id: str) -> tuple[WorkflowDraft, ...]:
        """A person's drafts meant for one workflow, newest first. One request."""
        query = self._client.table(DRAFTS_TABLE).select("*").eq("author_id", author_id).eq("workflow_id", workflow_id)
        rows = execute_read(query.order("created_at", desc=True).order("id").limit(MAX_ROWS))
        return tuple(parse_row(WorkflowDraft, row) for row in rows)

    def fetch_draft_summaries(self, workflow_id: str) -> tuple[DraftSummary, ...]:
        """The company's drafts for one workflow without their content, the last changed first. One request."""
        rows = execute_read(self._client.rpc("list_workflow_drafts", {"p_workflow_id": workflow_id}))
        return tuple(parse_row(DraftSummary, row) for row in rows)

    def create_draft(self, row: Mapping[str, Any]) -> WorkflowDraft:
        """Add a draft. Raises InvalidInput, Conflict with too many drafts. One request."""
        rows = execute_write(self._client.table(DRAFTS_TABLE).insert(dict(row)))
        return parse_row(WorkflowDraft, _require_single_row(rows, "The draft could not be added."))

    def update_draft(self, draft_id: str, revision: int, row: Mapping[str, Any]) -> WorkflowDraft | None:
        """Change a draft that still is at `revision`; None when no row was changed. One request."""
        query = self._client.table(DRAFTS_TABLE).update(dict(row)).eq("id", draft_id).eq("revision", revision)
        rows = execute_write(query)
        return parse_row(WorkflowDraft, rows[0]) if rows else None

    def delete_draft(self, draft_id: str, revision: int) -> bool:
        """Delete a draft that still is at `revision`; False when none was deleted. One request."""
        query = self._client.table(DRAFTS_TABLE).delete().eq("id", draft_id).eq("revision", revision)
        return bool(execute_write(query))

    def publish_draft(self, draft_id: str, revision: int, note: str | None) -> WorkflowVersion:
        """Publish as the next version; the draft is gone. One request.

        Raises NotPermitted, NotFound; Conflict with the current draft or the newer version.
        """
        arguments = {"p_draft_id": draft_id, "p_revision": revision, "p_note": note}
        try:
            return parse_row(WorkflowVersion, execute_write(self._client.rpc("publish_workflow", arguments)))
        except Conflict as conflict:
            raise Conflict(
                conflict.message, detail=_parse_publish_conflict(conflict.detail), hint=conflict.hint
            ) from conflict


def _parse_definitions_own_first(rows: list[dict[str, Any]]) -> tuple[WorkflowDefinition, ...]:
    return tuple(
        sorted((parse_row(WorkflowDefinition, row) for row in rows), key=lambda found: found.is_stock_workflow)
    )


def _parse_publish_conflict(detail: Any) -> WorkflowDraft | WorkflowVersion | None:
    """The draft as it was changed meanwhile, or the newer version."""
    if not isinstance(detail, dict):
        return None
    return parse_row(WorkflowDraft, detail) if "author_id" in detail else parse_row(WorkflowVersion, detail)


def _require_single_row(rows: list[dict[str, Any]], otherwise: str) -> dict[str, Any]:
    if not rows:
        raise NotFound(otherwise)
    return rows[0]
