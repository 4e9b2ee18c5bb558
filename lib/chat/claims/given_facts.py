"""What a model was given for an answer, as facts: the data of its prompt, the results of tools, what people wrote."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lib.chat.claims.known_facts import GivenFact
from lib.chat.conversation import ChatMessage, Question
from lib.chat.message_tree import MessageEntry, find_message_path
from lib.chat.prompt import Prompt
from lib.content.block_json import Block, UnreadableBlock
from lib.content.block_text import block_to_shown_text
from lib.content.model import Code, Text

SKIPPED_KEYS = frozenset({"fence", "role"})

_RECORD_ID = re.compile(r"^(note) \S+$")


def list_given_facts(sent: Prompt, messages: Sequence[ChatMessage], question: Question) -> list[GivenFact]:
    """What a model is given before any tool runs: the data of its prompt, what was said before, what is asked."""
    return [
        *list_prompt_facts(sent.data),
        *list_conversation_facts(find_message_path(messages, question.parent_id)),
        *list_text_facts(sent.messages[-1].text, is_record=False),
    ]


def list_prompt_facts(data: Mapping[str, Any]) -> Iterator[GivenFact]:
    """A fact for each value of a prompt's data, under its own name."""
    for name, value in data.items():
        if name not in SKIPPED_KEYS:
            yield from _list_value_facts(_RECORD_ID.sub(r"\1", name), value)


def list_text_facts(text: str, label: str = "", *, is_record: bool = True) -> Iterator[GivenFact]:
    """A fact for each line of a text."""
    yield from (GivenFact(label=label, text=line, is_record=is_record) for line in text.splitlines() if line.strip())


def list_tool_facts(label: str, text: str, blocks: Iterable[Block]) -> Iterator[GivenFact]:
    """What a tool told the model, and what it showed beneath the answer."""
    for told in (text, *map(block_to_shown_text, blocks)):
        yield from list_text_facts(told, label)


def list_conversation_facts(path: Iterable[MessageEntry]) -> Iterator[GivenFact]:
    """What was said before: the person's words, and of earlier answers what was known then."""
    for entry in path:
        for row in entry.rows:
            if entry.is_person_message or row.is_authentic:
                yield from list_text_facts(_without_unknown_claims(row.block), is_record=False)


def _list_value_facts(name: str, value: Any) -> Iterator[GivenFact]:
    match value:
        case Mapping():
            for key, inner in value.items():
                yield from _list_value_facts(_RECORD_ID.sub(r"\1", str(key)), inner)
        case list() | tuple():
            for inner in value:
                yield from _list_value_facts(name, inner)
        case None | "":
            return
        case _:
            yield GivenFact(label=name, text=str(value))


def _without_unknown_claims(block: Block | UnreadableBlock) -> str:
    text = block_to_shown_text(block)
    if isinstance(block, Text | Code):
        text = block.markdown if isinstance(block, Text) else block.code
        for claim in block.unknown_claims:
            text = text.replace(claim.said, " ")
    return text
