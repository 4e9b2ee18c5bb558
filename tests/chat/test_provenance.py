"""What is shown behind an answer is, byte for byte, what the model's server was sent: compared with its log."""

import json
from typing import Any

import pytest

from lib.chat.answer_provenance import Provenance
from lib.chat.conversation import BranchType
from lib.chat.message_tree import build_message_path
from lib.llm.model_settings import ModelSettings
from tests.chat.chat_harness import ChatHarness, add_branch
from tests.database.factories import fetch_value
from tests.support.model_server import ModelServer, ReceivedRequest, ScriptedCall, ScriptedReply
from tests.support.wire_case import to_json_body

ODD = 'Café «株式会社»: \\ " <b>[S1]</b>\nand more?'


def open_provenance(at: ChatHarness) -> Provenance:
    panel = at.stored_panel()
    return at.service.load_provenance(at.context, panel, build_message_path(panel.messages)[-1].entry)


def list_sent_texts(request: ReceivedRequest) -> list[str]:
    """Every text of a request, of either API, in order: messages, arguments and results of calls."""
    texts: list[str] = []
    for item in request.body.get("messages") or request.body["input"]:
        texts += [item[key] for key in ("content", "arguments", "output") if item.get(key)]
        texts += [call["function"]["arguments"] for call in item.get("tool_calls", ())]
    return texts


def list_shown_texts(found: Provenance) -> list[str]:
    assert found.context
    calls = [text for call in found.sent_calls for text in (call.arguments, call.result)]
    return [found.context.system_prompt, *(message.text for message in found.messages), *calls]


def format_sent_tools(request: ReceivedRequest) -> list[str]:
    """Each tool as in the bytes of the request: the schema's own text is cut out of them."""
    shown: list[str] = []
    for tool in request.body.get("tools", ()):
        function: dict[str, Any] = tool.get("function", tool)
        schema = json.dumps(function["parameters"], ensure_ascii=False, separators=(",", ":"))
        assert f'"parameters":{schema}' in request.raw.decode()
        strict = " (strict)" if function.get("strict") else ""
        shown.append(f"{function['name']}{strict}\n{function['description']}\n{schema}")
    return shown


def test_a_models_answer_shows_what_was_sent(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    calls = (
        ScriptedCall("usage_trend", {"weeks": 4}),
        ScriptedCall("search_notes", {"query": 'Café ☕ "audit"'}),
        ScriptedCall("usage_trend", '{"weeks": '),
        ScriptedCall("run_sql", {"z": 1, "a": {"c": 1.5, "b": None}}),
        ScriptedCall("save_answer", {"field": "stands_out", "value": "Usage fell."}),
    )
    server.script(ScriptedReply("Before."), ScriptedReply(calls=calls), ScriptedReply("It fell."))
    at = new_chat(asked)
    at.ask("First?")
    at.ask(ODD)
    found = open_provenance(at)
    last = server.requests[-1]
    sent, shown = list_sent_texts(last), list_shown_texts(found)
    assert sorted(shown) == sorted(sent)
    assert shown[: len(found.messages) + 1] == sent[: len(found.messages) + 1]
    assert [message.label for message in found.messages] == ["Data", "Person", "Model", "Person"]
    assert list(found.tools) == format_sent_tools(last) == format_sent_tools(server.requests[1])
    assert ODD in sent


def test_a_branchs_answer_shows_its_prompt_filled_in(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    at = new_chat(asked)
    branch = add_branch(at, BranchType.LLM, prompt="Weigh the renewal of {{ customer.name }}.")
    at.ask("How do they stand?", branch=branch)
    found = open_provenance(at)
    assert list_shown_texts(found) == list_sent_texts(server.requests[-1])
    assert at.context.account.customer.name in found.messages[-1].text


def test_an_answer_from_the_records_shows_the_passages(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    server.script(ScriptedReply("Ines wants the audit log before March [S1]."))
    at = new_chat(asked)
    at.ask("What do they want?", branch=add_branch(at, BranchType.RAG, prompt="What about the audit log?"))
    found = open_provenance(at)
    assert list_shown_texts(found) == list_sent_texts(server.requests[-1])
    assert any("audit log before March" in message.text for message in found.messages)
    assert found.tools == ()
    assert found.changed_facts == ()


@pytest.mark.parametrize("kind", [BranchType.FIXED, BranchType.SAVED_ACTION])
def test_an_answer_without_a_model_shows_that_nothing_was_sent(
    new_chat, server: ModelServer, asked: ModelSettings, kind: BranchType
) -> None:
    at = new_chat(asked)
    snooze = "select id from public.saved_actions where kind = 'snooze' limit 1"
    words = {
        BranchType.FIXED: {"response_text": "Usage fell."},
        BranchType.SAVED_ACTION: {"saved_action_id": fetch_value(at.sql, snooze)},
    }[kind]
    at.ask("How do they stand?", branch=add_branch(at, kind, **words))
    found = open_provenance(at)
    assert (found.context, found.messages, found.tools, server.requests) == (None, (), (), [])


def test_tools_a_server_refused_are_not_shown_as_sent(new_chat, server: ModelServer, asked: ModelSettings) -> None:
    message = {"error": {"message": "small does not support tools", "type": "invalid_request_error"}}
    server.reject = lambda body: to_json_body(message, status=400) if "tools" in body else None
    at = new_chat(asked.model_copy(update={"model": "toolless"}))
    for _ in range(2):
        at.ask("How is usage?")
        assert at.last_answer_text() == "Understood."
        assert open_provenance(at).tools == ()
        assert list_shown_texts(open_provenance(at)) == list_sent_texts(server.requests[-1])
    assert len(server.requests) == 3
