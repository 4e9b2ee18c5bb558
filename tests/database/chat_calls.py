"""Begin, finish and share turns of a conversation through the database."""

import uuid
from typing import Any

from lib.app_context import get_app_context
from lib.chat.answer_rows import sign_answer
from lib.db.client import Client
from lib.db.row_signatures import RowSigner
from tests.database.rpc import call_rpc
from tests.support.companies import Member


def new_id() -> str:
    return str(uuid.uuid4())


def text_content(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def begin_turn(who: Member | Client, run: str, words: str = "How are they?", **more: Any) -> dict[str, Any]:
    """Begin a turn on the first slide: thread, message, context_id, tokens_today."""
    turn = {"p_slide_id": "greeting", "p_message_id": new_id(), "p_content": text_content(words)} | more
    return call_rpc(who, "begin_chat_turn", p_execution_id=run, **turn)


def finish_turn(who: Member | Client, turn: dict[str, Any], *words: str, **more: Any) -> dict[str, Any]:
    """Finish it in as many text blocks as there are `words`: answer_id, stored, messages."""
    rows = [{"content": text_content(each), "branch_type": "llm"} for each in words or ("They are well.",)]
    about = {"p_thread_id": turn["thread"]["id"], "p_parent_id": turn["message"]["id"], "p_answer_id": new_id()}
    given = about | {"p_rows": rows, "p_context_id": turn["context_id"]} | more
    is_answer = isinstance(given["p_rows"], list) and all(
        "type" in (row.get("content") or ()) for row in given["p_rows"]
    )
    return call_rpc(who, "finish_chat_turn", **(sign_answer(given, get_row_signer()) if is_answer else given))


def insert_tool_call(who: Member, turn: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A tool call of a turn, signed as the app signs it; its row."""
    about = {"thread_id": turn["thread"]["id"], "message_id": turn["message"]["id"], "answer_id": new_id()}
    row = {"id": new_id(), **about, "call_id": "call_1", **values}
    signed = {"company_id": turn["thread"]["company_id"], "signature": get_row_signer().sign_tool_call(row)}
    return who.client.table("workflow_llm_tool_calls").insert(row | signed).execute().data[0]


def get_row_signer() -> RowSigner:
    """Signs as the app of these tests does."""
    return RowSigner(get_app_context().settings.session_secrets)


def share_thread(who: Member, thread_id: str, *, shared: bool = True) -> None:
    done = who.client.table("workflow_chat_threads").update({"is_shared": shared}).eq("id", thread_id).execute()
    assert done.data
