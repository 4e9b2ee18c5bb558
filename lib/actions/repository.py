"""Saved actions in the database. Running one is one function and one transaction."""

from collections.abc import Mapping
from typing import Any

from lib.actions.model import ActionResult, ActionSubject, Colleague, SavedAction
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import Conflict


class ActionRepository:
    """Acts as the holder of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_actions(self) -> tuple[SavedAction, ...]:
        """All actions, archived and hidden ones too; global ones first. One request."""
        return tuple(parse_action(row) for row in execute_read(self._client.rpc("available_actions", {})))

    def fetch_colleagues(self) -> tuple[Colleague, ...]:
        """All active people of the company, by name. One request."""
        return tuple(parse_row(Colleague, row) for row in execute_read(self._client.rpc("colleagues", {})))

    def run_action(
        self,
        action_id: str,
        subject: ActionSubject,
        parameters: Mapping[str, Any],
        *,
        key: str,
        steps: list[dict[str, Any]] | None = None,
    ) -> ActionResult:
        """Run it once for each `key`. Raises InvalidInput, NotPermitted, NotFound, Conflict, NeedsConfirmation."""
        arguments = {
            "p_action_id": action_id,
            "p_subject": subject.as_json(),
            "p_parameters": dict(parameters),
            "p_key": key,
            "p_steps": steps,
        }
        return parse_action_result(execute_write(self._client.rpc("run_saved_action", arguments)))

    def undo_action(self, run_id: str) -> ActionResult:
        """Undo a run of an action. Raises Conflict if that is no longer possible."""
        return parse_action_result(execute_write(self._client.rpc("undo_action", {"p_run_id": run_id})))

    def create_action(self, row: Mapping[str, Any]) -> SavedAction:
        """Add a company action. Raises NotPermitted; Conflict if the name is taken."""
        added = execute_write(self._client.table("saved_actions").insert(dict(row)))
        return parse_action(added[0])

    def update_action(self, action_id: str, revision: int, row: Mapping[str, Any]) -> SavedAction | None:
        """The changed action; None if it may not be changed or its revision is another."""
        table = self._client.table("saved_actions")
        changed = execute_write(table.update(dict(row)).eq("id", action_id).eq("revision", revision))
        return parse_action(changed[0]) if changed else None

    def hide_action(self, action_id: str, *, company_id: str, person_id: str) -> None:
        """Hide a global action from the company. Idempotent. Raises NotPermitted."""
        row = {"company_id": company_id, "action_id": action_id, "hidden_by": person_id}
        try:
            execute_write(self._client.table("hidden_saved_actions").insert(row))
        except Conflict:
            return

    def unhide_action(self, action_id: str) -> bool:
        """Offer a hidden action again; False if it was not hidden or the person may not."""
        return bool(execute_write(self._client.table("hidden_saved_actions").delete().eq("action_id", action_id)))


def parse_action(row: Mapping[str, Any]) -> SavedAction:
    """A SavedAction from a row of `saved_actions` or `available_actions`."""
    return parse_row(SavedAction, {"is_global": row["company_id"] is None, "is_hidden": False, **row})


def parse_action_result(row: Mapping[str, Any]) -> ActionResult:
    """An ActionResult from the row that running and undoing return."""
    return parse_row(ActionResult, row)
