"""The two tools that change something. They never run within a turn: they wait as rows for the person's approval."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field, JsonValue, ValidationInfo, create_model, field_validator

from lib.chat.actions import ActionRunner
from lib.chat.model import OfferedAction
from lib.chat.scene import Scene
from lib.chat.tools.base import Arguments
from lib.errors import InvalidInput, NotFound
from lib.executions.model import Saved
from lib.executions.service import ExecutionService
from lib.llm.tools import Answer
from lib.slides import forms, render, words
from lib.slides.model import Field as Question
from lib.slides.model import FieldKind, Form

PARAMETERS = "parameters"


@dataclass(frozen=True, kw_only=True)
class ProposalField:
    """An argument as it stands. `question` is a form's own, where there is one: it says how to edit the value."""

    key: str
    label: str
    value: Any
    question: Question | None = None


@dataclass(frozen=True)
class Kept:
    """What saving an answer came to, for the page that shows the slide."""

    saved: Saved


class AnswerToKeep(Arguments):
    """`field` is narrowed to the slide's own questions by `_answer_to`."""

    field: str = Field(description="Key of the question on this slide")
    value: JsonValue = Field(description="The answer, as JSON of the question's kind")


class SaveAnswer:
    """Keeps one answer in the slide's form; what else stands there stays as it is."""

    name = "save_answer"
    has_side_effect = True

    def __init__(self, scene: Scene, form: Form, executions: ExecutionService) -> None:
        self._scene, self._executions = scene, executions
        self.questions = {field.key: field for field in form.fields}
        keys = "; ".join(_described(field) for field in form.fields)
        self.description = words.cut(f"Puts an answer into the form of this slide. Questions: {keys}.", 4000)
        self.parameters = _answer_to(tuple(replace(each, default=None, required_when=None) for each in form.fields))

    def run(self, arguments: AnswerToKeep) -> Answer:
        """Over the answers as they are kept now, not as they were when it was proposed."""
        field = self.questions[arguments.field]
        execution, _ = self._executions.open(self._scene.execution.id)
        step = execution.step(self._scene.slide.id)
        kept = forms.cleaned(Form(title="", fields=(field,)), {field.key: arguments.value})
        saved = self._executions.keep(execution, self._scene.slide.id, {**step.answers, **kept}, revision=step.revision)
        return Answer(text=f"“{field.label}” now says: {said(kept[field.key])}", payload=(Kept(saved),))


@lru_cache(maxsize=256)
def _answer_to(fields: tuple[Question, ...]) -> type[AnswerToKeep]:
    """Arguments that can only be an answer to one of these questions, of its kind; kept, for a type is slow to make."""
    questions = {field.key: field for field in fields}

    def fits(value: JsonValue, told: ValidationInfo) -> JsonValue:
        field = questions.get(told.data.get("field", ""))
        faults = forms.validate(Form(title="", fields=(field,)), {field.key: value}, draft=True) if field else ()
        if faults:
            raise ValueError(" ".join(faults))
        return value

    names: Any = Literal[tuple(questions)]
    return create_model(
        "AnswerToKeepHere",
        __base__=AnswerToKeep,
        __validators__={"fits": field_validator("value")(fits)},
        field=(names, Field(description="Key of the question on this slide")),
    )


class RunSavedAction:
    """Runs one of the actions this slide offers, on this run."""

    name = "run_saved_action"
    has_side_effect = True

    def __init__(self, scene: Scene, actions: tuple[OfferedAction, ...], runner: ActionRunner, key: str = "") -> None:
        self._scene, self._runner, self._key = scene, runner, key
        self._actions = {action.name: action for action in actions}
        told = "; ".join(_offered(action, runner.told(action)) for action in actions)
        self.description = words.cut(f"Runs a saved action on this run. There are: {words.plain(told)}.", 3000)
        self.parameters = _one_of(tuple(self._actions))

    def run(self, arguments: Any) -> Answer:
        action = self.action(arguments.action)
        execution = self._scene.execution
        parameters = self._runner.checked(action, execution, arguments.parameters)
        return Answer(text=self._runner.run(action, execution, parameters, key=self._key))

    def fields(self, arguments: Mapping[str, Any]) -> tuple[ProposalField, ...]:
        """The parameters to edit: one by one where their questions are known, else as they are."""
        given = arguments.get("parameters") or {}
        questions = self._runner.questions(self.action(str(arguments.get("action"))), given)
        if not questions:
            return (ProposalField(key=PARAMETERS, label="With", value=given),)
        return tuple(
            ProposalField(
                key=f"{PARAMETERS}.{each.key}",
                label=each.label,
                value=_standing(each, given.get(each.key)),
                question=each,
            )
            for each in questions
        )

    def action(self, name: str) -> OfferedAction:
        if name not in self._actions:
            raise NotFound("This action is not offered here any more.")
        return self._actions[name]


@lru_cache(maxsize=256)
def _one_of(names: tuple[str, ...]) -> type[Arguments]:
    """Arguments that can only name one of these actions."""
    known: Any = Literal[names]
    return create_model(
        "ActionToRun",
        __base__=Arguments,
        action=(known, Field(description="Name of the action")),
        parameters=(dict[str, JsonValue], Field(default_factory=dict, description="What it is run with")),
    )


def merged(arguments: Mapping[str, Any], edited: Mapping[str, Any]) -> dict[str, Any]:
    """`arguments` with the edited ones in their place, parameters one by one (`parameters.reason`)."""
    inner = {key.partition(".")[2]: value for key, value in edited.items() if key.startswith(f"{PARAMETERS}.")}
    outer = {key: value for key, value in edited.items() if not key.startswith(f"{PARAMETERS}.")}
    whole = {**arguments, **outer}
    return {**whole, PARAMETERS: {**(whole.get(PARAMETERS) or {}), **inner}} if inner else whole


def form_of(scene: Scene) -> Form:
    """The slide's questions; none when they cannot be prepared."""
    try:
        return render.build_form(scene.slide.slide, scene.input())
    except InvalidInput:
        return Form(title="", fields=())


def said(value: Any) -> str:
    """A JSON value as a person reads it."""
    if isinstance(value, str):
        return words.plain(value, most=2000)
    if isinstance(value, bool) or value is None:
        return words.yes_no(value)
    return words.plain(json.dumps(value, ensure_ascii=False), most=2000)


def _offered(action: OfferedAction, told: str) -> str:
    return f"“{action.name}”: {action.description or action.kind}{f' (parameters: {told})' if told else ''}"


def _standing(field: Question, value: Any) -> Any:
    """A value as it is edited: what is not answered yet is blank, or no."""
    if value is None:
        return False if field.kind is FieldKind.YES_NO else ""
    return value


def _described(field: Question) -> str:
    options = f", one of {', '.join(option.value for option in field.options[:20])}" if field.options else ""
    columns = f", rows of {', '.join(column.key for column in field.columns)}" if field.columns else ""
    return f"{field.key} ({field.kind.value.replace('_', ' ')}{options}{columns}): {words.plain(field.label, most=120)}"
