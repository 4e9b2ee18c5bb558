"""Workflows as the signed-in person: find, compose, clone, draft, publish, archive."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from lib.auth.model import Person
from lib.errors import Conflict, InvalidInput, NotFound, NotPermitted
from lib.workflows.composer import compose_workflow
from lib.workflows.draft_writes import (
    VERSIONED_FIELDS,
    add_draft,
    convert_workflow_value_to_json,
    copy_definition_rules,
    copy_version_content,
    raise_draft_conflict,
    save_draft,
)
from lib.workflows.model import (
    Catalogue,
    ComposedWorkflow,
    DefinitionStatus,
    SuggestionRule,
    WorkflowDefinition,
    WorkflowDraft,
    WorkflowVersion,
)
from lib.workflows.repository import WorkflowRepository
from lib.workflows.trigger_rule import parse_trigger_rule
from lib.workflows.version_and_draft_summaries import VersionSummary
from lib.workflows.workflow_content import RULE_FIELDS

EDITABLE_FIELDS = (*VERSIONED_FIELDS, *RULE_FIELDS, "workflow_id")


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

    def fetch_versions_by_workflow_id(self, workflow_id: str) -> tuple[WorkflowVersion, ...]:
        """Every version under this id, of the company's own workflow and of stock's, newest first. One request."""
        return self._workflows.fetch_versions_by_workflow_id(workflow_id)

    def list_available_workflows(self) -> tuple[WorkflowDefinition, ...]:
        """One published definition for each workflow id, the company's own before stock, by name."""
        found: dict[str, WorkflowDefinition] = {}
        for definition in self._workflows.fetch_definitions():
            if definition.status is DefinitionStatus.PUBLISHED:
                found.setdefault(definition.workflow_id, definition)
        return tuple(sorted(found.values(), key=lambda definition: definition.name.casefold()))

    def fetch_workflow_catalogue(self) -> Catalogue:
        return self._workflows.fetch_workflow_catalogue()

    def clone_stock_workflow(
        self, workflow_id: str, *, new_id: str | None = None, name: str | None = None
    ) -> WorkflowDraft:
        """A draft of one's own with the latest stock version's content.

        Under the same id it takes the stock one's place once it is published. Raises NotFound; Conflict, whose `detail`
        is the company's workflow of that id or one's own draft for it.
        """
        stock = next(
            (d for d in self._workflows.fetch_definitions_by_workflow_id(workflow_id) if d.is_stock_workflow), None
        )
        if stock is None or stock.status is not DefinitionStatus.PUBLISHED:
            raise NotFound("There is no such stock workflow.")
        self._require_unused_workflow_id(new_id or workflow_id)
        content = self._copy_latest_version(stock) | ({"name": name} if name else {})
        return self._create_draft(new_id or workflow_id, content)

    def create_draft_from_scratch(self, workflow_id: str, content: Mapping[str, Any]) -> WorkflowDraft:
        """A draft of one's own from scratch. Raises Conflict, InvalidInput."""
        self._require_unused_workflow_id(workflow_id)
        return self._create_draft(workflow_id, parse_workflow_changes(content))

    def create_draft_of_latest_version(self, definition: WorkflowDefinition) -> WorkflowDraft:
        """A draft of one's own with the content of a company workflow's latest version. Raises NotFound."""
        return self._create_draft(definition.workflow_id, self._copy_latest_version(definition))

    def update_workflow(self, draft: WorkflowDraft, changes: Mapping[str, Any], *, check: bool = True) -> WorkflowDraft:
        """Save `changes` (to EDITABLE_FIELDS) made to this revision of one's own draft.

        With `check` the result must compose. Raises InvalidInput; NotPermitted; NotFound; Conflict, whose `detail` is
        the current draft.
        """
        row = parse_workflow_changes(changes)
        if check:
            compose_workflow(apply_workflow_changes(draft, row))
        return save_draft(self._workflows, draft, row)

    def publish_workflow(self, draft: WorkflowDraft, note: str | None = None) -> WorkflowVersion:
        """Make a draft of the company the next version of its workflow; the draft is gone then.

        Raises InvalidInput when it does not compose; NotPermitted; NotFound; Conflict, whose `detail` is the draft as
        it was changed meanwhile, or the latest version, which this draft does not begin with.
        """
        compose_workflow(draft)
        return self._workflows.publish_draft(draft.id, draft.revision, note)

    def discard_draft(self, draft: WorkflowDraft) -> None:
        """Delete one's own draft, or as a leader a colleague's. Raises NotPermitted, NotFound, Conflict."""
        if not self._workflows.delete_draft(draft.id, draft.revision):
            raise_draft_conflict(self._workflows, draft)

    def list_versions(self, definition: WorkflowDefinition) -> tuple[VersionSummary, ...]:
        """What was published of a workflow, newest first, without its content. One request."""
        return self._workflows.fetch_version_summaries(definition.id)

    def list_archived_workflows(self) -> tuple[WorkflowDefinition, ...]:
        """The company's archived workflows, by name. One request."""
        return tuple(
            definition
            for definition in self._workflows.fetch_definitions()
            if definition.status is DefinitionStatus.ARCHIVED and not definition.is_stock_workflow
        )

    def archive_workflow(self, definition: WorkflowDefinition) -> WorkflowDefinition:
        """Start no more runs of it; those under way go on. Raises NotPermitted, Conflict."""
        return self._change_status(definition, DefinitionStatus.ARCHIVED)

    def unarchive_workflow(self, definition: WorkflowDefinition) -> WorkflowDefinition:
        """Offer an archived workflow again, with its latest version. Raises NotPermitted, Conflict."""
        return self._change_status(definition, DefinitionStatus.PUBLISHED)

    def _change_status(self, definition: WorkflowDefinition, status: DefinitionStatus) -> WorkflowDefinition:
        changed = self._workflows.update_definition_status(definition.id, definition.revision, status)
        if changed is not None:
            return changed
        now = self._workflows.fetch_definition(definition.id)
        if now.revision != definition.revision:
            raise Conflict(f"“{now.name}” was changed after you opened it.", detail=now, hint="Review the change.")
        raise NotPermitted("You can't change this workflow.", hint="Clone it, or ask a manager.")

    def _copy_latest_version(self, definition: WorkflowDefinition) -> dict[str, Any]:
        version = self._workflows.fetch_version_to_copy(definition.id)
        return copy_version_content(version) | copy_definition_rules(definition)

    def _create_draft(self, workflow_id: str, content: Mapping[str, Any]) -> WorkflowDraft:
        return add_draft(self._workflows, self._person, workflow_id, content)

    def _require_unused_workflow_id(self, workflow_id: str) -> None:
        """An archived workflow leaves its id free, and so does a colleague's draft."""
        own: WorkflowDefinition | WorkflowDraft | None = next(
            (
                definition
                for definition in self._workflows.fetch_definitions_by_workflow_id(workflow_id)
                if not definition.is_stock_workflow and definition.status is DefinitionStatus.PUBLISHED
            ),
            None,
        )
        owner = "Your company already has"
        if own is None:
            own = next(iter(self._workflows.fetch_drafts_of_author(str(self._person.id), workflow_id)), None)
            owner = "You already have a draft"
        if own is not None:
            raise Conflict(f"{owner} “{own.name}” under this id.", detail=own, hint="Open it, or choose another id.")


def choose_published_definition(definitions: tuple[WorkflowDefinition, ...], workflow_id: str) -> WorkflowDefinition:
    """The published definition of the company, else the stock one. Raises NotFound."""
    published = [found for found in definitions if found.status is DefinitionStatus.PUBLISHED]
    if not published:
        raise NotFound(f"There is no workflow “{workflow_id}” available.")
    return min(published, key=lambda found: found.is_stock_workflow)


def parse_workflow_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` as JSON. Raises InvalidInput for a key that may not be changed, and for a rule that is none."""
    foreign = [key for key in changes if key not in EDITABLE_FIELDS]
    if foreign:
        raise InvalidInput(f"A workflow's {', '.join(foreign)} cannot be changed.")
    return {key: convert_workflow_value_to_json(value) for key, value in changes.items()} | _parse_rules(changes)


def _parse_rules(changes: Mapping[str, Any]) -> dict[str, Any]:
    parsers = {
        "suggested_when": ("suggesting", _parse_suggestion_rule),
        "begun_when": ("beginning", parse_trigger_rule),
    }
    parsed: dict[str, Any] = {}
    for field, (purpose, parse) in parsers.items():
        if changes.get(field) is None:
            continue
        try:
            parsed[field] = parse(changes[field])
        except ValidationError as error:
            places = ", ".join(".".join(map(str, found["loc"])) for found in error.errors())
            raise InvalidInput(f"The rule for {purpose} this workflow is not valid: {places}.") from error
    return parsed


def _parse_suggestion_rule(rule: Any) -> dict[str, Any]:
    return SuggestionRule.model_validate(rule).model_dump(mode="json", exclude_none=True)


def apply_workflow_changes(draft: WorkflowDraft, row: Mapping[str, Any]) -> WorkflowDraft:
    """`draft` with these changes applied."""
    values: dict[str, Any] = {key: tuple(row[key]) if key == "slide_sequence" else row[key] for key in row}
    return replace(draft, **values)
