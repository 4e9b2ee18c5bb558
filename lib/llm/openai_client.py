"""The OpenAI client, its streams and its errors. Only the two adapters import openai besides."""

import math
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import openai
from openai import OpenAI, Stream

from lib.llm.errors import ModelError
from lib.llm.events import FailureReason
from lib.llm.language_model import Timeouts
from lib.llm.model_settings import ModelSettings
from lib.llm.retries import AnswerParser
from lib.llm.server_errors import build_error_from_body, classify_error
from lib.llm.server_events import JsonBody, ServerItem, read_server_items
from lib.llm.server_traits import ServerTraits, drop_fields, find_refused_field

OPENAI_URL = "https://api.openai.com/v1"
MAX_RETRY_AFTER = 86_400.0


def create_openai_client(settings: ModelSettings, timeouts: Timeouts) -> OpenAI:
    """The client of this process, safe across threads. It insists on a key, also for servers that need none."""
    return OpenAI(
        api_key=settings.api_key or "none",
        base_url=settings.base_url or OPENAI_URL,
        timeout=openai.Timeout(timeouts.silence, connect=timeouts.connect),
        max_retries=0,
        # An answer's end shuts its socket down (`ServerStream.abort`), while the pool may have lent it to the next one.
        default_headers={"Connection": "close"},
    )


class ServerStream:
    """An open answer of a server, as the items it wrote.

    Uses `client.post` and reads the bytes itself: the client's own stream drops comments, which are signs of life, and
    bodies that are no events, and builds an object per chunk, a fifth of what a turn costs this process
    (docs/performance.md).
    """

    def __init__(self, client: OpenAI, path: str, body: Mapping[str, Any]) -> None:
        self._stream = client.post(path, cast_to=object, body=dict(body), stream=True, stream_cls=Stream[object])

    def __iter__(self) -> Iterator[ServerItem]:
        for item in read_server_items(self._stream.response.iter_bytes()):
            if isinstance(item, JsonBody):
                _require_answer_body(item.value)
            elif isinstance(item, dict) and item.get("error"):
                raise build_error_from_body(item)
            yield item

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


def _require_answer_body(value: object) -> None:
    """Raise for a body that holds no answer: an error that says which, or something else than a model server's."""
    if isinstance(value, dict) and ("choices" in value or "output" in value):
        return
    reason = classify_error(value) if isinstance(value, dict) else FailureReason.BROKEN
    # LM Studio answers an unknown path with status 200 and an error (lmstudio-bug-tracker#618).
    raise ModelError(FailureReason.WRONG_ADDRESS if reason is FailureReason.BROKEN else reason)


@dataclass(frozen=True, kw_only=True)
class StreamedCall:
    """One request to one of the two APIs; `create_parser` makes what parses its answer."""

    client: OpenAI
    path: str
    body: Mapping[str, Any]
    create_parser: Callable[[], AnswerParser[Any]]
    traits: ServerTraits

    def open_stream(self) -> ServerStream:
        """Send the request, again without each optional field that the server refuses."""
        dropped = self.traits.refused_fields
        while True:
            body = drop_fields(self.body, dropped)
            try:
                stream = ServerStream(self.client, self.path, body)
            except openai.APIStatusError as error:
                refused = find_refused_field(error.status_code, error.body, body)
                if refused is None:
                    raise
                dropped |= {refused}
            else:
                self.traits.remember_refused(dropped)
                return stream

    def to_model_error(self, error: Exception) -> ModelError:
        return to_model_error(error)


def to_model_error(error: Exception) -> ModelError:
    """The ModelError for a failed call; an unknown one is UNREADABLE. The server's own words are dropped."""
    match error:
        case openai.APIStatusError():
            wait = parse_retry_after(error.response.headers)
            return build_error_from_body(error.body, error.status_code, retry_after=wait)
        case openai.APITimeoutError():
            # A connect timeout is not a silent server: nobody is there.
            return ModelError(FailureReason.UNREACHABLE if _is_connecting(error) else FailureReason.SILENT)
        case openai.APIConnectionError():
            return ModelError(FailureReason.CUT if _is_reading(error.__cause__) else FailureReason.UNREACHABLE)
        case openai.APIError():
            return build_error_from_body(error.body)
        case _:
            # While the answer is read, the transport's own errors are not wrapped.
            if type(error).__name__ == "ReadTimeout":
                return ModelError(FailureReason.SILENT)
            return ModelError(FailureReason.CUT if _is_reading(error) else FailureReason.UNREADABLE)


def _is_connecting(error: Exception) -> bool:
    return "Connect" in type(error.__cause__).__name__


def _is_reading(error: object) -> bool:
    return type(error).__name__ in ("RemoteProtocolError", "ReadError")


def parse_retry_after(headers: Mapping[str, Any]) -> float | None:
    """Retry-After in seconds, given as a number or as a date; a date counts from the server's own clock."""
    try:
        seconds = float(headers.get("retry-after-ms", "")) / 1000
    except ValueError:
        seconds = _parse_seconds_or_date(headers.get("retry-after", ""), headers.get("date", ""))
    return seconds if math.isfinite(seconds) and 0 <= seconds < MAX_RETRY_AFTER else None


def _parse_seconds_or_date(value: str, server_date: str) -> float:
    try:
        return float(value)
    except ValueError:
        until = _parse_http_date(value)
        now = _parse_http_date(server_date) or datetime.now(UTC)
        return math.nan if until is None else (until - now).total_seconds()


def _parse_http_date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
