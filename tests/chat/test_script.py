"""The script of docs/chat.md is a whole conversation, and it runs as it is written there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from lib import services
from lib.chat.conversation import MessageStatus, ThreadStatus
from tests.chat.chat_harness import ChatHarness
from tests.support.server import REPOSITORY

SCRIPT = re.compile(r"<!-- script: .*?-->\n```python\n(.*?)```", re.DOTALL)


def test_the_script_of_the_documentation_runs(new_chat, capsys: pytest.CaptureFixture[str]) -> None:
    found = SCRIPT.search((REPOSITORY / "docs" / "chat.md").read_text(encoding="utf-8"))
    assert found
    at: ChatHarness = new_chat()
    given = {"client": at.member.client, "person": at.context.person, "execution_id": at.context.execution.id}
    exec(compile(found[1], "docs/chat.md", "exec"), given)
    printed = capsys.readouterr().out
    assert "2 answers" in printed
    assert "Built-in assistant" in printed
    (thread,) = at.service.get_execution_chats(at.context.execution.id)
    assert thread.status is ThreadStatus.COMPLETED
    told = at.service.get_chat_history(thread.id)
    assert all(message.status is MessageStatus.COMPLETE for message in told.messages)
    assert [given.thumbs for given in told.feedback] == [1]


def test_no_part_of_it_needs_streamlit() -> None:
    code = "import sys, lib.services; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def test_every_function_of_the_mission_is_there() -> None:
    names = (
        "create_thread get_thread get_threads_for_execution complete_thread abandon_thread send_message get_messages"
        " create_llm_context get_llm_context update_tokens_used record_tool_call get_tool_calls chat stream_chat"
        " call_llm get_suggested_responses process_fixed_branch process_llm_branch process_rag_branch"
        " process_saved_action_branch start_chat send_chat_message get_chat_history complete_chat get_execution_chats"
    )
    assert [name for name in names.split() if not callable(getattr(services.ChatService, name, None))] == []


def test_the_documentation_has_one_script() -> None:
    assert len(SCRIPT.findall(Path(REPOSITORY / "docs" / "chat.md").read_text(encoding="utf-8"))) == 1
