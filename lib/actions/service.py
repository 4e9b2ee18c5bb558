"""What can be done with saved actions, as the signed-in person: offer, run once, undo; and, for leaders, keep them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from lib.actions import keeping
from lib.actions.base import Handler, Steps, as_json, parsed
from lib.actions.forms import form_of
from lib.actions.model import Colleague, Done, SavedAction, Source, Subject
from lib.actions.registry import HANDLERS, handler_of
from lib.actions.repository import ActionRepository
from lib.auth.model import Person
from lib.db.client import Client
from lib.errors import Conflict, NotFound, NotPermitted
from lib.slides.clock import today_in
from lib.slides.model import Form


class ActionService:
    """`person` is whoever `client` acts for: their company and id are carried, never chosen."""

    def __init__(self, client: Client, person: Person) -> None:
        self._actions = ActionRepository(client)
        self._person = person

    def available(self) -> tuple[SavedAction, ...]:
        """What is offered: neither archived nor hidden, and of a kind that is handled here. One request."""
        return tuple(action for action in self.all() if action.is_offered and action.kind in HANDLERS)

    def all(self) -> tuple[SavedAction, ...]:
        """Archived and hidden ones as well, for whoever keeps them. One request."""
        return self._actions.all()

    def action(self, action_id: str) -> SavedAction:
        """Raises NotFound. One request."""
        found = next((action for action in self.all() if action.id == action_id), None)
        if found is None:
            raise NotFound("This action does not exist, or you may not use it.")
        return found

    def trigger(
        self,
        action: SavedAction | str,
        subject: Subject,
        parameters: Mapping[str, Any],
        *,
        key: str,
        source: Source,
    ) -> Done:
        """Run it on `subject`; `key` is one for each click, the same again does nothing again.

        Raises InvalidInput naming every fault; NeedsConfirmation whose `detail["confirm"]` names the parameter that
        says "this is meant"; Conflict when the world has moved on; NotPermitted, NotFound.
        """
        chosen = self.action(action) if isinstance(action, str) else action
        valid, steps = self._prepared(chosen, parameters)
        return self._actions.run(chosen.id, subject, valid, key=key, source=source, steps=steps)

    def checked(self, action: SavedAction, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """`parameters` as they would be used, presets included. Raises InvalidInput naming every fault."""
        return self._prepared(action, parameters)[0]

    def form(self, action: SavedAction, colleagues: Sequence[Colleague] = ()) -> Form:
        """What to ask before running it; no fields where nothing needs to be asked. No request."""
        return form_of(handler_of(action.kind), action, colleagues=colleagues)

    def undo(self, run_id: str) -> Done:
        """Take back what was done within 24 hours. Raises Conflict with the sentence why not, NotPermitted."""
        return self._actions.undo(run_id)

    def colleagues(self) -> tuple[Colleague, ...]:
        """Whom one can ask: active people of the company but oneself, by name. One request."""
        return tuple(person for person in self._actions.colleagues() if person.id != str(self._person.id))

    def today(self) -> date:
        """The day it is where the person is."""
        return today_in(self._person.time_zone)

    def create(self, kind: str, name: str, content: Mapping[str, Any] | None = None) -> SavedAction:
        """A company's own action; `content` may have any of `keeping.EDITABLE`.

        Raises InvalidInput naming every fault, NotPermitted for a csm, Conflict when the name is taken.
        """
        self._for_leaders()
        row = keeping.row_of(kind, {"parameters": {}, **(content or {}), "name": name})
        carried = {"company_id": str(self._person.company_id), "created_by": str(self._person.id), "kind": kind}
        return self._actions.add({**row, **carried})

    def edit(self, action: SavedAction, changes: Mapping[str, Any]) -> SavedAction:
        """Keep `changes` (to any of `keeping.EDITABLE`), made on the revision `action` has.

        Raises InvalidInput; NotPermitted; Conflict, whose `detail` is the action as it stands now.
        """
        return self._change(action, keeping.row_of(action.kind, changes))

    def archive(self, action: SavedAction) -> SavedAction:
        """Offer it no more; its records stay. Raises NotPermitted, Conflict."""
        return self._change(action, {"archived_at": datetime.now(UTC).isoformat()})

    def restore(self, action: SavedAction) -> SavedAction:
        """Offer it again. Raises NotPermitted, Conflict."""
        return self._change(action, {"archived_at": None})

    def hide(self, action: SavedAction) -> None:
        """Put a global action out of the company's sight; hidden twice is hidden once. Raises NotPermitted."""
        self._for_leaders()
        self._actions.hide(action.id, company_id=str(self._person.company_id), person_id=str(self._person.id))

    def show(self, action: SavedAction) -> None:
        """Offer a hidden global action again; shown twice is shown once. Raises NotPermitted."""
        self._for_leaders()
        self._actions.show(action.id)

    def _prepared(self, action: SavedAction, parameters: Mapping[str, Any]) -> tuple[dict[str, Any], Steps | None]:
        handler = handler_of(action.kind)
        valid = parsed(handler.Parameters, with_presets(handler, action, parameters), today=self.today())
        return as_json(valid), handler.steps(valid, action)

    def _change(self, action: SavedAction, row: Mapping[str, Any]) -> SavedAction:
        self._for_leaders()
        if action.is_global:
            raise NotPermitted("Global actions are the same for everybody.", hint="You can hide it from your company.")
        changed = self._actions.change(action.id, action.revision, row)
        if changed is not None:
            return changed
        now = self.action(action.id)
        if now.revision == action.revision:
            raise NotPermitted("You may no longer change the company's actions.")
        raise Conflict(
            f"“{now.name}” was changed since you opened it.", detail=now, hint="Look at the change, then save again."
        )

    def _for_leaders(self) -> None:
        """For the sentence; the database refuses in any case."""
        if not self._person.role.leads_team:
            raise NotPermitted("Only managers and admins keep the company's actions.")


def with_presets(handler: Handler, action: SavedAction, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` over what the action carries with it."""
    carried = {key: value for key, value in action.parameters.items() if key in handler.preset}
    return {**carried, **given}
