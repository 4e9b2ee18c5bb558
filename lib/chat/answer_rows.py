"""The rows of an answer as the database stores them, each with its signature."""

from collections.abc import Iterable, Mapping
from typing import Any

from lib.chat.conversation import BranchType, MessageRole
from lib.content.block_json import Block, serialize_block
from lib.db.row_signatures import RowSigner


def build_answer_rows(blocks: Iterable[Block], kind: BranchType, branch_id: str | None) -> list[dict[str, Any]]:
    """The rows of an answer for `finish_chat_turn`."""
    return [{"content": serialize_block(block), "branch_type": kind.value, "branch_id": branch_id} for block in blocks]


def sign_answer(arguments: Mapping[str, Any], signer: RowSigner) -> dict[str, Any]:
    """The arguments of `finish_chat_turn`, with each row signed as the database will store it."""
    whole = ("input_tokens", "output_tokens", "cost_usd")
    rows = []
    for position, row in enumerate(arguments["p_rows"]):
        stored = {
            "thread_id": arguments["p_thread_id"],
            "parent_id": arguments["p_parent_id"],
            "answer_id": arguments["p_answer_id"],
            "position": position,
            "role": MessageRole.ASSISTANT.value,
            "message_type": row["content"]["type"],
            "status": arguments.get("p_status"),
            **{name: arguments.get(f"p_{name}") for name in ("error", "context_id", "model")},
            **{name: arguments.get(f"p_{name}") if position == 0 else None for name in whole},
        }
        rows.append({**row, "signature": signer.sign_message({**stored, **row})})
    return {**arguments, "p_rows": rows}
