"""Saved actions run from a conversation: what the chat asks of its runner, on top of the service that runs them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from lib.actions import forms
from lib.actions.base import COLLEAGUE, answered
from lib.actions.handlers.escalate import Severity
from lib.actions.handlers.skip import SkipReason
from lib.actions.model import ActionKind, Faults, SavedAction, Source, Subject
from lib.actions.registry import HANDLERS, handler_of
from lib.actions.service import ActionService
from lib.chat.model import OfferedAction
from lib.errors import Conflict, NeedsConfirmation
from lib.executions.model import Execution
from lib.slides.model import Field, FieldKind
from lib.slides.words import day, spoken

USUALLY = timedelta(weeks=2)
BEYOND = "beyond_deadline"
MEANT = Field(key=BEYOND, label="Beyond the due date is meant", kind=FieldKind.YES_NO)
UNDO = "It can be undone for 24 hours on the run's page."


class SavedActionRunner:
    """Acts as whoever `actions` acts for. A proposal holds every parameter somebody is asked for, so that it can be
    edited; nothing is guessed where words are wanted."""

    def __init__(self, actions: ActionService) -> None:
        self._actions = actions

    def parameters(self, action: OfferedAction, execution: Execution) -> Mapping[str, Any]:
        """Presets, then what is usual: two weeks, or a week before it is due; medium; the first leader. Two requests at
        most."""
        saved = self._actions.action(action.id)
        form = forms.form_of(handler_of(saved.kind), saved)
        standing = {field.key: field.default for field in form.fields if "." not in field.key}
        given = {key: value for key, value in standing.items() if value is not None} | dict(saved.parameters)
        usual = {key: value for key, value in self._usual(saved, execution).items() if not given.get(key)}
        asked = {key: "" for key in standing if key not in given and key != "signal"}
        return {**asked, **{key: value for key, value in given.items() if key in standing}, **usual}

    def checked(self, action: OfferedAction, execution: Execution, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """As they would be used. A day beyond the due date has to be meant. Raises InvalidInput naming every fault."""
        saved = self._actions.action(action.id)
        valid = self._actions.checked(saved, self._named(saved, parameters))
        until, due = valid.get("until"), execution.due_on
        if due is not None and until is not None and until > due.isoformat() and not valid.get(BEYOND):
            raise Faults((f"It is due on {day(due)}: choose an earlier day, or tick “{MEANT.label}”.",))
        return valid

    def run(self, action: OfferedAction, execution: Execution, parameters: Mapping[str, Any], *, key: str) -> str:
        """Run it on the run, once for each `key`, and say what was done. Raises ZenErrors."""
        subject = Subject(execution_id=execution.id)
        try:
            done = self._actions.trigger(action.id, subject, parameters, key=key, source=Source.CHAT)
        except NeedsConfirmation as asked:
            raise Conflict(f"{asked.message} Nothing was done.", hint=asked.hint) from asked
        return f"{done.summary} {UNDO}" if done.can_undo else done.summary

    def questions(self, action: OfferedAction, parameters: Mapping[str, Any]) -> tuple[Field, ...]:
        """How to edit each parameter, those given and those needed. One request where a colleague is to be chosen."""
        if action.kind not in HANDLERS:
            return ()
        kind = HANDLERS[action.kind].Parameters
        people = any(field.json_schema_extra == COLLEAGUE for field in kind.model_fields.values())
        fields = forms.fields_of(kind, colleagues=self._actions.colleagues() if people else ())
        plain = [field for field in fields if "." not in field.key and (field.key in parameters or field.required)]
        meant = (MEANT,) if "until" in parameters else ()
        return (*(replace(field, options=()) if field.key == "signal" else field for field in plain), *meant)

    def told(self, action: OfferedAction) -> str:
        """What a model is told it can be run with."""
        if action.kind not in HANDLERS:
            return ""
        fields = forms.fields_of(HANDLERS[action.kind].Parameters)
        return "; ".join(_told(field) for field in fields if "." not in field.key and field.key != "signal")

    def _usual(self, action: SavedAction, execution: Execution) -> dict[str, Any]:
        match action.kind:
            case ActionKind.SNOOZE:
                today = self._actions.today()
                early = execution.due_on - timedelta(weeks=1) if execution.due_on else None
                until = early if early is not None and today < early < today + USUALLY else today + USUALLY
                return {"until": until.isoformat()}
            case ActionKind.SKIP:
                return {"reason": SkipReason.NOT_RELEVANT.value}
            case ActionKind.ESCALATE:
                people = self._actions.colleagues()
                first = next((person for person in people if person.role != "csm"), None)
                return {"severity": Severity.MEDIUM.value} | ({"to": first.id} if first else {})
            case _:
                return {}

    def _named(self, action: SavedAction, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """With a colleague named in words as that colleague: a model knows names, not ids."""
        given = answered(parameters)
        name = str(given.get("to", ""))
        if action.kind != ActionKind.ESCALATE or not name or len(name) == 36:
            return given
        found = [person.id for person in self._actions.colleagues() if person.full_name.casefold() == name.casefold()]
        return given | {"to": found[0]} if len(found) == 1 else given


def _told(field: Field) -> str:
    options = f", one of {', '.join(option.value for option in field.options)}" if field.options else ""
    needed = ", needed" if field.required else ""
    return f"{field.key} ({spoken(field.kind.value)}{options}{needed}): {field.label}"
