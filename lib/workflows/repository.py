"""Definitions and their versions, read and written as the holder of the client's token."""

from collections.abc import Mapping
from typing import Any

from lib.db.client import Client
from lib.db.results import execute, read
from lib.db.rows import pick, to_time
from lib.errors import NotFound
from lib.workflows.model import (
    Catalogue,
    CatalogueEntry,
    DefinitionStatus,
    StartableCustomer,
    WorkflowDefinition,
    WorkflowVersion,
)

DEFINITIONS = "workflow_definitions"
VERSIONS = "workflow_definition_versions"
MOST = 1000
"""PostgREST cuts a longer answer without a word; nobody has that many workflows."""


class WorkflowRepository:
    """What that person may not see does not exist."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def definition(self, definition_id: str) -> WorkflowDefinition:
        """One definition by its identity. Raises NotFound. One request."""
        rows = read(self._client.table(DEFINITIONS).select("*").eq("id", definition_id))
        return read_definition(_only(rows, "This workflow does not exist, or you may not see it."))

    def definitions_of(self, workflow_id: str) -> tuple[WorkflowDefinition, ...]:
        """Every definition of this id one may see: the company's own first, then stock. One request."""
        query = self._client.table(DEFINITIONS).select("*").eq("workflow_id", workflow_id).limit(MOST)
        return _own_first(read(query))

    def definitions(self) -> tuple[WorkflowDefinition, ...]:
        """Every definition one may see, archived ones included: own first, then by name. One request."""
        return _own_first(read(self._client.table(DEFINITIONS).select("*").order("name").limit(MOST)))

    def versions(self, definition_id: str) -> tuple[WorkflowVersion, ...]:
        """What was published of a definition, newest first. One request."""
        query = self._client.table(VERSIONS).select("*").eq("definition_id", definition_id)
        return tuple(read_version(row) for row in read(query.order("version", desc=True).limit(MOST)))

    def version(self, definition_id: str, number: int | None = None) -> WorkflowVersion:
        """One version of a definition, the latest unless `number` says which. Raises NotFound. One request."""
        query = self._client.table(VERSIONS).select("*").eq("definition_id", definition_id)
        if number is not None:
            query = query.eq("version", number)
        rows = read(query.order("version", desc=True).limit(1))
        return read_version(_only(rows, "This version does not exist, or you may not see it."))

    def version_of_execution(self, execution_id: str) -> WorkflowVersion:
        """The version a run is pinned to. Raises NotFound. One request."""
        query = self._client.table("workflow_executions").select(f"version:{VERSIONS}(*)").eq("id", execution_id)
        return read_version(_only(read(query), "This run does not exist, or you may not see it.")["version"])

    def catalogue(self) -> Catalogue:
        """Workflows with their latest version and run counts, and whom they can be started for. One request."""
        answer = read(self._client.rpc("workflow_catalogue", {}))
        return Catalogue(
            entries=tuple(_entry(row) for row in answer["workflows"]),
            customers=tuple(StartableCustomer(**pick(StartableCustomer, row)) for row in answer["customers"]),
        )

    def add(self, row: Mapping[str, Any]) -> WorkflowDefinition:
        """Add a draft. Raises Conflict when the company has one of this id. One request."""
        rows = execute(self._client.table(DEFINITIONS).insert(dict(row)))
        return read_definition(_only(rows, "The workflow could not be added."))

    def change(self, definition_id: str, revision: int, row: Mapping[str, Any]) -> WorkflowDefinition | None:
        """Change a definition that still is at `revision`; None when no row was changed. One request."""
        query = self._client.table(DEFINITIONS).update(dict(row)).eq("id", definition_id).eq("revision", revision)
        rows = execute(query)
        return read_definition(rows[0]) if rows else None

    def publish(self, definition_id: str, revision: int, note: str | None) -> WorkflowVersion:
        """Publish as the next version. Raises NotPermitted, NotFound, Conflict. One request."""
        arguments = {"p_definition_id": definition_id, "p_revision": revision, "p_note": note}
        return read_version(execute(self._client.rpc("publish_workflow", arguments)))


def read_definition(row: Mapping[str, Any]) -> WorkflowDefinition:
    """A definition from its row."""
    return WorkflowDefinition(
        **pick(WorkflowDefinition, dict(row))
        | {
            "slide_sequence": tuple(row["slide_sequence"]),
            "status": DefinitionStatus(row["status"]),
            "created_at": to_time(row["created_at"]),
            "updated_at": to_time(row["updated_at"]),
        }
    )


def read_version(row: Mapping[str, Any]) -> WorkflowVersion:
    """A version from its row."""
    return WorkflowVersion(
        **pick(WorkflowVersion, dict(row))
        | {"slide_sequence": tuple(row["slide_sequence"]), "created_at": to_time(row["created_at"])}
    )


def _entry(row: Mapping[str, Any]) -> CatalogueEntry:
    return CatalogueEntry(
        definition=read_definition(row["definition"]),
        version=read_version(row["version"]) if row["version"] else None,
        open_runs=row["open_runs"],
        done_runs=row["done_runs"],
    )


def _own_first(rows: list[dict[str, Any]]) -> tuple[WorkflowDefinition, ...]:
    return tuple(sorted((read_definition(row) for row in rows), key=lambda found: found.is_stock_workflow))


def _only(rows: list[dict[str, Any]], otherwise: str) -> dict[str, Any]:
    if not rows:
        raise NotFound(otherwise)
    return rows[0]
