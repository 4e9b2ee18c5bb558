"""Workflows as the signed-in person: find, compose, clone, edit, publish, archive."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from lib.auth.model import Person
from lib.errors import Conflict, InvalidInput, NotFound, NotPermitted
from lib.workflows.composer import compose_workflow
from lib.workflows.model import (
    Catalogue,
    ComposedWorkflow,
    DefinitionStatus,
    SuggestionRule,
    WorkflowDefinition,
    WorkflowVersion,
)
from lib.workflows.repository import WorkflowRepository

VERSIONED_FIELDS = ("name", "description", "category", "slide_sequence", "slide_contexts")
EDITABLE_FIELDS = (*VERSIONED_FIELDS, "suggested_when")


class WorkflowService:
    """Acts for `person`, whose client the repository has; company and author are theirs, never arguments."""

    def __init__(self, workflows: WorkflowRepository, person: Person) -> None:
        self._workflows = workflows
        self._person = person

    def fetch_workflow_definition(self, workflow_id: str) -> WorkflowDefinition:
        """The company's published definition of this id, else the stock one. Raises NotFound."""
        return choose_published_definition(self._workflows.fetch_definitions_by_workflow_id(workflow_id), workflow_id)

    def compose_from_database(self, workflow_id: str, *, version: int | None = None) -> ComposedWorkflow:
        """The workflow a run started now would use, or the stated version of it.

        Raises NotFound; InvalidInput naming everything that keeps it from being composed.
        """
        definition = self.fetch_workflow_definition(workflow_id)
        return compose_workflow(self._workflows.fetch_version(definition.id, version))

    def fetch_version(self, of: WorkflowVersion, number: int) -> WorkflowVersion:
        """Another version of the same definition. Raises NotFound. One request."""
        return self._workflows.fetch_version(of.definition_id, number)

    def list_available_workflows(self) -> tuple[WorkflowDefinition, ...]:
        """One published definition for each workflow id, the company's own before stock, by name."""
        found: dict[str, WorkflowDefinition] = {}
        for definition in self._workflows.fetch_definitions():
            if definition.status is DefinitionStatus.PUBLISHED:
                found.setdefault(definition.workflow_id, definition)
        return tuple(sorted(found.values(), key=lambda definition: definition.name.casefold()))

    def fetch_catalogue(self) -> Catalogue:
        return self._workflows.fetch_catalogue()

    def clone_stock_workflow(
        self, workflow_id: str, *, new_id: str | None = None, name: str | None = None
    ) -> WorkflowDefinition:
        """A draft of the company's own, copied from the latest stock version and remembering which.

        Under the same id it takes the stock one's place once it is published. Raises NotFound; Conflict, whose `detail`
        is the company's definition, when there is one of that id already.
        """
        stock = next(
            (d for d in self._workflows.fetch_definitions_by_workflow_id(workflow_id) if d.is_stock_workflow), None
        )
        if stock is None or stock.status is not DefinitionStatus.PUBLISHED:
            raise NotFound("There is no such stock workflow.")
        version = self._workflows.fetch_version(stock.id)
        self._require_unused_workflow_id(new_id or workflow_id)
        content = {field: getattr(version, field) for field in VERSIONED_FIELDS}
        origin = {
            "cloned_from": stock.id,
            "cloned_from_version": version.version,
            "suggested_when": stock.suggested_when,
        }
        return self._create_workflow_definition(
            content | origin | ({"name": name} if name else {}), new_id or workflow_id
        )

    def create_workflow(self, workflow_id: str, content: Mapping[str, Any]) -> WorkflowDefinition:
        """A draft of the company's own from scratch. Raises Conflict, InvalidInput."""
        self._require_unused_workflow_id(workflow_id)
        return self._create_workflow_definition(parse_definition_changes(content), workflow_id)

    def update_workflow(
        self, definition: WorkflowDefinition, changes: Mapping[str, Any], *, check: bool = True
    ) -> WorkflowDefinition:
        """Save `changes` (to EDITABLE_FIELDS) made to this revision of `definition`.

        With `check` the result must compose. Raises InvalidInput; NotPermitted; Conflict, whose `detail` is the
        current definition.
        """
        row = parse_definition_changes(changes)
        if check:
            compose_workflow(apply_definition_changes(definition, row))
        return self._update_workflow_definition(definition, row)

    def publish_workflow(self, definition: WorkflowDefinition, note: str | None = None) -> WorkflowVersion:
        """Publish the working copy. Raises InvalidInput when it does not compose, NotPermitted, Conflict."""
        compose_workflow(definition)
        return self._workflows.publish_definition(definition.id, definition.revision, note)

    def archive_workflow(self, definition: WorkflowDefinition) -> WorkflowDefinition:
        """Start no more runs of it; those under way go on. Raises NotPermitted, Conflict."""
        return self._update_workflow_definition(definition, {"status": DefinitionStatus.ARCHIVED.value})

    def _create_workflow_definition(self, content: Mapping[str, Any], workflow_id: str) -> WorkflowDefinition:
        carried = {"company_id": str(self._person.company_id), "created_by": str(self._person.id)}
        row = {**content, **carried, "workflow_id": workflow_id, "status": DefinitionStatus.DRAFT.value}
        return self._workflows.create_definition({key: _definition_value_to_json(value) for key, value in row.items()})

    def _update_workflow_definition(self, definition: WorkflowDefinition, row: Mapping[str, Any]) -> WorkflowDefinition:
        changed = self._workflows.update_definition(definition.id, definition.revision, row)
        if changed is not None:
            return changed
        now = self._workflows.fetch_definition(definition.id)
        if now.revision != definition.revision:
            raise Conflict(
                f"“{now.name}” was changed after you opened it.",
                detail=now,
                hint="Review the change, then save again.",
            )
        raise NotPermitted("You can't change this workflow.", hint="Clone it, or ask a manager.")

    def _require_unused_workflow_id(self, workflow_id: str) -> None:
        own = next(
            (d for d in self._workflows.fetch_definitions_by_workflow_id(workflow_id) if not d.is_stock_workflow), None
        )
        if own is not None:
            raise Conflict(
                f"Your company already has “{own.name}” under this id.",
                detail=own,
                hint="Open it, or choose another id.",
            )


def choose_published_definition(definitions: tuple[WorkflowDefinition, ...], workflow_id: str) -> WorkflowDefinition:
    """The published definition of the company, else the stock one. Raises NotFound."""
    published = [found for found in definitions if found.status is DefinitionStatus.PUBLISHED]
    if not published:
        raise NotFound(f"There is no workflow “{workflow_id}” available.")
    return min(published, key=lambda found: found.is_stock_workflow)


def parse_definition_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` as JSON. Raises InvalidInput for a key that may not be changed, and for a rule that is none."""
    foreign = [key for key in changes if key not in EDITABLE_FIELDS]
    if foreign:
        raise InvalidInput(f"A workflow's {', '.join(foreign)} cannot be changed.")
    return {key: _definition_value_to_json(value) for key, value in changes.items()} | _parse_suggestion_rule(changes)


def _parse_suggestion_rule(changes: Mapping[str, Any]) -> dict[str, Any]:
    if changes.get("suggested_when") is None:
        return {}
    try:
        rule = SuggestionRule.model_validate(changes["suggested_when"])
    except ValidationError as error:
        places = ", ".join(".".join(map(str, found["loc"])) for found in error.errors())
        raise InvalidInput(f"The rule for suggesting this workflow is not valid: {places}.") from error
    return {"suggested_when": rule.model_dump(mode="json", exclude_none=True)}


def apply_definition_changes(definition: WorkflowDefinition, row: Mapping[str, Any]) -> WorkflowDefinition:
    """`definition` with these changes applied."""
    values: dict[str, Any] = {key: tuple(row[key]) if key == "slide_sequence" else row[key] for key in row}
    return replace(definition, **values)


def _definition_value_to_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
