"""The two tools that change something. They never run in a turn: their calls wait for approval."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field, JsonValue, ValidationInfo, create_model, field_validator

from lib.actions.registry import HANDLERS
from lib.chat.chat_context import ChatContext
from lib.chat.conversation import OfferedAction
from lib.chat.saved_action_runner import SavedActionRunner
from lib.chat.tools.tool_parameters import ToolParameters
from lib.errors import InvalidInput, NotFound
from lib.executions.service import ExecutionService
from lib.forms.answer_validation import clean_answers, validate_answers
from lib.forms.model import Field as Question
from lib.forms.model import FieldKind, Form
from lib.forms.option_names import format_option_answer, list_option_names, resolve_option_names
from lib.forms.schema_fields import drop_person_only_values, reset_person_only_values
from lib.llm.tools import FROM_MODEL, ToolOutput
from lib.slides import slide_builder
from lib.text.format import format_yes_no
from lib.text.truncate import join_lines, single_line, truncate

PARAMETERS_KEY = "parameters"


@dataclass(frozen=True, kw_only=True)
class ProposalField:
    """An argument of a proposal. `question` is the form field it is edited with, if there is one."""

    key: str
    label: str
    value: Any
    form_field: Question | None = None


class SaveAnswerParameters(ToolParameters):
    """`_save_answer_parameters` narrows `field` to the slide's questions."""

    field: str = Field(description="Key of the question on this slide")
    value: JsonValue = Field(description="The answer, as JSON of the question's kind")


class SaveAnswer:
    """Saves one answer of the slide's form and leaves the others."""

    name = "save_answer"
    has_side_effect = True

    def __init__(self, context: ChatContext, form: Form, executions: ExecutionService) -> None:
        self._context, self._executions = context, executions
        self.form_fields = {field.key: field for field in form.fields}
        keys = "; ".join(_describe_form_field(field) for field in form.fields)
        self.description = truncate(f"Puts an answer into the form of this slide. Questions: {keys}.", 4000)
        self.parameters = _build_save_answer_type(
            tuple(replace(each, default=None, required_when=None) for each in form.fields)
        )

    def run(self, arguments: SaveAnswerParameters) -> ToolOutput:
        """Save over the answers stored now, not those of the proposal."""
        field = self.form_fields[arguments.field]
        execution, _ = self._executions.get_workflow_execution(self._context.execution.id)
        step = execution.find_step(self._context.slide.id)
        cleaned = clean_answers(Form(title="", fields=(field,)), {field.key: arguments.value})
        saved = self._executions.save_draft(
            execution, self._context.slide.id, {**step.answers, **cleaned}, revision=step.revision
        )
        return ToolOutput(
            text=f"“{field.label}” now says: {format_proposed_answer(field, cleaned[field.key])}", change=saved
        )


@lru_cache(maxsize=256)
def _build_save_answer_type(fields: tuple[Question, ...]) -> type[SaveAnswerParameters]:
    """Parameters that accept only valid answers to these fields. Cached: creating a type is slow."""
    questions = {field.key: field for field in fields}

    def validate_proposed_form_answer(said: JsonValue, told: ValidationInfo) -> JsonValue:
        field = questions.get(told.data.get("field", ""))
        try:
            value: JsonValue = resolve_option_names(field, said) if field else said
        except InvalidInput as error:
            raise ValueError(str(error)) from error
        faults = validate_answers(Form(title="", fields=(field,)), {field.key: value}, draft=True) if field else ()
        if faults:
            raise ValueError(" ".join(faults))
        is_text = field is not None and field.kind is FieldKind.TEXT
        return join_lines(value) if is_text and isinstance(value, str) else value

    names: Any = Literal[tuple(questions)]
    return create_model(
        "AnswerToKeepHere",
        __base__=SaveAnswerParameters,
        __validators__={"validate_proposed_form_answer": field_validator("value")(validate_proposed_form_answer)},
        field=(names, Field(description="Key of the question on this slide")),
    )


class RunSavedAction:
    """Runs one of the slide's saved actions on this run."""

    name = "run_saved_action"
    has_side_effect = True

    def __init__(
        self,
        context: ChatContext,
        actions: tuple[OfferedAction, ...],
        runner: SavedActionRunner,
        key: str = "",
        *,
        fills_defaults: bool = False,
    ) -> None:
        self._context, self._runner, self._key, self._fills_defaults = context, runner, key, fills_defaults
        self._actions = {action.name: action for action in actions}
        rules = context.account.rules
        told = "; ".join(
            _describe_offered_action(action, runner.describe_parameters(action, rules)) for action in actions
        )
        self.description = truncate(f"Runs a saved action on this run. There are: {single_line(told)}.", 3000)
        self.parameters = _build_run_action_type(tuple((action.name, action.kind) for action in actions))

    def prepare_proposal(self, arguments: Any) -> ToolParameters:
        """The action with people by their names and days as dates; usual values where rules propose it."""
        action = self.find_offered_action(arguments.action)
        execution, rules = self._context.execution, self._context.account.rules
        given = self._runner.resolve_proposed_parameters(action, arguments.parameters, rules)
        if self._fills_defaults:
            given = {**self._runner.load_default_parameters(action, execution, rules), **given}
        prepared: ToolParameters = arguments.model_copy(update={PARAMETERS_KEY: dict(given)})
        return prepared

    def run(self, arguments: Any) -> ToolOutput:
        action = self.find_offered_action(arguments.action)
        execution = self._context.execution
        parameters = self._runner.validate_parameters(action, execution, arguments.parameters)
        return ToolOutput(text=self._runner.run_action(action, execution, parameters, key=self._key))

    def load_proposal_fields(self, arguments: Mapping[str, Any]) -> tuple[ProposalField, ...]:
        """The parameters as fields; one JSON field if the action's form is not known."""
        action, rules = self.find_offered_action(str(arguments.get("action"))), self._context.account.rules
        given = self.reset_person_only_parameters(arguments).get(PARAMETERS_KEY) or {}
        questions = self._runner.load_parameter_fields(action, given, rules)
        if not questions:
            return (ProposalField(key=PARAMETERS_KEY, label="With", value=given),)
        return tuple(
            ProposalField(
                key=f"{PARAMETERS_KEY}.{each.key}",
                label=each.label,
                value=_choose_editable_argument_value(each, given.get(each.key)),
                form_field=each,
            )
            for each in questions
        )

    def reset_person_only_parameters(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Proposed arguments in which nothing is ticked that only a person may tick."""
        action, given = self._actions.get(str(arguments.get("action"))), arguments.get(PARAMETERS_KEY) or {}
        if action is None or action.kind not in HANDLERS or not isinstance(given, Mapping):
            return dict(arguments)
        return {**arguments, PARAMETERS_KEY: reset_person_only_values(HANDLERS[action.kind].Parameters, given)}

    def offers(self, name: str) -> bool:
        return name in self._actions

    def find_offered_action(self, name: str) -> OfferedAction:
        if name not in self._actions:
            raise NotFound("This action is no longer offered here.")
        return self._actions[name]


@lru_cache(maxsize=256)
def _build_run_action_type(actions: tuple[tuple[str, str], ...]) -> type[ToolParameters]:
    """Parameters that accept only these actions, each given as its name and kind."""
    kinds = dict(actions)

    def drop_what_only_a_person_says(value: dict[str, JsonValue], info: ValidationInfo) -> dict[str, JsonValue]:
        kind = kinds.get(info.data.get("action", ""))
        is_dropped = info.context == FROM_MODEL and kind in HANDLERS
        return drop_person_only_values(HANDLERS[kind].Parameters, value) if is_dropped and kind else value

    known: Any = Literal[tuple(kinds)]
    return create_model(
        "ActionToRun",
        __base__=ToolParameters,
        __validators__={"drop_what_only_a_person_says": field_validator(PARAMETERS_KEY)(drop_what_only_a_person_says)},
        action=(known, Field(description="Name of the action")),
        parameters=(dict[str, JsonValue], Field(default_factory=dict, description="What it is run with")),
    )


def merge_edited_arguments(arguments: Mapping[str, Any], edited: Mapping[str, Any]) -> dict[str, Any]:
    """`arguments` with edited ones in their place; keys like `parameters.reason` reach into parameters."""
    inner = {key.partition(".")[2]: value for key, value in edited.items() if key.startswith(f"{PARAMETERS_KEY}.")}
    outer = {key: value for key, value in edited.items() if not key.startswith(f"{PARAMETERS_KEY}.")}
    whole = {**arguments, **outer}
    return {**whole, PARAMETERS_KEY: {**(whole.get(PARAMETERS_KEY) or {}), **inner}} if inner else whole


def build_slide_form_or_empty(context: ChatContext) -> Form:
    """The slide's form; empty if it cannot be built."""
    try:
        return slide_builder.build_slide_form(context.slide.slide, context.slide_input())
    except InvalidInput:
        return Form(title="", fields=())


def format_json_value(value: Any) -> str:
    """A JSON value as text for a person."""
    if isinstance(value, str):
        return single_line(value, max_length=2000)
    if isinstance(value, bool) or value is None:
        return format_yes_no(value)
    return single_line(json.dumps(value, ensure_ascii=False), max_length=2000)


def format_proposed_answer(field: Question | None, value: Any) -> str:
    """An answer as text for a person: names, not ids."""
    return format_json_value(format_option_answer(field, value))


def _describe_offered_action(action: OfferedAction, told: str) -> str:
    return f"“{action.name}”: {action.description or action.kind}{f' (parameters: {told})' if told else ''}"


def _choose_editable_argument_value(field: Question, value: Any) -> Any:
    """The value to edit; blank or no if there is none."""
    if value is None:
        return False if field.kind is FieldKind.YES_NO else ""
    return value


def _describe_form_field(field: Question) -> str:
    names = list_option_names(field)
    options = f", one of {', '.join(names[:20])}" if names else ""
    columns = f", rows of {', '.join(column.key for column in field.columns)}" if field.columns else ""
    kind = field.kind.value.replace("_", " ")
    return f"{field.key} ({kind}{options}{columns}): {single_line(field.label, max_length=120)}"
