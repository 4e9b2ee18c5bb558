"""Runs an open turn to its end: its events are yielded, its answer is stored however it ends."""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing

from lib.chat.conversation import MessageStatus
from lib.chat.open_turn import STOPPED_TEXT, OpenTurn
from lib.chat.turn_events import ChatStream, TurnStarted
from lib.content.block_json import Block
from lib.errors import ZenError
from lib.llm.events import (
    ApprovalRequested,
    BlockShown,
    Heartbeat,
    TextDelta,
    TextWithdrawn,
    ToolStarted,
    TurnStream,
)

INTERNAL_ERROR = "Something went wrong in Zen. Your question is saved; try again."

log = logging.getLogger(__name__)


def stream_and_finish_turn(turn: OpenTurn, answer: Callable[[], ChatStream]) -> ChatStream:
    """Yield a turn's events and store how it ends: closing the stream stops it, an error fails it."""
    try:
        yield TurnStarted(thread=turn.started.thread, question=turn.started.question, panel=turn.panel)
        with closing(answer()) as events:
            yield from events
    except Exception as error:
        if turn.finished is not None and not isinstance(error, ZenError):
            raise
        if not isinstance(error, ZenError):
            log.exception("A turn failed.")
        yield turn.save_answer(MessageStatus.FAILED, str(error) if isinstance(error, ZenError) else INTERNAL_ERROR)
    except BaseException:
        try:
            turn.save_answer(MessageStatus.STOPPED, STOPPED_TEXT)
        except Exception:
            log.exception("A stopped turn could not be stored.")
        raise


def save_and_stream_blocks(turn: OpenTurn, blocks: Sequence[Block]) -> ChatStream:
    """Store a ready answer, then show it."""
    for block in blocks:
        turn.transcript.add_block(block)
    finished = turn.save_answer()
    yield from (BlockShown(block) for block in blocks)
    yield finished


def stream_model_turn(turn: OpenTurn, run: TurnStream, *, preface: str | None = None) -> ChatStream:
    """Yield a model's turn with tools as it comes, and collect its answer; `preface` is our sentence before it."""
    if preface:
        turn.transcript.add_text(f"{preface}\n\n")
        yield TextDelta(f"{preface}\n\n")
    with closing(run) as events:
        for event in events:
            match event:
                case TextDelta(text):
                    turn.transcript.add_text(text)
                case TextWithdrawn(length):
                    turn.transcript.withdraw_text(length)
                case BlockShown(block):
                    turn.transcript.add_block(block)
                case ToolStarted() | ApprovalRequested() | Heartbeat():
                    pass
            yield event
    yield turn.save_answer()
