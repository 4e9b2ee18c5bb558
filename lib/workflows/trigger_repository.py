"""Workflows that begin by themselves, read and turned on with the rights of the client's token."""

from collections.abc import Mapping
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import NotFound
from lib.workflows.trigger_rule import TriggerPreview, WorkflowTrigger


class WorkflowTriggerRepository:
    """Triggers of the company's workflows as the signed-in person may see them. One request each."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def preview_trigger(self, workflow_id: str, rule: Mapping[str, Any]) -> TriggerPreview:
        """A dry run: the customers a rule fits today. Begins nothing. Raises InvalidInput with all errors."""
        arguments = {"p_workflow_id": workflow_id, "p_begun_when": dict(rule)}
        return parse_row(TriggerPreview, execute_read(self._client.rpc("preview_trigger", arguments)))

    def fetch_trigger(self, definition_id: str) -> WorkflowTrigger:
        """Whether a workflow of the company begins by itself, and its last starts. Raises NotFound."""
        row = execute_read(self._client.rpc("workflow_trigger", {"p_definition_id": definition_id}))
        if row is None:
            raise NotFound("This workflow does not exist, or you don't have access to it.")
        return parse_row(WorkflowTrigger, row)

    def enable_trigger(self, definition_id: str, rule: Mapping[str, Any]) -> None:
        """Have a workflow begin by itself, by the rule that was shown. For leaders. Raises NotPermitted, Conflict."""
        arguments = {"p_definition_id": definition_id, "p_is_enabled": True, "p_rule": dict(rule)}
        execute_write(self._client.rpc("switch_trigger", arguments))

    def disable_trigger(self, definition_id: str) -> None:
        """Stop a workflow from beginning by itself, at once. For leaders. Raises NotPermitted, NotFound."""
        execute_write(self._client.rpc("switch_trigger", {"p_definition_id": definition_id, "p_is_enabled": False}))
