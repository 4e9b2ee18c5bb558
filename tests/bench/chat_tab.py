"""A browser tab with a chat input in it: asks, and notes when the first word of the answer has arrived."""

import re
import time
from dataclasses import dataclass, replace

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.bench.wire import FINISHED, BrowserTab, Run

STAMP = re.compile(r"t(\d{12,})t")
OVER = {*FINISHED, ForwardMsg.ScriptFinishedStatus.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}


@dataclass(frozen=True)
class Answered:
    """Milliseconds from when the model was asked, and from the press, to the first word here; bytes of it all."""

    first_word: float
    pressed: float
    received: int = 0

    @classmethod
    def at(cls, asked: int, pressed: int) -> "Answered":
        """The first word has just arrived; both times in nanoseconds of the machine's one clock."""
        now = time.monotonic_ns()
        return cls((now - asked) / 1e6, (now - pressed) / 1e6)

    def with_bytes(self, received: int) -> "Answered":
        return replace(self, received=received)


class TalkingTab(BrowserTab):
    def __init__(self, base_url: str, **options: str) -> None:
        super().__init__(base_url, **options)
        self._input, self._fragment = "", ""
        self._seen: set[str] = set()

    async def run(self) -> Run:
        run = await super().run()
        assert not run.failed, run.failed
        return run

    def notice(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "delta":
            delta = message.delta
            if delta.new_element.WhichOneof("type") == "chat_input":
                self._input, self._fragment = delta.new_element.chat_input.id, delta.fragment_id

    async def ask(self, words: str) -> Answered:
        """Type `words` and read until the page is at rest again."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash, asked.fragment_id = self._query, self._script_hash, self._fragment
        widget = asked.widget_states.widgets.add()
        widget.id, widget.chat_input_value.data = self._input, words
        begun, received, first = time.monotonic_ns(), 0, None
        await self._socket.send(message.SerializeToString())
        while True:
            data = await self._socket.recv()
            received += len(data)
            answer = ForwardMsg.FromString(data)
            self.notice(answer)
            first = first or self._first_word(answer, begun)
            if answer.WhichOneof("type") == "script_finished" and answer.script_finished in OVER and first:
                return first.with_bytes(received)

    def _first_word(self, message: ForwardMsg, begun: int) -> Answered | None:
        """Of an answer not seen before: earlier ones stand on the page too."""
        if message.WhichOneof("type") != "delta":
            return None
        element = message.delta.new_element
        found = STAMP.search(element.markdown.body) or STAMP.search(element.html.body)
        if found is None or found[1] in self._seen or int(found[1]) < begun:
            return None
        self._seen.add(found[1])
        return Answered.at(int(found[1]), begun)
