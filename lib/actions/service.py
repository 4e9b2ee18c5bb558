"""What can be done with saved actions, as the signed-in person: offer, run once, undo; and, for leaders, keep them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from lib.actions import editing
from lib.actions.handler import Handler, StepRows, build_action_form, dump_parameters
from lib.actions.model import ActionResult, ActionSource, ActionSubject, Colleague, SavedAction
from lib.actions.registry import HANDLERS, get_handler
from lib.actions.repository import ActionRepository
from lib.auth.model import Person
from lib.db.client import Client
from lib.errors import Conflict, NotFound, NotPermitted
from lib.forms.model import Form
from lib.forms.schema_errors import parse_values
from lib.text.local_time import today_in_zone


class ActionService:
    """`person` is whoever `client` acts for: their company and id are carried, never chosen."""

    def __init__(self, client: Client, person: Person) -> None:
        self._actions = ActionRepository(client)
        self._person = person

    def list_available(self) -> tuple[SavedAction, ...]:
        """What is offered: neither archived nor hidden, and of a kind that is handled here. One request."""
        return tuple(action for action in self.list_all() if action.is_available and action.kind in HANDLERS)

    def list_all(self) -> tuple[SavedAction, ...]:
        """Archived and hidden ones as well, for whoever keeps them. One request."""
        return self._actions.list_actions()

    def get_action(self, action_id: str) -> SavedAction:
        """Raises NotFound. One request."""
        found = next((action for action in self.list_all() if action.id == action_id), None)
        if found is None:
            raise NotFound("This action does not exist, or you may not use it.")
        return found

    def run_action(
        self,
        action: SavedAction | str,
        subject: ActionSubject,
        parameters: Mapping[str, Any],
        *,
        key: str,
        source: ActionSource,
    ) -> ActionResult:
        """Run it on `subject`; `key` is one for each click, the same again does nothing again.

        Raises InvalidInput naming every fault; NeedsConfirmation whose `detail["confirm"]` names the parameter that
        says "this is meant"; Conflict when the world has moved on; NotPermitted, NotFound.
        """
        chosen = self.get_action(action) if isinstance(action, str) else action
        valid, steps = self._prepare(chosen, parameters)
        return self._actions.run_action(chosen.id, subject, valid, key=key, source=source, steps=steps)

    def validate_parameters(self, action: SavedAction, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """`parameters` as they would be used, presets included. Raises InvalidInput naming every fault."""
        return self._prepare(action, parameters)[0]

    def build_form(self, action: SavedAction, colleagues: Sequence[Colleague] = ()) -> Form:
        """What to ask before running it; no fields where nothing needs to be asked. No request."""
        return build_action_form(get_handler(action.kind), action, colleagues=colleagues)

    def undo(self, run_id: str) -> ActionResult:
        """Take back what was done within 24 hours. Raises Conflict with the sentence why not, NotPermitted."""
        return self._actions.undo_action(run_id)

    def list_colleagues(self) -> tuple[Colleague, ...]:
        """Whom one can ask: active people of the company but oneself, by name. One request."""
        return tuple(person for person in self._actions.list_colleagues() if person.id != str(self._person.id))

    def today(self) -> date:
        """The day it is where the person is."""
        return today_in_zone(self._person.time_zone)

    def create(self, kind: str, name: str, content: Mapping[str, Any] | None = None) -> SavedAction:
        """A company's own action; `content` may have any of `keeping.EDITABLE`.

        Raises InvalidInput naming every fault, NotPermitted for a csm, Conflict when the name is taken.
        """
        self._require_leader()
        row = editing.validate_content(kind, {"parameters": {}, **(content or {}), "name": name})
        carried = {"company_id": str(self._person.company_id), "created_by": str(self._person.id), "kind": kind}
        return self._actions.insert_action({**row, **carried})

    def edit(self, action: SavedAction, changes: Mapping[str, Any]) -> SavedAction:
        """Keep `changes` (to any of `keeping.EDITABLE`), made on the revision `action` has.

        Raises InvalidInput; NotPermitted; Conflict, whose `detail` is the action as it stands now.
        """
        return self._update(action, editing.validate_content(action.kind, changes))

    def archive(self, action: SavedAction) -> SavedAction:
        """Offer it no more; its records stay. Raises NotPermitted, Conflict."""
        return self._update(action, {"archived_at": datetime.now(UTC).isoformat()})

    def restore(self, action: SavedAction) -> SavedAction:
        """Offer it again. Raises NotPermitted, Conflict."""
        return self._update(action, {"archived_at": None})

    def hide(self, action: SavedAction) -> None:
        """Put a global action out of the company's sight; hidden twice is hidden once. Raises NotPermitted."""
        self._require_leader()
        self._actions.hide_action(action.id, company_id=str(self._person.company_id), person_id=str(self._person.id))

    def unhide(self, action: SavedAction) -> None:
        """Offer a hidden global action again; shown twice is shown once. Raises NotPermitted."""
        self._require_leader()
        self._actions.unhide_action(action.id)

    def _prepare(self, action: SavedAction, parameters: Mapping[str, Any]) -> tuple[dict[str, Any], StepRows | None]:
        handler = get_handler(action.kind)
        valid = parse_values(handler.Parameters, merge_presets(handler, action, parameters), today=self.today())
        return dump_parameters(valid), handler.build_steps(valid, action)

    def _update(self, action: SavedAction, row: Mapping[str, Any]) -> SavedAction:
        self._require_leader()
        if action.is_global:
            raise NotPermitted("Global actions are the same for everybody.", hint="You can hide it from your company.")
        changed = self._actions.update_action(action.id, action.revision, row)
        if changed is not None:
            return changed
        now = self.get_action(action.id)
        if now.revision == action.revision:
            raise NotPermitted("You may no longer change the company's actions.")
        raise Conflict(
            f"“{now.name}” was changed since you opened it.", detail=now, hint="Look at the change, then save again."
        )

    def _require_leader(self) -> None:
        """For the sentence; the database refuses in any case."""
        if not self._person.role.leads_team:
            raise NotPermitted("Only managers and admins keep the company's actions.")


def merge_presets(handler: Handler, action: SavedAction, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` over what the action carries with it."""
    carried = {key: value for key, value in action.parameters.items() if key in handler.preset}
    return {**carried, **given}
