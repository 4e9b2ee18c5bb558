"""Saved actions as the signed-in person: list, run, undo; for leaders also create, edit, hide."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from lib.actions.company_action_validation import validate_company_action_content
from lib.actions.handler import Handler, StepRows, build_action_form, serialize_parameters
from lib.actions.model import ActionResult, ActionSubject, Colleague, SavedAction
from lib.actions.registry import HANDLERS, get_handler
from lib.actions.repository import ActionRepository
from lib.auth.model import Person
from lib.db.client import Client
from lib.errors import Conflict, NotFound, NotPermitted
from lib.forms.model import Form
from lib.forms.schema_errors import parse_schema_values
from lib.text.local_time import today_in_zone


class ActionService:
    """`person` is the one `client` acts for. No method takes another person or company."""

    def __init__(self, client: Client, person: Person) -> None:
        self._actions = ActionRepository(client)
        self._person = person

    def fetch_available_actions(self) -> tuple[SavedAction, ...]:
        """Actions that are neither archived nor hidden, of kinds with a handler. One request."""
        return tuple(action for action in self.fetch_all_actions() if action.is_available and action.kind in HANDLERS)

    def fetch_all_actions(self) -> tuple[SavedAction, ...]:
        """All actions, archived and hidden ones too. One request."""
        return self._actions.fetch_actions()

    def fetch_action(self, action_id: str) -> SavedAction:
        """One action. Raises NotFound. One request."""
        found = next((action for action in self.fetch_all_actions() if action.id == action_id), None)
        if found is None:
            raise NotFound("This action does not exist, or you can't use it.")
        return found

    def run_action(
        self,
        action: SavedAction | str,
        subject: ActionSubject,
        parameters: Mapping[str, Any],
        *,
        key: str,
    ) -> ActionResult:
        """Run an action on `subject`, once for each `key`: a click has one, from a chat the approved call's id.

        Raises InvalidInput with every error; NeedsConfirmation, whose `detail["confirm"]` names the parameter to set;
        Conflict if the run has changed; NotPermitted, NotFound.
        """
        chosen = self.fetch_action(action) if isinstance(action, str) else action
        valid, steps = self._validate_and_build_action_steps(chosen, parameters)
        return self._actions.run_action(chosen.id, subject, valid, key=key, steps=steps)

    def validate_parameters(self, action: SavedAction, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters as the action would use them, presets included. Raises InvalidInput."""
        return self._validate_and_build_action_steps(action, parameters)[0]

    def build_action_form(self, action: SavedAction, colleagues: Sequence[Colleague] = ()) -> Form:
        """The questions to ask before running an action; may have no fields. No request."""
        return build_action_form(get_handler(action.kind), action, colleagues=colleagues)

    def undo_action(self, run_id: str) -> ActionResult:
        """Undo a run of an action within 24 hours. Raises Conflict with the reason, NotPermitted."""
        return self._actions.undo_action(run_id)

    def fetch_colleagues(self) -> tuple[Colleague, ...]:
        """Active people of the company except the person, by name. One request."""
        return tuple(person for person in self._actions.fetch_colleagues() if person.id != str(self._person.id))

    def get_today_of_person(self) -> date:
        """Today in the person's time zone."""
        return today_in_zone(self._person.time_zone)

    def create_action(self, kind: str, name: str, content: Mapping[str, Any] | None = None) -> SavedAction:
        """Create a company action; `content` may have any of `company_action_validation.EDITABLE_FIELDS`.

        Raises InvalidInput with every error, NotPermitted for a csm, Conflict if the name is taken.
        """
        self._require_leader()
        row = validate_company_action_content(kind, {"parameters": {}, **(content or {}), "name": name})
        identity = {"company_id": str(self._person.company_id), "created_by": str(self._person.id), "kind": kind}
        return self._actions.create_action({**row, **identity})

    def update_action(self, action: SavedAction, changes: Mapping[str, Any]) -> SavedAction:
        """Save `changes` to any of `company_action_validation.EDITABLE_FIELDS`, made on the revision of `action`.

        Raises InvalidInput; NotPermitted; Conflict, whose `detail` is the action as it is now.
        """
        return self._update_action_row(action, validate_company_action_content(action.kind, changes))

    def archive_action(self, action: SavedAction) -> SavedAction:
        """Stop offering an action; its records stay. Raises NotPermitted, Conflict."""
        return self._update_action_row(action, {"archived_at": datetime.now(UTC).isoformat()})

    def restore_action(self, action: SavedAction) -> SavedAction:
        """Offer an archived action again. Raises NotPermitted, Conflict."""
        return self._update_action_row(action, {"archived_at": None})

    def hide_action(self, action: SavedAction) -> None:
        """Hide a global action from the company. Idempotent. Raises NotPermitted."""
        self._require_leader()
        self._actions.hide_action(action.id, company_id=str(self._person.company_id), person_id=str(self._person.id))

    def unhide_action(self, action: SavedAction) -> None:
        """Offer a hidden global action again. Idempotent. Raises NotPermitted."""
        self._require_leader()
        self._actions.unhide_action(action.id)

    def _validate_and_build_action_steps(
        self, action: SavedAction, parameters: Mapping[str, Any]
    ) -> tuple[dict[str, Any], StepRows | None]:
        handler = get_handler(action.kind)
        valid = parse_schema_values(
            handler.Parameters, merge_action_presets(handler, action, parameters), today=self.get_today_of_person()
        )
        return serialize_parameters(valid), handler.build_action_steps(valid, action)

    def _update_action_row(self, action: SavedAction, row: Mapping[str, Any]) -> SavedAction:
        self._require_leader()
        if action.is_global:
            raise NotPermitted("Global actions are the same for everyone.", hint="You can hide it from your company.")
        changed = self._actions.update_action(action.id, action.revision, row)
        if changed is not None:
            return changed
        now = self.fetch_action(action.id)
        if now.revision == action.revision:
            raise NotPermitted("You can no longer change company actions.")
        raise Conflict(
            f"“{now.name}” was changed after you opened it.", detail=now, hint="Review the change, then save again."
        )

    def _require_leader(self) -> None:
        # For the sentence: the database refuses in any case.
        if not self._person.role.leads_team:
            raise NotPermitted("Only managers and admins can change company actions.")


def merge_action_presets(handler: Handler, action: SavedAction, given: Mapping[str, Any]) -> dict[str, Any]:
    """The presets of the action, overridden by `given`."""
    carried = {key: value for key, value in action.parameters.items() if key in handler.preset}
    return {**carried, **given}
