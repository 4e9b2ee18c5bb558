"""Workflow definitions and their versions, read and written with the rights of the client's token."""

from collections.abc import Mapping
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.rows import parse_row
from lib.errors import NotFound
from lib.workflows.model import (
    Catalogue,
    WorkflowDefinition,
    WorkflowVersion,
)

DEFINITIONS_TABLE = "workflow_definitions"
VERSIONS_TABLE = "workflow_definition_versions"
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

    def fetch_version(self, definition_id: str, number: int | None = None) -> WorkflowVersion:
        """One version of a definition, the latest unless `number` says which. Raises NotFound. One request."""
        query = self._client.table(VERSIONS_TABLE).select("*").eq("definition_id", definition_id)
        if number is not None:
            query = query.eq("version", number)
        rows = execute_read(query.order("version", desc=True).limit(1))
        return parse_row(
            WorkflowVersion, _require_single_row(rows, "This version does not exist, or you don't have access to it.")
        )

    def fetch_catalogue(self) -> Catalogue:
        """Workflows with their latest version and run counts, and whom they can be started for. One request."""
        answer = execute_read(self._client.rpc("workflow_catalogue", {}))
        return parse_row(Catalogue, answer | {"entries": answer["workflows"]})

    def create_definition(self, row: Mapping[str, Any]) -> WorkflowDefinition:
        """Add a draft. Raises Conflict when the company has one of this id. One request."""
        rows = execute_write(self._client.table(DEFINITIONS_TABLE).insert(dict(row)))
        return parse_row(WorkflowDefinition, _require_single_row(rows, "The workflow could not be added."))

    def update_definition(self, definition_id: str, revision: int, row: Mapping[str, Any]) -> WorkflowDefinition | None:
        """Change a definition that still is at `revision`; None when no row was changed. One request."""
        query = self._client.table(DEFINITIONS_TABLE).update(dict(row)).eq("id", definition_id).eq("revision", revision)
        rows = execute_write(query)
        return parse_row(WorkflowDefinition, rows[0]) if rows else None

    def publish_definition(self, definition_id: str, revision: int, note: str | None) -> WorkflowVersion:
        """Publish as the next version. Raises NotPermitted, NotFound, Conflict. One request."""
        arguments = {"p_definition_id": definition_id, "p_revision": revision, "p_note": note}
        return parse_row(WorkflowVersion, execute_write(self._client.rpc("publish_workflow", arguments)))


def _parse_definitions_own_first(rows: list[dict[str, Any]]) -> tuple[WorkflowDefinition, ...]:
    return tuple(
        sorted((parse_row(WorkflowDefinition, row) for row in rows), key=lambda found: found.is_stock_workflow)
    )


def _require_single_row(rows: list[dict[str, Any]], otherwise: str) -> dict[str, Any]:
    if not rows:
        raise NotFound(otherwise)
    return rows[0]
