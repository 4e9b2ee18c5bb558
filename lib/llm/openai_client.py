"""The OpenAI client, its streams and its errors. Only the two adapters import openai besides."""

import math
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import openai
from openai import OpenAI, Stream

from lib.llm.errors import ModelError
from lib.llm.events import FailureReason
from lib.llm.language_model import Timeouts
from lib.llm.model_settings import ModelSettings
from lib.llm.retries import AnswerParser

OPENAI_URL = "https://api.openai.com/v1"

REASON_BY_STATUS: dict[int, FailureReason] = {
    400: FailureReason.REFUSED,
    401: FailureReason.KEY_REFUSED,
    402: FailureReason.NO_CREDIT,
    403: FailureReason.NOT_ALLOWED,
    404: FailureReason.MODEL_UNKNOWN,
    408: FailureReason.BROKEN,
    413: FailureReason.TOO_LONG,
    422: FailureReason.REFUSED,
    429: FailureReason.BUSY,
}
REASON_BY_CODE: dict[str, FailureReason] = {
    "context_length_exceeded": FailureReason.TOO_LONG,
    "string_above_max_length": FailureReason.TOO_LONG,
    "insufficient_quota": FailureReason.NO_CREDIT,
    "model_not_found": FailureReason.MODEL_UNKNOWN,
    "invalid_api_key": FailureReason.KEY_REFUSED,
    "rate_limit_exceeded": FailureReason.BUSY,
    "server_error": FailureReason.BROKEN,
    "content_filter": FailureReason.FILTERED,
    "invalid_prompt": FailureReason.FILTERED,
    "bio_policy": FailureReason.FILTERED,
    "misalignment_policy_violation": FailureReason.FILTERED,
}


def create_openai_client(settings: ModelSettings, timeouts: Timeouts) -> OpenAI:
    """The client of this process, safe across threads. It insists on a key, also for servers that need none."""
    return OpenAI(
        api_key=settings.api_key or "none",
        base_url=settings.base_url or OPENAI_URL,
        timeout=openai.Timeout(timeouts.silence, connect=timeouts.connect),
        max_retries=0,
    )


class JsonEventStream:
    """An open stream of server-sent events, each as the JSON the server sent.

    Uses `client.post`: the client's own methods validate each message and build an object per chunk, a fifth of what a
    turn costs this process (docs/performance.md), for what is checked here anyway.
    """

    def __init__(self, client: OpenAI, path: str, body: Mapping[str, Any]) -> None:
        self._stream = client.post(path, cast_to=object, body=dict(body), stream=True, stream_cls=Stream[object])

    def __iter__(self) -> Iterator[Any]:
        return iter(self._stream)

    def close(self) -> None:
        self._stream.close()

    def abort(self) -> None:
        """Shut the socket down: closing it would not wake a thread that reads from it.

        The plain socket, because a TLS one loses its state when it is shut down, and the reader would fail on that.
        """
        network = self._stream.response.extensions.get("network_stream")
        raw = network.get_extra_info("socket") if network is not None else None
        if isinstance(raw, socket.socket):
            try:
                socket.socket.shutdown(raw, socket.SHUT_RDWR)
            except OSError:
                return


@dataclass(frozen=True, kw_only=True)
class StreamedCall:
    """One request to one of the two APIs; `create_parser` makes what parses its answer."""

    client: OpenAI
    path: str
    body: Mapping[str, Any]
    create_parser: Callable[[], AnswerParser[Any]]

    def open_stream(self) -> JsonEventStream:
        return JsonEventStream(self.client, self.path, self.body)

    def to_model_error(self, error: Exception) -> ModelError:
        return to_model_error(error)


def to_model_error(error: Exception) -> ModelError:
    """The ModelError for a failed call; an unknown one is UNREADABLE. The server's own words are dropped."""
    match error:
        case openai.APIStatusError():
            return _build_error_for_status(error)
        case openai.APITimeoutError():
            # A connect timeout is not a silent server: nobody is there.
            connecting = "Connect" in type(error.__cause__).__name__
            return ModelError(FailureReason.UNREACHABLE if connecting else FailureReason.SILENT)
        case openai.APIConnectionError():
            read = type(error.__cause__).__name__ in ("RemoteProtocolError", "ReadError")
            return ModelError(FailureReason.CUT if read else FailureReason.UNREACHABLE)
        case openai.APIError():
            return build_error_for_code(error.code)
        case _:
            return ModelError(FailureReason.UNREADABLE)


def build_error_for_code(code: str | None) -> ModelError:
    """The ModelError for an error code reported within a stream."""
    return ModelError(REASON_BY_CODE.get(code or "", FailureReason.BROKEN))


def _build_error_for_status(error: openai.APIStatusError) -> ModelError:
    fault = REASON_BY_CODE.get(error.code or "") or REASON_BY_STATUS.get(error.status_code)
    if fault is None:
        fault = FailureReason.BROKEN if error.status_code >= 500 else FailureReason.REFUSED
    return ModelError(
        fault, retry_after=_parse_retry_after(error.response.headers) if fault is FailureReason.BUSY else None
    )


def _parse_retry_after(headers: Mapping[str, Any]) -> float | None:
    """The Retry-After header in seconds; a date is ignored, because no model server sends one."""
    try:
        seconds = float(headers.get("retry-after-ms", "")) / 1000
    except ValueError:
        try:
            seconds = float(headers.get("retry-after", ""))
        except ValueError:
            return None
    return seconds if math.isfinite(seconds) and 0 <= seconds < 86_400 else None
