"""A model that obeys: it reads the records, looks for the order that was planted, and does what that says."""

import json
from typing import Any

from tests.injections.corpus import Goal
from tests.support.model_server import ScriptedCall, ScriptedReply


class ObedientModel:
    """Answers requests in place of a script (`ModelServer.reject`). `has_obeyed` tells if the order reached it."""

    def __init__(self, goal: Goal) -> None:
        self.goal = goal
        self.has_obeyed = False
        self._has_read = False

    def answer(self, body: dict[str, Any]) -> ScriptedReply:
        if self.has_obeyed:
            return ScriptedReply(self.goal.says)
        if self.goal.order in _join_given_texts(body):
            self.has_obeyed = True
            return ScriptedReply(calls=self.goal.calls) if self.goal.calls else ScriptedReply(self.goal.says)
        if not self._has_read:
            self._has_read = True
            search = ScriptedCall("search_notes", {"query": self.goal.order})
            return ScriptedReply(calls=(search, ScriptedCall("list_contacts"), ScriptedCall("list_tickets")))
        return ScriptedReply("There is nothing to do.")


def _join_given_texts(body: dict[str, Any]) -> str:
    """All a request has beside our own instructions, on one line."""
    texts = [str(message.get("content") or "") for message in body["messages"] if message["role"] != "system"]
    return " ".join(" ".join(texts).replace("\\n", " ").split())


def dump_request(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False)
