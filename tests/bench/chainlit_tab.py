"""A browser tab with a Chainlit page in it, as far as Socket.IO over a websocket goes."""

import json
import time
import uuid
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.bench.chat_tab import STAMP, Answered

# Of Engine.IO and of Socket.IO in it.
PING, PONG, CONNECT, EVENT = "2", "3", "40", "42"


async def open_chainlit_tab(stack: AsyncExitStack, base_url: str) -> "ChainlitTab":
    url = base_url.replace("http://", "ws://") + "/ws/socket.io/?EIO=4&transport=websocket"
    tab = ChainlitTab(await stack.enter_async_context(connect(url, max_size=None)))
    await tab.greet()
    return tab


class ChainlitTab:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def greet(self) -> None:
        await self._receive()
        auth = {
            "clientType": "webapp",
            "sessionId": str(uuid.uuid4()),
            "threadId": "",
            "userEnv": "{}",
            "chatProfile": "",
        }
        await self._socket.send(CONNECT + json.dumps(auth))
        while not (await self._receive()).startswith(CONNECT):
            pass
        await self._send("connection_successful")

    async def ask(self, words: str) -> Answered:
        """Send `words` and read until the page is at rest again."""
        now = datetime.now(UTC).isoformat()
        message = {
            "id": str(uuid.uuid4()), "threadId": "", "name": "user", "type": "user_message", "output": words,
            "createdAt": now,
        }  # fmt: skip
        begun, received, first = time.monotonic_ns(), 0, None
        await self._send("client_message", {"message": message, "fileReferences": []})
        while True:
            frame = await self._receive()
            received += len(frame.encode())
            if first is None and (found := STAMP.search(frame)) and int(found[1]) > begun:
                first = Answered.at(int(found[1]), begun)
            if first and frame.startswith(f'{EVENT}["task_end"'):
                return first.with_bytes(received)

    async def _send(self, *event: Any) -> None:
        await self._socket.send(EVENT + json.dumps(event))

    async def _receive(self) -> str:
        while True:
            frame = await self._socket.recv()
            if frame != PING:
                return frame if isinstance(frame, str) else frame.decode()
            await self._socket.send(PONG)
