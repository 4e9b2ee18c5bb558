"""A conversation as a tree of messages.

An edited question or a repeated answer is a sibling of the old one; nothing is removed. One path through the tree is
shown: at each place the newest sibling, unless another was chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.chat.conversation import ChatMessage, MessageRole, MessageStatus, Question


@dataclass(frozen=True, kw_only=True)
class MessageEntry:
    """A question, or an answer with its rows in order. `id` is that of its first row."""

    rows: tuple[ChatMessage, ...]
    parent_id: str | None

    @property
    def id(self) -> str:
        return self.rows[0].id

    @property
    def first(self) -> ChatMessage:
        """The row that holds model, tokens, cost, status and error of the whole entry."""
        return self.rows[0]

    @property
    def is_person_message(self) -> bool:
        return self.first.role is MessageRole.USER


@dataclass(frozen=True, kw_only=True)
class PathStep:
    """An entry on the path. `siblings` are its alternatives, itself included, oldest first."""

    entry: MessageEntry
    siblings: tuple[MessageEntry, ...]

    @property
    def sibling_number(self) -> int:
        """The entry's place among its siblings, from 1."""
        return self.siblings.index(self.entry) + 1


def group_messages_into_entries(messages: Sequence[ChatMessage]) -> tuple[MessageEntry, ...]:
    """Group the rows of each answer, in order."""
    grouped: dict[str, list[ChatMessage]] = {}
    for message in messages:
        key = message.answer_id if message.role is MessageRole.ASSISTANT else message.id
        grouped.setdefault(key, []).append(message)
    groups = [tuple(sorted(rows, key=lambda row: row.position)) for rows in grouped.values()]
    is_flat = any(rows[0].parent_id is None and rows[0].role is not MessageRole.USER for rows in groups)
    made: list[MessageEntry] = []
    before: str | None = None
    for rows in groups:
        # A conversation from before there were alternatives has no parents: each message follows the one before it.
        parent = before if is_flat and rows[0].parent_id is None else rows[0].parent_id
        made.append(MessageEntry(rows=rows, parent_id=parent))
        if rows[0].parent_id is None:
            before = rows[0].id
    return tuple(made)


def build_message_path(
    messages: Sequence[ChatMessage], chosen: Mapping[str | None, str] | None = None
) -> tuple[PathStep, ...]:
    """The path to show. `chosen` maps a parent's id (None: the start) to the entry shown after it."""
    picks, steps, seen = chosen or {}, list[PathStep](), set[str]()
    children = _group_entries_by_parent(group_messages_into_entries(messages))
    parent: str | None = None
    while options := [entry for entry in children.get(parent, ()) if entry.id not in seen]:
        picked = next((entry for entry in options if entry.id == picks.get(parent)), options[-1])
        steps.append(PathStep(entry=picked, siblings=tuple(options)))
        seen.add(picked.id)
        parent = picked.id
    return tuple(steps)


def find_message_path(messages: Sequence[ChatMessage], entry_id: str | None) -> tuple[MessageEntry, ...]:
    """The entries from the start to `entry_id`, both included; none for None."""
    known = {entry.id: entry for entry in group_messages_into_entries(messages)}
    rows = {row.id: entry.id for entry in known.values() for row in entry.rows}
    line: list[MessageEntry] = []
    at = rows.get(entry_id) if entry_id else None
    while at is not None and known[at] not in line:
        line.insert(0, known[at])
        parent = known[at].parent_id
        at = rows.get(parent) if parent else None
    return tuple(line)


def find_last_message_id(messages: Sequence[ChatMessage], chosen: Mapping[str | None, str] | None = None) -> str | None:
    """The last message on the path, which a new question follows."""
    steps = build_message_path(messages, chosen)
    return steps[-1].entry.id if steps else None


def has_incomplete_answer(step: PathStep, following: PathStep | None) -> bool:
    """True if a question has no answer, or an incomplete one."""
    if not step.entry.is_person_message:
        return False
    return following is None or following.entry.first.status is not MessageStatus.COMPLETE


def build_repeated_question(question: ChatMessage, *, built_in: bool = False, text: str | None = None) -> Question:
    """The same question again; its new answer stands beside the old one."""
    words = text if text is not None else question.text
    return Question(id=question.id, text=words, parent_id=question.parent_id, built_in=built_in, is_repeat=True)


def build_replacement_question(question: ChatMessage, text: str) -> Question:
    """A new question in the place of `question`."""
    return Question(text=text, parent_id=question.parent_id)


def _group_entries_by_parent(entries: Sequence[MessageEntry]) -> Mapping[str | None, list[MessageEntry]]:
    owner = {row.id: entry.id for entry in entries for row in entry.rows}
    children: dict[str | None, list[MessageEntry]] = {}
    for entry in entries:
        # Only the newest messages of a long conversation are read: what follows a message beyond them begins it.
        children.setdefault(owner.get(entry.parent_id or ""), []).append(entry)
    return children
