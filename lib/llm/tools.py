"""Tools a model may call. A tool acts with the client it was built with: no argument names a person or a company.

Tools answer the model in sentences: an unknown tool, bad arguments, a refusal and an error are answers it can work
with. Only NeedsConfirmation is raised, because a person has to decide.
"""

import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, ValidationError

from lib.content.block_json import Block
from lib.content.model import Citation
from lib.errors import NeedsConfirmation, ZenError
from lib.forms.schema_fields import drop_person_only_values
from lib.llm.events import ToolCall, ToolResult
from lib.llm.tool_schema import ToolSchema, build_tool_schema
from lib.text.truncate import single_line, strip_invisible, truncate

MAX_OUTPUT_LENGTH = 12_000
"""Characters of a tool's output that are sent to the model."""

FROM_MODEL = "from a model"
"""The validation context of arguments that no person has seen yet."""

log = logging.getLogger(__name__)
_NAME_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, kw_only=True)
class ToolOutput:
    """What a tool returns. `text` begins with a paragraph in whole sentences that a person can read; after
    a blank line may come details for the model. `blocks` are drawn beneath the answer; `citations` are the sources of
    numbers in `text`; `change` is what a tool with a side effect changed."""

    text: str
    blocks: tuple[Block, ...] = ()
    citations: tuple[Citation, ...] = ()
    change: object | None = None


class Tool(Protocol):
    """One tool: `name` in snake_case, `parameters` a model that forbids extra keys.

    `run` gets a validated instance of `parameters`. It raises ZenErrors, whose messages the model reads, and
    NeedsConfirmation if a person has to decide first.
    """

    @property
    def name(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def parameters(self) -> type[BaseModel]: ...

    @property
    def has_side_effect(self) -> bool: ...

    def run(self, arguments: Any) -> ToolOutput: ...


@runtime_checkable
class ProposedTool(Protocol):
    """A tool with a side effect that looks at its arguments before they wait for a person."""

    def prepare_proposal(self, arguments: Any) -> BaseModel:
        """The arguments as they wait. Raises InvalidInput for what nobody could ever approve."""
        ...


class Toolbox:
    """The tools of one turn. Raises ValueError for a tool with a bad name or schema."""

    def __init__(self, *tools: Tool) -> None:
        self._tools = {tool.name: tool for tool in tools}
        if len(self._tools) != len(tools):
            raise ValueError("Two tools have the same name.")
        for tool in tools:
            if not _NAME_PATTERN.fullmatch(tool.name) or tool.parameters.model_config.get("extra") != "forbid":
                raise ValueError(f"{tool.name} needs a snake_case name and parameters that forbid extra keys.")

    def schemas(self) -> tuple[ToolSchema, ...]:
        return tuple(
            build_tool_schema(tool.name, _describe_tool(tool), tool.parameters) for tool in self._tools.values()
        )

    def run_tool_call(self, call: ToolCall, *, approved: bool = False) -> ToolResult:
        """Run a call. Raises only NeedsConfirmation, with the validated arguments as its `detail`.

        It is raised for a tool with a side effect that nobody `approved`, or by the tool itself.
        """
        tool = self._tools.get(call.name)
        if tool is None:
            return _build_failed_result(
                call, f"There is no tool “{single_line(call.name, max_length=60)}”. {self._join_tool_names()}"
            )
        try:
            arguments = validate_tool_arguments(tool, call.arguments, is_from_model=not approved)
        except ValueError as error:
            return _build_failed_result(
                call, f"{tool.name} did not run: {error} Call it again with corrected arguments."
            )
        if tool.has_side_effect and not approved:
            try:
                proposed = tool.prepare_proposal(arguments) if isinstance(tool, ProposedTool) else arguments
            except ZenError as error:
                return _build_failed_result(call, f"{error} Nothing waits for approval.")
            raise NeedsConfirmation(f"{tool.name} waits for approval.", detail=_arguments_to_json(proposed))
        return _run_tool(tool, call, arguments)

    def _join_tool_names(self) -> str:
        return f"There are: {', '.join(self._tools)}." if self._tools else "None are offered here."


def validate_tool_arguments(
    tool: Tool, arguments: Mapping[str, Any] | str, *, is_from_model: bool = False
) -> BaseModel:
    """`arguments` as the tool's own type. Raises ValueError with a sentence that names every error.

    From a model, values that only a person may set are dropped; a tool that nests some finds FROM_MODEL as context.
    """
    if isinstance(arguments, str):
        raise ValueError("its arguments were not a JSON object.")
    fields = tool.parameters.model_fields
    # In strict mode the model sends every parameter; null then means the default.
    given = {
        key: value
        for key, value in arguments.items()
        if value is not None or key not in fields or fields[key].is_required()
    }
    if is_from_model:
        given = drop_person_only_values(tool.parameters, given)
    try:
        return tool.parameters.model_validate(given, context=FROM_MODEL if is_from_model else None)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        sentences = [
            f"{single_line('.'.join(map(str, fault['loc'])), max_length=80)}: {fault['msg']}" for fault in faults[:10]
        ]
        raise ValueError("; ".join(sentences) + ".") from error


def _run_tool(tool: Tool, call: ToolCall, arguments: BaseModel) -> ToolResult:
    try:
        answer = tool.run(arguments)
    except NeedsConfirmation as asked:
        raise NeedsConfirmation(asked.message, detail=_arguments_to_json(arguments), hint=asked.hint) from asked
    except ZenError as error:
        return _build_failed_result(call, str(error))
    except Exception:
        fault = uuid.uuid4().hex[:8]
        log.exception("The tool %s failed (%s).", tool.name, fault)
        return _build_failed_result(call, f"{tool.name} failed for a reason of Zen's own; it is logged as {fault}.")
    text = truncate(strip_invisible(answer.text), MAX_OUTPUT_LENGTH)
    return ToolResult(
        call_id=call.id,
        name=call.name,
        text=text,
        blocks=answer.blocks,
        citations=answer.citations,
        change=answer.change,
    )


def _build_failed_result(call: ToolCall, sentence: str) -> ToolResult:
    return ToolResult(call_id=call.id, name=call.name, text=truncate(strip_invisible(sentence), 2000), failed=True)


def _arguments_to_json(arguments: BaseModel) -> dict[str, Any]:
    return arguments.model_dump(mode="json")


def _describe_tool(tool: Tool) -> str:
    asks = " It only proposes: a person approves it before anything happens." if tool.has_side_effect else ""
    return tool.description + asks
