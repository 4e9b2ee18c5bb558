"""The OpenAI client, and its errors in our words. The only other places that import openai are the two adapters."""

import math
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import openai
from openai import OpenAI, Stream

from lib.llm.events import Fault
from lib.llm.faults import ModelFault
from lib.llm.model import Patience
from lib.settings import ModelSettings

OPENAI = "https://api.openai.com/v1"

BY_STATUS: dict[int, Fault] = {
    400: Fault.REFUSED,
    401: Fault.KEY_REFUSED,
    402: Fault.NO_CREDIT,
    403: Fault.NOT_ALLOWED,
    404: Fault.MODEL_UNKNOWN,
    408: Fault.BROKEN,
    413: Fault.TOO_LONG,
    422: Fault.REFUSED,
    429: Fault.BUSY,
}
BY_CODE: dict[str, Fault] = {
    "context_length_exceeded": Fault.TOO_LONG,
    "string_above_max_length": Fault.TOO_LONG,
    "insufficient_quota": Fault.NO_CREDIT,
    "model_not_found": Fault.MODEL_UNKNOWN,
    "invalid_api_key": Fault.KEY_REFUSED,
    "rate_limit_exceeded": Fault.BUSY,
    "server_error": Fault.BROKEN,
    "content_filter": Fault.FILTERED,
    "invalid_prompt": Fault.FILTERED,
    "bio_policy": Fault.FILTERED,
    "misalignment_policy_violation": Fault.FILTERED,
}


def client_for(settings: ModelSettings, patience: Patience) -> OpenAI:
    """One per process: the key is Zen's own, and the client is safe across threads. A server of one's own often needs
    no key, but the client insists on one."""
    return OpenAI(
        api_key=settings.api_key or "none",
        base_url=settings.base_url or OPENAI,
        timeout=openai.Timeout(patience.silence, connect=patience.connect),
        max_retries=0,
    )


class Wire:
    """An open stream of the client, as `lib.llm.pump` wants it: each chunk as the JSON the server sent.

    `client.post` instead of the client's own methods, which look at each message against its type and make objects of
    every chunk: a fifth of what a turn costs this process (docs/performance.md), for what is checked here anyway.
    """

    def __init__(self, client: OpenAI, path: str, body: Mapping[str, Any]) -> None:
        self._stream = client.post(path, cast_to=object, body=dict(body), stream=True, stream_cls=Stream[object])

    def __iter__(self) -> Iterator[Any]:
        return iter(self._stream)

    def close(self) -> None:
        self._stream.close()

    def hang_up(self) -> None:
        """Closing a socket does not wake a thread that reads from it; shutting it down does. Called on the plain
        socket, for a TLS one forgets its state when it is shut down and the reader would stumble over that."""
        network = self._stream.response.extensions.get("network_stream")
        raw = network.get_extra_info("socket") if network is not None else None
        if isinstance(raw, socket.socket):
            try:
                socket.socket.shutdown(raw, socket.SHUT_RDWR)
            except OSError:
                return


def translated(error: Exception) -> ModelFault:
    """What a failed call means. Anything unknown is something unreadable; what a server wrote is never passed on."""
    match error:
        case openai.APIStatusError():
            return _by_status(error)
        case openai.APITimeoutError():
            # Not connecting in time is no silence: nobody is there.
            connecting = "Connect" in type(error.__cause__).__name__
            return ModelFault(Fault.UNREACHABLE if connecting else Fault.SILENT)
        case openai.APIConnectionError():
            read = type(error.__cause__).__name__ in ("RemoteProtocolError", "ReadError")
            return ModelFault(Fault.CUT if read else Fault.UNREACHABLE)
        case openai.APIError():
            return coded(error.code)
        case _:
            return ModelFault(Fault.UNREADABLE)


def coded(code: str | None) -> ModelFault:
    """A fault reported within a stream."""
    return ModelFault(BY_CODE.get(code or "", Fault.BROKEN))


def _by_status(error: openai.APIStatusError) -> ModelFault:
    fault = BY_CODE.get(error.code or "") or BY_STATUS.get(error.status_code)
    if fault is None:
        fault = Fault.BROKEN if error.status_code >= 500 else Fault.REFUSED
    return ModelFault(fault, retry_after=_retry_after(error.response.headers) if fault is Fault.BUSY else None)


def _retry_after(headers: Mapping[str, Any]) -> float | None:
    """Seconds; a date is not read, for no model server sends one."""
    try:
        seconds = float(headers.get("retry-after-ms", "")) / 1000
    except ValueError:
        try:
            seconds = float(headers.get("retry-after", ""))
        except ValueError:
            return None
    return seconds if math.isfinite(seconds) and 0 <= seconds < 86_400 else None
