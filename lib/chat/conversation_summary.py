"""Continues a conversation that has grown too long for its model: a new one, begun with a summary of the old.

The summary is made of what was asked and the beginning of each answer, without a model: the one at hand cannot read
the conversation.
"""

from collections.abc import Sequence

from lib.chat.conversation import ChatMessage, MessageStatus, Question
from lib.chat.message_tree import MessageEntry, find_message_path
from lib.content.block_text import block_to_text
from lib.llm.errors import FAILURE_MESSAGES
from lib.llm.events import FailureReason
from lib.text.truncate import single_line

MAX_SUMMARY_LENGTH = 3_000
MAX_LINE_LENGTH = 280
SUMMARY_HEADING = "From our earlier conversation:"


def is_too_long_for_model(messages: Sequence[ChatMessage], answer: ChatMessage) -> bool:
    """True if `answer` failed because the conversation is too long, and there is something before it to leave out."""
    failed = answer.status is not MessageStatus.COMPLETE and answer.error == FAILURE_MESSAGES[FailureReason.TOO_LONG]
    return failed and bool(summarize_conversation(messages, answer.parent_id))


def build_continuation_question(messages: Sequence[ChatMessage], question: ChatMessage) -> Question:
    """`question` for a new conversation, followed by a summary of what came before it."""
    summary = summarize_conversation(messages, question.id)
    words = question.text.split(f"\n\n{SUMMARY_HEADING}\n")[0]
    return Question(text=f"{words}\n\n{SUMMARY_HEADING}\n{summary}" if summary else words)


def summarize_conversation(messages: Sequence[ChatMessage], question_id: str | None) -> str:
    """What was asked and answered before a question, a line each; the oldest are left out if it is much."""
    lines: list[str] = []
    left = MAX_SUMMARY_LENGTH
    for entry in reversed(find_message_path(messages, question_id)[:-1]):
        line = _summarize_entry(entry)
        left -= len(line)
        if left < 0:
            break
        if line:
            lines.insert(0, line)
    return "\n".join(lines)


def _summarize_entry(entry: MessageEntry) -> str:
    rows = [row for row in entry.rows if row.is_authentic]
    text = single_line(" ".join(block_to_text(row.block) for row in rows), max_length=MAX_LINE_LENGTH)
    return f"- {'Question' if entry.is_person_message else 'Answer'}: {text}" if text else ""
