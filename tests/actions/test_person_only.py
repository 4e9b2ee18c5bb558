"""What only a person may say: every yes-or-no field of an action or a tool has an explicit decision."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from lib.actions.registry import HANDLERS
from lib.chat.tools import account_tools, record_tools, renewal_tools, side_effect_tools
from lib.forms.schema_fields import (
    PersonOnly,
    drop_person_only_values,
    list_person_only_fields,
    list_union_schemas,
    reset_person_only_values,
)
from lib.llm.events import ToolCall
from lib.llm.tool_schema import build_tool_schema
from lib.llm.tools import Toolbox, ToolOutput

MODEL_MAY_SET: dict[str, set[str]] = {}
"""Per schema, the yes-or-no fields a model may set. Everything else of the kind is `PersonOnly`."""


def list_schemas() -> list[type[BaseModel]]:
    rooms = (account_tools, record_tools, renewal_tools, side_effect_tools)
    tools = [
        found
        for room in rooms
        for found in vars(room).values()
        if isinstance(found, type) and issubclass(found, BaseModel)
    ]
    actions = [handler.Parameters for handler in HANDLERS.values()]
    nested = [
        each
        for kind in actions
        for field in kind.model_fields.values()
        for each in list_union_schemas(field.annotation)
    ]
    return [*actions, *nested, *tools]


def accepts_yes(annotation: Any) -> bool:
    """True for bool, bool | None and the like, not for text or numbers that take a yes by coercion."""
    return "boolean" in str(TypeAdapter(annotation).json_schema()) if annotation is not None else False


@pytest.mark.parametrize("schema", list_schemas(), ids=lambda schema: schema.__name__)
def test_each_yes_or_no_of_an_action_or_tool_is_a_persons_or_expressly_a_models(schema: type[BaseModel]) -> None:
    fields = {name for name, field in schema.model_fields.items() if accepts_yes(field.annotation)}
    assert fields - list_person_only_fields(schema) == MODEL_MAY_SET.get(schema.__name__, set())


def test_the_confirmations_of_a_snooze_are_a_persons() -> None:
    assert list_person_only_fields(HANDLERS["snooze"].Parameters) == {"move_due", "beyond_deadline"}


@pytest.mark.parametrize("kind", list(HANDLERS))
def test_what_is_a_persons_is_dropped_and_reset_for_every_kind(kind: str) -> None:
    schema = HANDLERS[kind].Parameters
    sent = dict.fromkeys(schema.model_fields, True)
    hidden = list_person_only_fields(schema)
    assert set(drop_person_only_values(schema, sent)) == set(schema.model_fields) - hidden
    assert {reset_person_only_values(schema, sent)[name] for name in hidden} <= {False}


class PayArguments(BaseModel):
    model_config = ConfigDict(extra="forbid")
    amount: int
    sure: Annotated[bool, PersonOnly()] = Field(default=False)


class PayTool:
    name, description, parameters, has_side_effect = "pay", "Pays.", PayArguments, False

    def run(self, arguments: PayArguments) -> ToolOutput:
        return ToolOutput(text=f"{arguments.amount} {arguments.sure}")


def test_a_tool_is_offered_and_run_without_what_only_a_person_may_say() -> None:
    assert "sure" not in str(build_tool_schema("pay", "Pays.", PayArguments).parameters)
    call = ToolCall(id="c", name="pay", arguments={"amount": 5, "sure": True})
    assert Toolbox(PayTool()).run_tool_call(call).text == "5 False"
    assert Toolbox(PayTool()).run_tool_call(call, approved=True).text == "5 True"
