from lib.llm.events import Done, FinishReason, ReasoningItem, TokenUsage, ToolCall
from lib.llm.language_model import LanguageModel, ModelRequest
from lib.llm.messages import AssistantMessage, ToolMessage
from lib.llm.model_settings import ModelApi
from tests.llm.conftest import model_at
from tests.llm.llm_harness import NOT_REPORTED, QUESTION, build_toolbox, collect_events, filter_events, join_text
from tests.support.model_server import ModelServer, ScriptedCall, ScriptedReply

CALL = ToolCall(id="call_9", name="usage_trend", arguments={"weeks": 4})
TOLD = (*QUESTION, AssistantMessage(text="Let me look.", tool_calls=(CALL,)))


def test_words_arrive_in_pieces_then_usage_then_the_end(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply("Usage falls. Zażółć gęślą jaźń 株式会社.", pieces=7, usage=(50, 9)))
    events = collect_events(model)
    assert join_text(events) == "Usage falls. Zażółć gęślą jaźń 株式会社."
    assert events[-2:] == [TokenUsage(50, 9), Done(FinishReason.FINISHED)]
    assert len(events) > 5


def test_calls_are_put_together_from_their_fragments(model: LanguageModel, server: ModelServer) -> None:
    server.script(
        ScriptedReply(
            calls=(
                ScriptedCall("usage_trend", {"weeks": 12}),
                ScriptedCall("list_tickets"),
                ScriptedCall("gone", '{"a": '),
            )
        )
    )
    calls = filter_events(ToolCall, collect_events(model))
    assert [call.name for call in calls] == ["usage_trend", "list_tickets", "gone"]
    assert [call.arguments for call in calls] == [{"weeks": 12}, {}, '{"a": ']
    assert len({call.id for call in calls}) == 3


def test_a_server_that_reports_no_usage_used_none_that_we_know_of(model: LanguageModel, server: ModelServer) -> None:
    server.script(ScriptedReply("Fine.", usage=None))
    assert filter_events(TokenUsage, collect_events(model)) == [NOT_REPORTED]


def test_a_long_answer_arrives_whole(model: LanguageModel, server: ModelServer) -> None:
    answer = "".join(f"{number:>9} " for number in range(10_000))
    server.script(ScriptedReply(answer, pieces=1500))
    assert join_text(collect_events(model)) == answer


def test_an_answer_cut_by_the_models_own_limit_says_so_and_calls_nothing(
    model: LanguageModel, server: ModelServer
) -> None:
    server.script(ScriptedReply("So far", calls=(ScriptedCall("usage_trend"),), finish="length"))
    events = collect_events(model)
    assert events[-1] == Done(FinishReason.LENGTH)
    assert not filter_events(ToolCall, events)


def test_the_key_goes_along_and_the_whole_conversation(model: LanguageModel, server: ModelServer) -> None:
    answer = ToolMessage(call_id="call_9", name="usage_trend", text="It fell.")
    collect_events(model, ModelRequest(messages=(*TOLD, answer), tools=build_toolbox().schemas()))
    (asked,) = server.requests
    assert asked.key == "key-of-zen"
    assert asked.body["model"] == "small"
    assert asked.body["tool_choice"] == "auto"
    said = str(asked.body.get("messages") or asked.body.get("input"))
    assert all(words in said for words in ("You help.", "How is usage?", "Let me look.", "call_9", "It fell."))


def test_a_call_nobody_answered_is_not_sent_again(model: LanguageModel, server: ModelServer) -> None:
    collect_events(model, ModelRequest(messages=TOLD))
    assert "call_9" not in str(server.requests[0].body)
    assert "tools" not in server.requests[0].body


def test_arguments_that_were_no_json_go_back_as_json(model: LanguageModel, server: ModelServer) -> None:
    call = ToolCall(id="call_1", name="usage_trend", arguments='{"weeks": ')
    said = AssistantMessage(tool_calls=(call,))
    collect_events(
        model,
        ModelRequest(messages=(*QUESTION, said, ToolMessage(call_id="call_1", name="usage_trend", text="No JSON."))),
    )
    assert '{"unreadable": ' in str(server.requests[0].body).replace("\\", "")


def test_without_leave_to_call_the_model_still_sees_its_tools(model: LanguageModel, server: ModelServer) -> None:
    collect_events(model, ModelRequest(messages=QUESTION, tools=build_toolbox().schemas(), may_call_tools=False))
    assert server.requests[0].body["tool_choice"] == "none"
    assert len(server.requests[0].body["tools"]) == 5


def test_responses_stores_nothing_and_gets_its_thoughts_back(server: ModelServer) -> None:
    model = model_at(server.url, ModelApi.RESPONSES)
    server.script(ScriptedReply("Hm.", calls=(ScriptedCall("usage_trend"),), thoughts=2))
    events = collect_events(model)
    thoughts = tuple(thought.item for thought in filter_events(ReasoningItem, events))
    assert [item["encrypted_content"] for item in thoughts] == ["sealed-0", "sealed-1"]
    (call,) = filter_events(ToolCall, events)
    said = AssistantMessage(text="Hm.", tool_calls=(call,), reasoning_items=thoughts)
    collect_events(
        model, ModelRequest(messages=(*QUESTION, said, ToolMessage(call_id=call.id, name=call.name, text="Fell.")))
    )
    assert all(asked.body["store"] is False for asked in server.requests)
    assert "sealed-1" in str(server.requests[1].body["input"])


def test_completions_asks_for_usage(server: ModelServer) -> None:
    collect_events(model_at(server.url, ModelApi.COMPLETIONS))
    assert server.requests[0].body["stream_options"] == {"include_usage": True}
