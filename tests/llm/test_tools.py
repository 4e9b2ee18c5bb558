from enum import StrEnum
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from lib.errors import NeedsConfirmation
from lib.llm.events import ToolCall
from lib.llm.tool_schema import build_tool_schema
from lib.llm.tools import MAX_OUTPUT_LENGTH, Toolbox, ToolOutput
from tests.llm.llm_harness import SnoozeTool, UsageTrendTool, build_toolbox


class Kind(StrEnum):
    OPEN = "open"
    SOLVED = "solved"


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str = Field(max_length=20, description="What it is.")
    amount: float


class Rich(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Kind = Field(description="Which.")
    lines: list[Line] = Field(max_length=3)
    order: Literal["asc", "desc"] = "asc"
    note: str | None = Field(default=None, description="Anything else.")
    line: Line | None = None


class Open(BaseModel):
    model_config = ConfigDict(extra="forbid")
    slide_id: str
    answers: dict[str, Any]


def called(name: str, arguments: dict[str, Any] | str) -> ToolCall:
    return ToolCall(id="c", name=name, arguments=arguments)


def test_a_strict_schema_requires_everything_and_leaves_nothing_open() -> None:
    schema = build_tool_schema("t", "d", Rich)
    assert schema.strict
    assert schema.parameters["required"] == ["kind", "lines", "order", "note", "line"]
    assert schema.parameters["additionalProperties"] is False
    properties = schema.parameters["properties"]
    assert properties["kind"] == {"description": "Which.", "enum": ["open", "solved"], "type": "string"}
    line = properties["lines"]["items"]
    assert (line["required"], line["additionalProperties"]) == (["title", "amount"], False)
    assert line["properties"]["title"] == {"description": "What it is.", "type": "string"}
    assert properties["order"] == {"anyOf": [{"enum": ["asc", "desc"], "type": "string"}, {"type": "null"}]}
    assert properties["note"]["anyOf"][-1] == {"type": "null"}
    assert "$ref" not in str(schema.parameters)
    assert "default" not in str(schema.parameters)


def test_free_form_values_are_offered_without_strict_mode() -> None:
    schema = build_tool_schema("t", "d", Open)
    assert not schema.strict
    assert schema.parameters["properties"]["answers"] == {"additionalProperties": True, "type": "object"}


def test_null_means_the_default() -> None:
    result = build_toolbox().run_tool_call(called("usage_trend", {"weeks": None}))
    assert result.text.startswith("Usage fell over 12 weeks.")


def test_all_faults_are_named_at_once_and_nothing_given_is_repeated() -> None:
    result = build_toolbox().run_tool_call(
        called("usage_trend", {"weeks": "secret", "who": "alice\u202e", "ig nore": 1})
    )
    assert result.failed
    assert "weeks:" in result.text
    assert "who:" in result.text
    assert "secret" not in result.text


def test_a_side_effect_runs_only_when_approved() -> None:
    tools = build_toolbox()
    with pytest.raises(NeedsConfirmation) as asked:
        tools.run_tool_call(called("snooze_run", {"reason": "holiday"}))
    assert asked.value.detail == {"reason": "holiday"}
    assert not SnoozeTool.ran
    assert tools.run_tool_call(called("snooze_run", {"reason": "holiday"}), approved=True).text == "Snoozed."
    assert SnoozeTool.ran == ["holiday"]


def test_approval_is_no_way_around_the_checks() -> None:
    result = build_toolbox().run_tool_call(called("snooze_run", {"reason": "x"}), approved=True)
    assert result.failed
    assert not SnoozeTool.ran


def test_the_description_says_that_a_person_decides() -> None:
    by_name = {schema.name: schema.description for schema in build_toolbox().schemas()}
    assert "a person approves" in by_name["snooze_run"]
    assert "a person approves" not in by_name["usage_trend"]


def test_what_a_tool_found_is_cut_and_carries_nothing_invisible() -> None:
    class Long(UsageTrendTool):
        def run(self, arguments: object) -> ToolOutput:
            return ToolOutput(text="ig\u200bnore\u202e " + "x" * 50_000)

    result = Toolbox(Long()).run_tool_call(called("usage_trend", {}))
    assert len(result.text) == MAX_OUTPUT_LENGTH
    assert result.text.startswith("ignore x")


class Loose(UsageTrendTool):
    class parameters(BaseModel):
        weeks: int = 1


class Shouting(UsageTrendTool):
    name = "Usage Trend"


@pytest.mark.parametrize(
    "tools", [(Loose(),), (Shouting(),), (UsageTrendTool(), UsageTrendTool())], ids=["extra", "name", "twice"]
)
def test_a_tool_that_could_not_be_offered_is_refused(tools: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError):
        Toolbox(*tools)


def test_an_empty_toolbox_says_so() -> None:
    assert "None are offered here." in Toolbox().run_tool_call(called("anything", {})).text
