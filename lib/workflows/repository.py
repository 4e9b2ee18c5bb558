"""Definitions and their versions, read and written as the holder of the client's token."""

from collections.abc import Mapping
from typing import Any

from lib.db.client import Client
from lib.db.requests import execute_read, execute_write
from lib.db.rows import pick_fields, to_datetime
from lib.errors import NotFound
from lib.workflows.model import (
    Catalogue,
    CatalogueEntry,
    DefinitionStatus,
    StartableCustomer,
    WorkflowDefinition,
    WorkflowVersion,
)

DEFINITIONS_TABLE = "workflow_definitions"
VERSIONS_TABLE = "workflow_definition_versions"
MAX_ROWS = 1000
"""PostgREST cuts a longer answer without a word; nobody has that many workflows."""


class WorkflowRepository:
    """What that person may not see does not exist."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_definition(self, definition_id: str) -> WorkflowDefinition:
        """One definition by its identity. Raises NotFound. One request."""
        rows = execute_read(self._client.table(DEFINITIONS_TABLE).select("*").eq("id", definition_id))
        return parse_definition(_require_row(rows, "This workflow does not exist, or you may not see it."))

    def fetch_definitions_by_workflow_id(self, workflow_id: str) -> tuple[WorkflowDefinition, ...]:
        """Every definition of this id one may see: the company's own first, then stock. One request."""
        query = self._client.table(DEFINITIONS_TABLE).select("*").eq("workflow_id", workflow_id).limit(MAX_ROWS)
        return _sort_own_first(execute_read(query))

    def fetch_definitions(self) -> tuple[WorkflowDefinition, ...]:
        """Every definition one may see, archived ones included: own first, then by name. One request."""
        return _sort_own_first(
            execute_read(self._client.table(DEFINITIONS_TABLE).select("*").order("name").limit(MAX_ROWS))
        )

    def fetch_versions(self, definition_id: str) -> tuple[WorkflowVersion, ...]:
        """What was published of a definition, newest first. One request."""
        query = self._client.table(VERSIONS_TABLE).select("*").eq("definition_id", definition_id)
        return tuple(parse_version(row) for row in execute_read(query.order("version", desc=True).limit(MAX_ROWS)))

    def fetch_version(self, definition_id: str, number: int | None = None) -> WorkflowVersion:
        """One version of a definition, the latest unless `number` says which. Raises NotFound. One request."""
        query = self._client.table(VERSIONS_TABLE).select("*").eq("definition_id", definition_id)
        if number is not None:
            query = query.eq("version", number)
        rows = execute_read(query.order("version", desc=True).limit(1))
        return parse_version(_require_row(rows, "This version does not exist, or you may not see it."))

    def fetch_version_of_execution(self, execution_id: str) -> WorkflowVersion:
        """The version a run is pinned to. Raises NotFound. One request."""
        query = self._client.table("workflow_executions").select(f"version:{VERSIONS_TABLE}(*)").eq("id", execution_id)
        return parse_version(
            _require_row(execute_read(query), "This run does not exist, or you may not see it.")["version"]
        )

    def fetch_catalogue(self) -> Catalogue:
        """Workflows with their latest version and run counts, and whom they can be started for. One request."""
        answer = execute_read(self._client.rpc("workflow_catalogue", {}))
        return Catalogue(
            entries=tuple(_parse_entry(row) for row in answer["workflows"]),
            customers=tuple(StartableCustomer(**pick_fields(StartableCustomer, row)) for row in answer["customers"]),
        )

    def add_definition(self, row: Mapping[str, Any]) -> WorkflowDefinition:
        """Add a draft. Raises Conflict when the company has one of this id. One request."""
        rows = execute_write(self._client.table(DEFINITIONS_TABLE).insert(dict(row)))
        return parse_definition(_require_row(rows, "The workflow could not be added."))

    def update_definition(self, definition_id: str, revision: int, row: Mapping[str, Any]) -> WorkflowDefinition | None:
        """Change a definition that still is at `revision`; None when no row was changed. One request."""
        query = self._client.table(DEFINITIONS_TABLE).update(dict(row)).eq("id", definition_id).eq("revision", revision)
        rows = execute_write(query)
        return parse_definition(rows[0]) if rows else None

    def publish_definition(self, definition_id: str, revision: int, note: str | None) -> WorkflowVersion:
        """Publish as the next version. Raises NotPermitted, NotFound, Conflict. One request."""
        arguments = {"p_definition_id": definition_id, "p_revision": revision, "p_note": note}
        return parse_version(execute_write(self._client.rpc("publish_workflow", arguments)))


def parse_definition(row: Mapping[str, Any]) -> WorkflowDefinition:
    """A definition from its row."""
    return WorkflowDefinition(
        **pick_fields(WorkflowDefinition, dict(row))
        | {
            "slide_sequence": tuple(row["slide_sequence"]),
            "status": DefinitionStatus(row["status"]),
            "created_at": to_datetime(row["created_at"]),
            "updated_at": to_datetime(row["updated_at"]),
        }
    )


def parse_version(row: Mapping[str, Any]) -> WorkflowVersion:
    """A version from its row."""
    return WorkflowVersion(
        **pick_fields(WorkflowVersion, dict(row))
        | {"slide_sequence": tuple(row["slide_sequence"]), "created_at": to_datetime(row["created_at"])}
    )


def _parse_entry(row: Mapping[str, Any]) -> CatalogueEntry:
    return CatalogueEntry(
        definition=parse_definition(row["definition"]),
        version=parse_version(row["version"]) if row["version"] else None,
        open_runs=row["open_runs"],
        done_runs=row["done_runs"],
    )


def _sort_own_first(rows: list[dict[str, Any]]) -> tuple[WorkflowDefinition, ...]:
    return tuple(sorted((parse_definition(row) for row in rows), key=lambda found: found.is_stock_workflow))


def _require_row(rows: list[dict[str, Any]], otherwise: str) -> dict[str, Any]:
    if not rows:
        raise NotFound(otherwise)
    return rows[0]
