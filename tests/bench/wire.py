"""Streamlit's websocket as a browser speaks it: ask for a page, ask for a rerun, wait until the script has finished."""

import time
from dataclasses import dataclass
from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

FINISHED = {
    ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY,
    ForwardMsg.ScriptFinishedStatus.FINISHED_WITH_COMPILE_ERROR,
}


@dataclass(frozen=True)
class Run:
    """One script run: wall time in milliseconds, bytes received, and the exception the script drew, if any."""

    milliseconds: float
    received: int
    failed: str


class BrowserTab:
    """One open page of a signed-in (or anonymous) browser."""

    def __init__(self, base_url: str, *, page: str = "", query: str = "", cookie: str | None = None) -> None:
        self._url = base_url.replace("http://", "ws://") + "/_stcore/stream"
        self._headers = {"Cookie": cookie} if cookie else {}
        self._page, self._query = page, query
        self._script_hash = ""
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> "BrowserTab":
        self._socket = await connect(
            self._url, additional_headers=self._headers, subprotocols=["streamlit"], max_size=None
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket:
            await self._socket.close()

    def notice(self, message: ForwardMsg) -> None:
        """Every message the page sends; nothing is done with it here."""

    async def run(self) -> Run:
        """Run the page's script once, as a first load or a rerun, and wait for its end."""
        message = BackMsg()
        message.rerun_script.query_string = self._query
        if self._script_hash:
            message.rerun_script.page_script_hash = self._script_hash
        else:
            message.rerun_script.page_name = self._page
        begun = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        received, failed = 0, ""
        while True:
            data = await self._socket.recv()
            received += len(data)
            answer = ForwardMsg.FromString(data)
            kind = answer.WhichOneof("type")
            self.notice(answer)
            if kind == "navigation":
                self._script_hash = answer.navigation.page_script_hash
            elif kind == "delta" and answer.delta.new_element.WhichOneof("type") == "exception":
                failed = str(answer.delta.new_element.exception)[:1000] or "an exception"
            elif kind == "script_finished" and answer.script_finished in FINISHED:
                return Run((time.perf_counter() - begun) * 1000, received, failed)
