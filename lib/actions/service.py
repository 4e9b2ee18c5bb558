"""What can be done with saved actions, as the signed-in person: offer, run once, undo; and, for leaders, keep them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lib.actions.base import Handler, as_json, parsed
from lib.actions.model import Colleague, Done, SavedAction, Source, Subject
from lib.actions.registry import HANDLERS, handler_of
from lib.actions.repository import ActionRepository
from lib.auth.model import Person
from lib.db.client import Client
from lib.errors import NotFound


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
        handler = handler_of(chosen.kind)
        valid = parsed(handler.Parameters, with_presets(handler, chosen, parameters), today=self.today())
        steps = handler.steps(valid, chosen)
        return self._actions.run(chosen.id, subject, as_json(valid), key=key, source=source, steps=steps)

    def checked(self, action: SavedAction, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """`parameters` as they would be used, presets included. Raises InvalidInput naming every fault."""
        handler = handler_of(action.kind)
        return as_json(parsed(handler.Parameters, with_presets(handler, action, parameters), today=self.today()))

    def undo(self, run_id: str) -> Done:
        """Take back what was done within 24 hours. Raises Conflict with the sentence why not, NotPermitted."""
        return self._actions.undo(run_id)

    def colleagues(self) -> tuple[Colleague, ...]:
        """Whom one can ask: active people of the company but oneself, by name. One request."""
        return tuple(person for person in self._actions.colleagues() if person.id != str(self._person.id))

    def today(self) -> date:
        """The day it is where the person is."""
        return datetime.now(UTC).astimezone(ZoneInfo(self._person.time_zone)).date()


def with_presets(handler: Handler, action: SavedAction, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` over what the action carries with it."""
    carried = {key: value for key, value in action.parameters.items() if key in handler.preset}
    return {**carried, **given}
