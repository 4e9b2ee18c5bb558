"""Requests to do or to write something. The built-in assistant does neither: it proposes one of three actions."""

import re
from collections.abc import Mapping
from typing import Any

from lib.llm.rule_based.question_grammar import Intent
from lib.llm.tool_schema import ToolSchema

_POLITE = (
    r"\W*(?:please\s+|(?:can|could|would) you\s+|i(?: want|'d like| would like)(?: you)? to\s+|let'?s\s+|we should\s+)*"
)
_ACT = re.compile(
    _POLITE + r"(?P<deed>snooze|skip|escalate|send|write|draft|compose|schedule|book|invite|save|update|delete|remove"
    r"|create|add|assign|reassign|mark|close|complete|change|forward|upload|cancel|approve|translate|rewrite|e-?mail"
    r"|propose|build|shorten|postpone|(?:raise|open) an escalation"
    r"|(?:push|put|move) (?:this|it|that|the run) (?:back|off|out))\b",
    re.IGNORECASE,
)
_KINDS = (
    ("escalat", re.compile(r"escalat", re.IGNORECASE)),
    ("snooze", re.compile(r"snooze|postpone|push|put|move", re.IGNORECASE)),
    ("skip", re.compile(r"skip", re.IGNORECASE)),
)
_WAIT = re.compile(r"\b(\d{1,2}|a|one|two|three|four|six)\s+(day|week|month)s?\b", re.IGNORECASE)


def is_request_to_act(question: str) -> bool:
    return _ACT.match(question) is not None


def name_requested_act(question: str) -> str:
    """The verb of a request to act, as it is refused: "send"."""
    found = _ACT.match(question)
    return found["deed"].lower() if found else "do"


def build_action_proposal(question: str, tool: ToolSchema | None) -> Intent | None:
    """The action asked for, as a proposal to approve; None if none that the tool offers is meant."""
    offered = _list_offered_names(tool.parameters) if tool is not None else ()
    deed = name_requested_act(question)
    stem = next((stem for stem, pattern in _KINDS if pattern.search(deed)), None)
    fitting = [name for name in offered if stem and stem in name.casefold()]
    name = min(fitting, key=len, default=None)  # "Snooze" before a company's own "Snooze until the fair"
    if name is None:
        return None
    wait = _WAIT.search(question)
    parameters = {"until": f"in {wait[1].lower()} {wait[2].lower()}s"} if stem == "snooze" and wait else {}
    return Intent(tool="run_saved_action", arguments={"action": name, "parameters": parameters})


def _list_offered_names(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    action = parameters.get("properties", {}).get("action", {})
    return tuple(action.get("enum", (action["const"],) if "const" in action else ()))
