import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.llm.stream_sanitizer import StreamSanitizer, sanitize_json
from lib.llm.tool_call_assembly import (
    MAX_ARGUMENTS_LENGTH,
    ToolCallAssembler,
    parse_tool_arguments,
    serialize_tool_arguments,
)
from lib.text.truncate import strip_invisible

NAMES = st.sampled_from(["usage_trend", "list_tickets", "search_notes"])
PLAIN = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | PLAIN | st.sampled_from(["é", "株式会社", "😀"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN, inner, max_size=3),
    max_leaves=8,
)
ARGUMENTS = st.dictionaries(st.text("abc_", min_size=1, max_size=8), VALUES, max_size=4)
ASKED = st.lists(st.tuples(NAMES, ARGUMENTS), min_size=1, max_size=4)


def fragments(draw: Any, text: str) -> list[str]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=5)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@given(ASKED, st.data())
def test_fragments_by_place_and_id_come_together_however_they_are_mixed(
    asked: list[tuple[str, dict[str, Any]]], data: st.DataObject
) -> None:
    """Each call's fragments keep their order; the calls' own may be interleaved."""
    assembly = ToolCallAssembler()
    left = {place: fragments(data.draw, json.dumps(arguments)) for place, (_, arguments) in enumerate(asked)}
    for place in range(len(asked)):
        assembly.add_call_fragment(index=place, id=f"id{place}", name=asked[place][0], fragment=left[place].pop(0))
    while any(left.values()):
        place = data.draw(st.sampled_from([place for place, rest in left.items() if rest]))
        again = data.draw(st.booleans())  # some servers say id and name again each time
        name, identity = (asked[place][0], f"id{place}") if again else (None, None)
        assembly.add_call_fragment(index=place, id=identity, name=name, fragment=left[place].pop(0))
    calls = assembly.build_tool_calls()
    assert [(call.id, call.name) for call in calls] == [(f"id{n}", name) for n, (name, _) in enumerate(asked)]
    assert [call.arguments for call in calls] == [arguments for _, arguments in asked]


@given(ASKED, st.sampled_from([0, None]), st.booleans(), st.data())
def test_servers_that_know_no_place_are_understood_by_id_or_by_order(
    asked: list[tuple[str, dict[str, Any]]], place: int | None, with_id: bool, data: st.DataObject
) -> None:
    if place == 0 and not with_id:
        asked = asked[:1]
    assembly = ToolCallAssembler()
    for number, (name, arguments) in enumerate(asked):
        first, *rest = fragments(data.draw, json.dumps(arguments))
        assembly.add_call_fragment(index=place, id=f"id{number}" if with_id else None, name=name, fragment=first)
        for fragment in rest:
            assembly.add_call_fragment(index=place, fragment=fragment)
    assert [(call.name, call.arguments) for call in assembly.build_tool_calls()] == asked


def test_arguments_given_as_an_object_are_taken_as_one() -> None:
    assembly = ToolCallAssembler()
    assembly.add_call_fragment(index=0, id="a", name="usage_trend", fragment={"weeks": 3})
    assert assembly.build_tool_calls()[0].arguments == {"weeks": 3}


def test_the_whole_call_said_at_its_end_counts() -> None:
    assembly = ToolCallAssembler()
    assembly.add_call_fragment(index=1, fragment='{"weeks": ')
    assembly.put_call(index=1, id="a", name="usage_trend", arguments='{"weeks": 3}')
    (call,) = assembly.build_tool_calls()
    assert (call.id, call.name, call.arguments) == ("a", "usage_trend", {"weeks": 3})


@pytest.mark.parametrize("text", ["", "  ", "null", "{}"])
def test_nothing_is_no_arguments(text: str) -> None:
    assert parse_tool_arguments(text) == {}


NO_OBJECTS = {
    "half": '{"a": ',
    "list": "[1, 2]",
    "number": "3",
    "text": '"text"',
    "quotes": "{'a': 1}",
    "not a number": '{"a": NaN}',
    "two": '{"a": 1}{"b": 2}',
    "brackets": "[" * 90_000,
    "deep": '{"a":' * 60 + "1" + "}" * 60,
}


@pytest.mark.parametrize("text", NO_OBJECTS.values(), ids=NO_OBJECTS)
def test_what_is_no_object_stays_what_the_model_wrote(text: str) -> None:
    arguments = parse_tool_arguments(text)
    assert isinstance(arguments, str)
    assert len(arguments) <= 2000
    assert json.loads(serialize_tool_arguments(arguments))


def test_absurdly_long_arguments_are_not_read() -> None:
    assert isinstance(parse_tool_arguments(json.dumps({"a": "x" * MAX_ARGUMENTS_LENGTH})), str)


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_kept(text: str) -> None:
    arguments = parse_tool_arguments(text)
    assert isinstance(arguments, dict | str)
    json.loads(serialize_tool_arguments(arguments))


def test_invisible_characters_leave_arguments_keys_and_names() -> None:
    assembly = ToolCallAssembler()
    hidden = json.dumps({"to\u200b": "ann\u202e@x\u0000", "list": ["\U000e0041b"]})
    assembly.add_call_fragment(index=0, id="a\u200b", name="usage\u2066_trend", fragment=hidden)
    (call,) = assembly.build_tool_calls()
    assert (call.id, call.name) == ("a", "usage_trend")
    assert call.arguments == {"to": "ann@x", "list": ["b"]}


@given(st.lists(st.text(max_size=8), max_size=8))
def test_nothing_invisible_gets_through_in_pieces(pieces: list[str]) -> None:
    cleaner = StreamSanitizer()
    text = "".join(cleaner.strip_invisible(piece) for piece in pieces)
    assert strip_invisible(text) == text


VISIBLE = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))


@given(st.lists(VISIBLE | st.just("\r\n"), max_size=40).map("".join), st.data())
def test_ordinary_text_reads_the_same_in_pieces_as_whole(text: str, data: st.DataObject) -> None:
    cleaner = StreamSanitizer()
    assert "".join(cleaner.strip_invisible(piece) for piece in fragments(data.draw, text)) == strip_invisible(text)


def test_a_joiner_that_belongs_to_the_spelling_survives_a_cut() -> None:
    cleaner = StreamSanitizer()
    assert (
        cleaner.strip_invisible("می") + cleaner.strip_invisible("\u200c") + cleaner.strip_invisible("خواهم")
        == "می\u200cخواهم"
    )


def test_a_deeply_nested_value_is_refused() -> None:
    value: Any = "x"
    for _ in range(100):
        value = [value]
    with pytest.raises(ValueError, match="deep"):
        sanitize_json(value)
