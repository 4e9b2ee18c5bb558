from lib.llm.events import Done, Reason, Thought, ToolCall, Usage
from lib.llm.messages import Assistant, ToolAnswer
from lib.llm.model import Model, Request
from lib.settings import ModelApi
from tests.llm.conftest import model_at
from tests.llm.telling import ASKED, NOT_REPORTED, heard, of_kind, text_of, toolbox
from tests.support.model_server import Call, ModelServer, Reply

CALL = ToolCall(id="call_9", name="usage_trend", arguments={"weeks": 4})
TOLD = (*ASKED, Assistant(text="Let me look.", tool_calls=(CALL,)))


def test_words_arrive_in_pieces_then_usage_then_the_end(model: Model, server: ModelServer) -> None:
    server.say(Reply("Usage falls. Zażółć gęślą jaźń 株式会社.", pieces=7, usage=(50, 9)))
    events = heard(model)
    assert text_of(events) == "Usage falls. Zażółć gęślą jaźń 株式会社."
    assert events[-2:] == [Usage(50, 9), Done(Reason.FINISHED)]
    assert len(events) > 5


def test_calls_are_put_together_from_their_fragments(model: Model, server: ModelServer) -> None:
    server.say(Reply(calls=(Call("usage_trend", {"weeks": 12}), Call("list_tickets"), Call("gone", '{"a": '))))
    calls = of_kind(ToolCall, heard(model))
    assert [call.name for call in calls] == ["usage_trend", "list_tickets", "gone"]
    assert [call.arguments for call in calls] == [{"weeks": 12}, {}, '{"a": ']
    assert len({call.id for call in calls}) == 3


def test_a_server_that_reports_no_usage_used_none_that_we_know_of(model: Model, server: ModelServer) -> None:
    server.say(Reply("Fine.", usage=None))
    assert of_kind(Usage, heard(model)) == [NOT_REPORTED]


def test_a_long_answer_arrives_whole(model: Model, server: ModelServer) -> None:
    answer = "".join(f"{number:>9} " for number in range(10_000))
    server.say(Reply(answer, pieces=1500))
    assert text_of(heard(model)) == answer


def test_an_answer_cut_by_the_models_own_limit_says_so_and_calls_nothing(model: Model, server: ModelServer) -> None:
    server.say(Reply("So far", calls=(Call("usage_trend"),), finish="length"))
    events = heard(model)
    assert events[-1] == Done(Reason.LENGTH)
    assert not of_kind(ToolCall, events)


def test_the_key_goes_along_and_the_whole_conversation(model: Model, server: ModelServer) -> None:
    answer = ToolAnswer(call_id="call_9", name="usage_trend", text="It fell.")
    heard(model, Request(messages=(*TOLD, answer), tools=toolbox().schemas()))
    (asked,) = server.requests
    assert asked.key == "key-of-zen"
    assert asked.body["model"] == "small"
    assert asked.body["tool_choice"] == "auto"
    said = str(asked.body.get("messages") or asked.body.get("input"))
    assert all(words in said for words in ("You help.", "How is usage?", "Let me look.", "call_9", "It fell."))


def test_a_call_nobody_answered_is_not_sent_again(model: Model, server: ModelServer) -> None:
    heard(model, Request(messages=TOLD))
    assert "call_9" not in str(server.requests[0].body)
    assert "tools" not in server.requests[0].body


def test_arguments_that_were_no_json_go_back_as_json(model: Model, server: ModelServer) -> None:
    call = ToolCall(id="call_1", name="usage_trend", arguments='{"weeks": ')
    said = Assistant(tool_calls=(call,))
    heard(model, Request(messages=(*ASKED, said, ToolAnswer(call_id="call_1", name="usage_trend", text="No JSON."))))
    assert '{"unreadable": ' in str(server.requests[0].body).replace("\\", "")


def test_without_leave_to_call_the_model_still_sees_its_tools(model: Model, server: ModelServer) -> None:
    heard(model, Request(messages=ASKED, tools=toolbox().schemas(), may_call=False))
    assert server.requests[0].body["tool_choice"] == "none"
    assert len(server.requests[0].body["tools"]) == 5


def test_responses_stores_nothing_and_gets_its_thoughts_back(server: ModelServer) -> None:
    model = model_at(server.url, ModelApi.RESPONSES)
    server.say(Reply("Hm.", calls=(Call("usage_trend"),), thoughts=2))
    events = heard(model)
    thoughts = tuple(thought.item for thought in of_kind(Thought, events))
    assert [item["encrypted_content"] for item in thoughts] == ["sealed-0", "sealed-1"]
    (call,) = of_kind(ToolCall, events)
    said = Assistant(text="Hm.", tool_calls=(call,), thoughts=thoughts)
    heard(model, Request(messages=(*ASKED, said, ToolAnswer(call_id=call.id, name=call.name, text="Fell."))))
    assert all(asked.body["store"] is False for asked in server.requests)
    assert "sealed-1" in str(server.requests[1].body["input"])


def test_completions_asks_for_usage(server: ModelServer) -> None:
    heard(model_at(server.url, ModelApi.COMPLETIONS))
    assert server.requests[0].body["stream_options"] == {"include_usage": True}
