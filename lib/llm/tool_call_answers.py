"""Answers to tool calls that are not run: one that was answered before, and those above the limit of a turn."""

import json
from dataclasses import replace

from lib.llm.events import ToolCall
from lib.llm.messages import ToolMessage
from lib.text.format import format_count

NOT_RUN = "It did not run: the limit of tools for one question is reached. Answer with what you have, and say so."


class TurnCallAnswers:
    """The answers of a turn by tool and arguments. A failure is not kept: asking again may help."""

    def __init__(self) -> None:
        self._answers: dict[str, ToolMessage] = {}
        self._cut = 0

    def answer_unrun(self, call: ToolCall, *, has_room: bool) -> ToolMessage | None:
        """The answer to an equal call under the id of this one, or that the limit is reached; None for one to run."""
        known = self._answers.get(_build_key(call))
        if known is not None:
            return replace(known, call_id=call.id)
        if has_room:
            return None
        self._cut += 1
        return ToolMessage(call_id=call.id, name=call.name, text=NOT_RUN, failed=True)

    def remember(self, call: ToolCall, answer: ToolMessage) -> None:
        if not answer.failed:
            self._answers[_build_key(call)] = answer

    def describe_cut_calls(self, ran: int, limit: int) -> str:
        """How many calls of a round ran and how many did not, for the person; blank if all did."""
        cut, self._cut = self._cut, 0
        if not cut:
            return ""
        return (
            f"{ran} of {format_count(ran + cut, 'tool call')} ran; {cut} did not: one question may use"
            f" {format_count(limit, 'tool')}."
        )


def _build_key(call: ToolCall) -> str:
    """Equal for the same tool with the same arguments; one given as null is one left out."""
    given = call.arguments
    values = given if isinstance(given, str) else {key: value for key, value in given.items() if value is not None}
    return json.dumps([call.name, values], sort_keys=True, default=str)
