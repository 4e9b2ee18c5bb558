"""Actions through the database's own functions: each click is one transaction."""

from collections.abc import Mapping
from typing import Any

from lib.actions.model import ActionResult, ActionSource, ActionSubject, Colleague, SavedAction
from lib.db.client import Client
from lib.db.requests import execute_read, execute_write
from lib.db.rows import pick_fields, to_datetime
from lib.errors import Conflict


class ActionRepository:
    """Acts as the holder of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list_actions(self) -> tuple[SavedAction, ...]:
        """Global actions first, then the company's own; archived and hidden ones among them. One request."""
        return tuple(parse_action(row) for row in execute_read(self._client.rpc("available_actions", {})))

    def list_colleagues(self) -> tuple[Colleague, ...]:
        """Active people of the company, oneself among them, by name. One request."""
        return tuple(
            Colleague(**pick_fields(Colleague, row)) for row in execute_read(self._client.rpc("colleagues", {}))
        )

    def run_action(
        self,
        action_id: str,
        subject: ActionSubject,
        parameters: Mapping[str, Any],
        *,
        key: str,
        source: ActionSource,
        steps: list[dict[str, Any]] | None = None,
    ) -> ActionResult:
        """Do it, once for each `key`. Raises InvalidInput, NotPermitted, NotFound, Conflict, NeedsConfirmation."""
        arguments = {
            "p_action_id": action_id,
            "p_subject": subject.as_json(),
            "p_parameters": dict(parameters),
            "p_key": key,
            "p_source": source.value,
            "p_steps": steps,
        }
        return parse_action_result(execute_write(self._client.rpc("run_saved_action", arguments)))

    def undo_action(self, run_id: str) -> ActionResult:
        """Take it back. Raises Conflict, with the sentence why, when that is no longer possible."""
        return parse_action_result(execute_write(self._client.rpc("undo_action", {"p_run_id": run_id})))

    def insert_action(self, row: Mapping[str, Any]) -> SavedAction:
        """A company's own action. Raises NotPermitted; Conflict when the name is taken."""
        added = execute_write(self._client.table("saved_actions").insert(dict(row)))
        return parse_action(added[0])

    def update_action(self, action_id: str, revision: int, row: Mapping[str, Any]) -> SavedAction | None:
        """The action after the change; None when it may not be changed or is not at this revision any more."""
        table = self._client.table("saved_actions")
        changed = execute_write(table.update(dict(row)).eq("id", action_id).eq("revision", revision))
        return parse_action(changed[0]) if changed else None

    def hide_action(self, action_id: str, *, company_id: str, person_id: str) -> None:
        """Put a global action out of the company's sight; hidden twice is hidden once. Raises NotPermitted."""
        row = {"company_id": company_id, "action_id": action_id, "hidden_by": person_id}
        try:
            execute_write(self._client.table("hidden_saved_actions").insert(row))
        except Conflict:
            return

    def unhide_action(self, action_id: str) -> bool:
        """Offer it again; False when nothing was hidden, or the person may not."""
        return bool(execute_write(self._client.table("hidden_saved_actions").delete().eq("action_id", action_id)))


def parse_action(row: Mapping[str, Any]) -> SavedAction:
    """A SavedAction from a row of `saved_actions`, or of `available_actions`, which knows what is hidden."""
    said = {"is_global": row["company_id"] is None, "is_hidden": False} | dict(row)
    return SavedAction(**pick_fields(SavedAction, said) | {"archived_at": to_datetime(row["archived_at"])})


def parse_action_result(row: Mapping[str, Any]) -> ActionResult:
    """A Done from what the functions that act return."""
    return ActionResult(**pick_fields(ActionResult, dict(row)))
