"""Which messages of a conversation with alternatives are shown, and in what order."""

from datetime import UTC, datetime

from lib.chat.conversation import ChatMessage, MessageRole, MessageStatus
from lib.chat.message_tree import (
    build_message_path,
    find_last_message_id,
    find_message_path,
    group_messages_into_entries,
    has_incomplete_answer,
)
from lib.content.model import Text

MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def ask(name: str, after: str | None = None) -> ChatMessage:
    return make_message(name, MessageRole.USER, after, answer_id=name)


def answer(name: str, after: str, *, of: str | None = None, position: int = 0, status: str = "complete") -> ChatMessage:
    return make_message(name, MessageRole.ASSISTANT, after, answer_id=of or name, position=position, status=status)


def make_message(
    name: str, role: MessageRole, after: str | None, *, answer_id: str, position: int = 0, status: str = "complete"
) -> ChatMessage:
    return ChatMessage(
        id=name,
        thread_id="thread",
        role=role,
        block=Text(markdown=name),
        created_at=MOMENT,
        answer_id=answer_id,
        parent_id=after,
        position=position,
        status=MessageStatus(status),
    )


EDITED = (
    ask("q1"),
    answer("a1", "q1"),
    answer("a2", "q1"),
    ask("q2", "a2"),
    ask("q3", "a2"),
    answer("a3", "q3"),
)


def test_the_newest_alternative_is_shown_at_each_place() -> None:
    path = build_message_path(EDITED)
    assert [step.entry.id for step in path] == ["q1", "a2", "q3", "a3"]
    assert [(step.sibling_number, len(step.siblings)) for step in path] == [(1, 1), (2, 2), (2, 2), (1, 1)]
    assert find_last_message_id(EDITED) == "a3"


def test_a_chosen_alternative_is_shown_with_what_follows_it() -> None:
    assert [step.entry.id for step in build_message_path(EDITED, {"q1": "a1"})] == ["q1", "a1"]
    assert [step.entry.id for step in build_message_path(EDITED, {"a2": "q2"})] == ["q1", "a2", "q2"]
    assert [step.entry.id for step in build_message_path(EDITED, {"q1": "gone"})] == ["q1", "a2", "q3", "a3"]
    assert find_last_message_id(EDITED, {"q1": "a1"}) == "a1"


def test_the_rows_of_an_answer_are_in_their_order_whatever_order_they_are_read_in() -> None:
    rows = (ask("q"), answer("chart", "q", of="a", position=1), answer("words", "q", of="a", position=0))
    _, entry = group_messages_into_entries(rows)
    assert [row.id for row in entry.rows] == ["words", "chart"]
    assert entry.id == "words"


def test_a_conversation_without_parents_is_one_line() -> None:
    rows = (ask("q1"), make_message("a1", MessageRole.ASSISTANT, None, answer_id="a1"), ask("q2"))
    assert [step.entry.id for step in build_message_path(rows)] == ["q1", "a1", "q2"]


def test_the_way_to_an_entry_goes_through_its_parents_only() -> None:
    assert [entry.id for entry in find_message_path(EDITED, "a3")] == ["q1", "a2", "q3", "a3"]
    assert [entry.id for entry in find_message_path(EDITED, "a1")] == ["q1", "a1"]
    assert find_message_path(EDITED, "gone") == find_message_path(EDITED, None) == ()


def test_a_question_is_open_until_its_answer_is_complete() -> None:
    for status, is_open in (("complete", False), ("cut", True), ("stopped", True), ("failed", True)):
        question, answered = build_message_path((ask("q"), answer("a", "q", status=status)))
        assert has_incomplete_answer(question, answered) is is_open, status
        assert has_incomplete_answer(answered, None) is False
    (alone,) = build_message_path((ask("q"),))
    assert has_incomplete_answer(alone, None) is True
