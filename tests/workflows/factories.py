"""Definitions and versions to compose."""

from typing import Any

from lib.workflows.model import DefinitionStatus, WorkflowDefinition, WorkflowVersion

SEQUENCE = ("greeting", "review-account", "summary")


def make_definition(**given: Any) -> WorkflowDefinition:
    values: dict[str, Any] = {
        "id": "d-1",
        "workflow_id": "standard-renewal",
        "company_id": None,
        "name": "Standard renewal",
        "description": "",
        "category": "renewal",
        "slide_sequence": SEQUENCE,
        "slide_contexts": {},
        "is_stock_workflow": given.get("company_id") is None,
        "status": DefinitionStatus.PUBLISHED,
        "revision": 1,
    }
    return WorkflowDefinition(**values | given)


def make_version(**given: Any) -> WorkflowVersion:
    values: dict[str, Any] = {
        "id": "v-1",
        "definition_id": "d-1",
        "workflow_id": "standard-renewal",
        "company_id": None,
        "version": 1,
        "name": "Standard renewal",
        "description": "",
        "category": "renewal",
        "slide_sequence": SEQUENCE,
        "slide_contexts": {},
    }
    return WorkflowVersion(**values | given)
