"""Saved actions proposed and run from a conversation."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from lib.actions.handler import (
    COLLEAGUE_CHOICE,
    Parameters,
    build_action_form,
    build_colleague_choices,
    build_rule_choices,
)
from lib.actions.model import ActionKind, ActionSubject, SavedAction
from lib.actions.registry import HANDLERS, get_handler
from lib.actions.service import ActionService
from lib.chat.conversation import OfferedAction
from lib.customers.company_codes_and_limits import CompanyRules
from lib.errors import Conflict, NeedsConfirmation
from lib.executions.model import Execution
from lib.forms.model import Field, FieldKind, Option
from lib.forms.option_names import find_option
from lib.forms.schema_errors import ValidationFailed
from lib.forms.schema_fields import build_fields_from_schema, drop_blank_values, list_person_only_fields
from lib.text.format import format_date, humanize_code

DEFAULT_SNOOZE = timedelta(weeks=2)
BEYOND_DEADLINE = "beyond_deadline"
BEYOND_DEADLINE_FIELD = Field(key=BEYOND_DEADLINE, label="Snooze past the due date", kind=FieldKind.YES_NO)
NOT_INSTALLED = "Saved actions cannot be run from here yet. Nothing was done; “{name}” is described as: {description}"
NO_DESCRIPTION = "no description."
_SPOKEN_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
_SPOKEN_UNITS = {"day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(days=30)}
_SPOKEN_DAY = re.compile(r"in (\d{1,3}|a|one|two|three|four|six) (day|week|month)s?", re.IGNORECASE)
UNDO_NOTE = "It can be undone for 24 hours on the run's page."


class SavedActionRunner:
    """Acts as the person of `actions`. A proposal holds every parameter of the form, so that it can be edited. Texts
    are never guessed."""

    def __init__(self, actions: ActionService) -> None:
        self._actions = actions

    def fetch_offered_actions(self) -> tuple[OfferedAction, ...]:
        """All actions the person may run on a run. One request."""
        return tuple(
            OfferedAction(id=action.id, kind=action.kind, name=action.name, description=action.description or None)
            for action in self._actions.fetch_available_actions()
        )

    def load_default_parameters(
        self, action: OfferedAction, execution: Execution, rules: CompanyRules, *, snooze_days: int | None = None
    ) -> Mapping[str, Any]:
        """Presets, then defaults: medium, the first leader, a snooze of `snooze_days` (two weeks). Two requests.

        No later than a week before the due date, where that day is still to come.
        """
        saved = self._actions.fetch_action(action.id)
        form = build_action_form(get_handler(saved.kind), saved)
        standing = {field.key: field.default for field in form.fields if "." not in field.key}
        values = {key: value for key, value in standing.items() if value is not None} | dict(saved.parameters)
        defaults = self._build_default_parameters(saved, execution, rules, snooze_days)
        usual = {key: value for key, value in defaults.items() if not values.get(key)}
        asked = {key: "" for key in standing if key not in values and key != "signal"}
        return {**asked, **{key: value for key, value in values.items() if key in standing}, **usual}

    def resolve_proposed_parameters(
        self, action: OfferedAction, given: Mapping[str, Any], rules: CompanyRules
    ) -> Mapping[str, Any]:
        """Proposed parameters with ids for names, codes for labels and dates for "in 2 weeks".

        What is missing stays missing: a person adds it. Raises InvalidInput for what could never run: somebody of
        another company, an unknown code, a day that is over. One request, and one more if a colleague is named.
        """
        saved = self._actions.fetch_action(action.id)
        schema = get_handler(saved.kind).Parameters
        options = self._list_parameter_options(schema, rules)
        values = {
            key: find_option(options[key], value) if key in options and isinstance(value, str) else value
            for key, value in drop_blank_values(given).items()
        }
        if isinstance(values.get("until"), str):
            values["until"] = parse_spoken_day(values["until"], self._actions.get_today_of_person())
        try:
            self._actions.validate_parameters(saved, values)
        except ValidationFailed as failed:
            wrong = [
                message
                for message, key in failed.field_of_message.items()
                if key in values or key not in schema.model_fields
            ]
            if wrong:
                raise ValidationFailed(tuple(wrong)) from failed
        return values

    def _list_parameter_options(
        self, schema: type[Parameters], rules: CompanyRules
    ) -> Mapping[str, tuple[Option, ...]]:
        """The choices of each parameter that has some."""
        has_people = any(field.json_schema_extra == COLLEAGUE_CHOICE for field in schema.model_fields.values())
        colleagues = build_colleague_choices(self._actions.fetch_colleagues() if has_people else ())
        fields = build_fields_from_schema(schema, choices={**colleagues, **build_rule_choices(rules)})
        return {field.key: field.options for field in fields if field.options and field.key != "signal"}

    def validate_parameters(
        self, action: OfferedAction, execution: Execution, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Validate parameters. A day after the due date must be confirmed. Raises InvalidInput with every error."""
        saved = self._actions.fetch_action(action.id)
        valid = self._actions.validate_parameters(saved, self._resolve_colleague(saved, parameters))
        until, due = valid.get("until"), execution.due_on
        if due is not None and until is not None and until > due.isoformat() and not valid.get(BEYOND_DEADLINE):
            raise ValidationFailed(
                (f"It is due on {format_date(due)}: choose an earlier day, or tick “{BEYOND_DEADLINE_FIELD.label}”.",)
            )
        return valid

    def run_action(
        self, action: OfferedAction, execution: Execution, parameters: Mapping[str, Any], *, key: str
    ) -> str:
        """Run the action, once per `key`, and describe what it did. Raises ZenErrors."""
        subject = ActionSubject(execution_id=execution.id)
        try:
            done = self._actions.run_action(action.id, subject, parameters, key=key)
        except NeedsConfirmation as asked:
            raise Conflict(f"{asked.message} Nothing was done.", hint=asked.hint) from asked
        return f"{done.summary} {UNDO_NOTE}" if done.can_undo else done.summary

    def load_parameter_fields(
        self, action: OfferedAction, parameters: Mapping[str, Any], rules: CompanyRules
    ) -> tuple[Field, ...]:
        """The fields of given and required parameters. One request if a colleague has to be chosen."""
        if action.kind not in HANDLERS:
            return ()
        kind = HANDLERS[action.kind].Parameters
        people = any(field.json_schema_extra == COLLEAGUE_CHOICE for field in kind.model_fields.values())
        colleagues = build_colleague_choices(self._actions.fetch_colleagues() if people else ())
        fields = build_fields_from_schema(kind, choices={**colleagues, **build_rule_choices(rules)})
        plain = [field for field in fields if "." not in field.key and (field.key in parameters or field.required)]
        meant = (BEYOND_DEADLINE_FIELD,) if "until" in parameters else ()
        return (*(replace(field, options=()) if field.key == "signal" else field for field in plain), *meant)

    def describe_parameters(self, action: OfferedAction, rules: CompanyRules) -> str:
        """The action's parameters in words, for a model."""
        if action.kind not in HANDLERS:
            return ""
        kind = HANDLERS[action.kind].Parameters
        fields = build_fields_from_schema(kind, choices=build_rule_choices(rules))
        hidden = {"signal", *list_person_only_fields(kind)}
        return "; ".join(
            _describe_parameter_field(field) for field in fields if "." not in field.key and field.key not in hidden
        )

    def _build_default_parameters(
        self, action: SavedAction, execution: Execution, rules: CompanyRules, snooze_days: int | None
    ) -> dict[str, Any]:
        match action.kind:
            case ActionKind.SNOOZE:
                today = self._actions.get_today_of_person()
                early = execution.due_on - timedelta(weeks=1) if execution.due_on else None
                until = today + (timedelta(days=snooze_days) if snooze_days else DEFAULT_SNOOZE)
                until = early if early is not None and today < early < until else until
                return {"until": until.isoformat()}
            case ActionKind.SKIP:
                reasons = rules.list_skip_reasons()
                return {"reason": reasons[0].code} if reasons else {}
            case ActionKind.ESCALATE:
                people = self._actions.fetch_colleagues()
                first = next((person for person in people if person.leads_team), None)
                return {"severity": rules.usual_severity} | ({"to": first.id} if first else {})
            case _:
                return {}

    def _resolve_colleague(self, action: SavedAction, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Replace a colleague's name by the id: a model knows names only."""
        values = drop_blank_values(parameters)
        name = str(values.get("to", ""))
        if action.kind != ActionKind.ESCALATE or not name or len(name) == 36:
            return values
        found = [
            person.id for person in self._actions.fetch_colleagues() if person.full_name.casefold() == name.casefold()
        ]
        return values | {"to": found[0]} if len(found) == 1 else values


def parse_spoken_day(text: str, today: date) -> str:
    """The date of "in 2 weeks"; any other text as it is."""
    found = _SPOKEN_DAY.fullmatch(text.strip())
    if not found:
        return text
    number = _SPOKEN_NUMBERS.get(found[1].lower()) or int(found[1])
    return (today + number * _SPOKEN_UNITS[found[2].lower()]).isoformat()


def _describe_parameter_field(field: Field) -> str:
    options = f", one of {', '.join(option.value for option in field.options)}" if field.options else ""
    needed = ", needed" if field.required else ""
    return f"{field.key} ({humanize_code(field.kind.value)}{options}{needed}): {field.label}"


def describe_action_unavailability(action: OfferedAction | None, *, is_installed: bool, may_write: bool) -> str:
    """Say why an action is not even proposed; blank when it can be."""
    if action is None:
        return "This action no longer exists. Nothing was done."
    if not may_write:
        return (
            f"Only people who can change this run can run “{action.name}”, and only while it is open. Nothing was done."
        )
    if not is_installed:
        return NOT_INSTALLED.format(name=action.name, description=action.description or NO_DESCRIPTION)
    return ""
