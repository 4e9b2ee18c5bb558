"""A language model's server for tests and measurements: real HTTP, real server-sent events, both APIs of OpenAI.

    with ModelServer.running() as server:
        server.script(Reply(calls=(Call("usage_trend", {"weeks": 12}),)), Reply("It falls."))
        settings = ModelSettings(base_url=server.url, api_key="k", api=ModelApi.RESPONSES)

What it will say is queued, a step for each request: `ScriptedReply` for an answer with all that may go wrong in it,
`ScriptedRefusal` for an HTTP error, `ScriptedWire` for raw bytes (tests/support/wire_cases.py). Asked for embeddings
it counts letters (`build_embeddings`). `reject` judges
requests before they get their step. An empty queue gives `otherwise`. `requests` keeps what was asked, `hung_up`
counts readers who left before the end. As a process of its own:

    python -m tests.support.model_server --port 8700 --tokens 4000 --rate 80
"""

import argparse
import json
import select
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from string import ascii_lowercase
from typing import Any, cast

from tests.support.model_script import (
    RejectRequest,
    ScriptedCall,
    ScriptedRefusal,
    ScriptedReply,
    ScriptedStep,
    ScriptedWire,
)
from tests.support.model_wire import AnswerWriter, Chunk, writer_for

STALL = 30.0

__all__ = [
    "ModelServer",
    "ReceivedRequest",
    "ScriptedCall",
    "ScriptedRefusal",
    "ScriptedReply",
    "ScriptedStep",
    "ScriptedWire",
]


@dataclass(frozen=True)
class ReceivedRequest:
    path: str
    body: dict[str, Any]
    key: str | None
    raw: bytes = b""


class ModelServer:
    def __init__(self, *, port: int = 0, key: str | None = None, otherwise: ScriptedStep | None = None) -> None:
        self.key = key
        self.otherwise = otherwise or ScriptedReply("Understood.")
        self.requests: list[ReceivedRequest] = []
        self.hung_up = 0
        self.reject: RejectRequest | None = None
        self.stopping = threading.Event()
        self._steps: deque[ScriptedStep] = deque()
        self._http = _Http(("127.0.0.1", port), _Handler)
        self._http.model = self

    @classmethod
    @contextmanager
    def running(cls, *, key: str | None = None, otherwise: ScriptedStep | None = None) -> Iterator["ModelServer"]:
        server = cls(key=key, otherwise=otherwise)
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.close()
            thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def script(self, *steps: ScriptedStep) -> None:
        self._steps.extend(steps)

    def reset(self) -> None:
        """Back to the beginning, for the next test."""
        self._steps.clear()
        self.requests.clear()
        self.hung_up = 0
        self.key = None
        self.reject = None
        self.otherwise = ScriptedReply("Understood.")

    def next_step(self) -> ScriptedStep:
        return self._steps.popleft() if self._steps else self.otherwise

    def serve(self) -> None:
        self._http.serve_forever(poll_interval=0.02)

    def close(self) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()


def build_embeddings(body: dict[str, Any]) -> ScriptedWire:
    """A vector for each text, the counts of its letters, listed from the last text to the first."""
    counts = [[float(text.lower().count(letter)) for letter in ascii_lowercase] for text in body["input"]]
    rows = [{"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(counts)]
    answer = {"object": "list", "data": rows[::-1], "model": body["model"], "usage": {}}
    return ScriptedWire((json.dumps(answer).encode(),), content_type="application/json")


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    model: ModelServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader who left between two requests is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Headers and body in one packet; each event is flushed by hand.
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        model = cast(_Http, self.server).model
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.loads(raw)
        key = (self.headers.get("Authorization") or "").removeprefix("Bearer ") or None
        model.requests.append(ReceivedRequest(self.path, body, key, raw))
        wire = writer_for(self.path)
        if wire is None and not self.path.endswith("/embeddings"):
            self._refuse(ScriptedRefusal(404, "not_found"))
        elif model.key is not None and key != model.key:
            self._refuse(ScriptedRefusal(401, "invalid_api_key"))
        else:
            rejection = model.reject(body) if model.reject else None
            match rejection or model.next_step():
                case ScriptedRefusal() as refusal:
                    self._refuse(refusal)
                case ScriptedWire() as answer:
                    self._write(answer)
                case ScriptedReply() if wire is None:
                    self._write(build_embeddings(body))
                case ScriptedReply() as reply:
                    assert wire
                    self._answer(reply, wire(body.get("model", "model"), body))

    def _refuse(self, refusal: ScriptedRefusal) -> None:
        said = {"error": {"message": refusal.message, "type": "error", "code": refusal.code, "param": None}}
        content = json.dumps(said).encode() if refusal.body is None else refusal.body
        self.send_response(refusal.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if refusal.retry_after is not None:
            self.send_header("Retry-After", refusal.retry_after)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def _write(self, answer: ScriptedWire) -> None:
        self.send_response(answer.status)
        if answer.content_type:
            self.send_header("Content-Type", answer.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        try:
            for piece in answer.pieces:
                if isinstance(piece, bytes):
                    self._send(Chunk(piece))
                elif not self._wait(piece):
                    return self._break()
            if not answer.is_whole:
                return self._break()
            self._end()
        except (BrokenPipeError, ConnectionResetError):
            self._note_hang_up()

    def _end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _note_hang_up(self) -> None:
        cast(_Http, self.server).model.hung_up += 1
        self.close_connection = True

    def _answer(self, reply: ScriptedReply, wire: AnswerWriter) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        try:
            for written, chunk in enumerate(wire.chunks(reply)):
                if written == reply.cut:
                    return self._break()
                if written == reply.end:
                    break
                wait = STALL if written == reply.stall else chunk.wait
                if not self._wait(wait):
                    return self._break()
                self._send(chunk)
            self._end()
        except (BrokenPipeError, ConnectionResetError):
            self._note_hang_up()

    def _send(self, chunk: Chunk) -> None:
        self.wfile.write(f"{len(chunk.data):x}\r\n".encode() + chunk.data + b"\r\n")
        self.wfile.flush()

    def _wait(self, seconds: float) -> bool:
        """False when the reader left meanwhile."""
        model = cast(_Http, self.server).model
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not model.stopping.is_set():
            if select.select([self.connection], [], [], min(left, 0.05))[0]:
                if not self.connection.recv(1, socket.MSG_PEEK):
                    model.hung_up += 1
                    return False
                time.sleep(min(left, 0.05))
        return True

    def _break(self) -> None:
        """No last chunk: the reader sees the connection end in the middle."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def main() -> None:
    parser = argparse.ArgumentParser(description="A model's server that always says the same.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tokens", type=int, default=400, help="words in each answer")
    parser.add_argument("--rate", type=float, default=80, help="words a second; 0 for all at once")
    parser.add_argument("--first", type=float, default=0.0, help="seconds before the first word")
    asked = parser.parse_args()
    said = " ".join(f"word{number % 97}" + ("\n\n" if number % 60 == 59 else "") for number in range(asked.tokens))
    delay = 1 / asked.rate if asked.rate else 0.0
    reply = ScriptedReply(said, pieces=asked.tokens, delay=delay, first=asked.first, usage=(900, asked.tokens))
    server = ModelServer(port=asked.port, otherwise=reply)
    print(server.url, flush=True)
    try:
        server.serve()
    except KeyboardInterrupt:
        server.close()


if __name__ == "__main__":
    main()
