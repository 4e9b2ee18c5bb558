"""POST /api/events: usage and tickets of a company's systems, as they happen.

The token in the Authorization header says which company. A request has no cookie and no session, so that a page of
another site can do nothing with it.
"""

import json
from collections import Counter
from dataclasses import asdict
from hashlib import sha256
from typing import Any

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from lib.app_context import get_app_context
from lib.errors import InvalidInput, NotPermitted, TooManyAttempts, Unavailable, ZenError
from lib.imports.event_queue import EventReceipt, send_events

PATH = "/api/events"
MAX_BODY_BYTES = 1_000_000
MAX_EVENTS = 1_000
MAX_SECONDS_OF_UPLOAD = 20
MAX_STORED_AT_ONCE = 4  # pages come first
# Requests that are read or wait, each of at most MAX_BODY_BYTES: of all, of one token, and of all texts not yet seen to
# be a token. So whoever has none cannot shut the door to those who have one.
MAX_OPEN = 20
MAX_OPEN_OF_TOKEN = 4
MAX_OPEN_OF_UNKNOWN = 4
MAX_KNOWN = 1_000

UNKNOWN_SENDER = b""
NO_STORE = {"Cache-Control": "no-store"}
UNKNOWN_TOKEN = NotPermitted("This token is not valid.", hint="An admin makes tokens in Zen, under Settings.")
TOO_LARGE = InvalidInput("This request is too large.", hint="Send at most 1,000 events and 1 MB at once.")
TOO_SLOW = InvalidInput("The request did not arrive in 20 seconds.", hint="Send fewer events at once.")
NOT_READABLE = InvalidInput("This is neither JSON nor JSON Lines.", hint="Send a list of events, or one a line.")
BUSY = Unavailable("Zen is busy.", hint="Send the same events again in a minute.")


def create_event_routes() -> list[BaseRoute]:
    return [Route(PATH, EventEndpoint().receive_events, methods=["POST"])]


class EventEndpoint:
    """Bounds how many requests are read, and how many are stored, at the same time.

    Hashes of tokens that were valid a moment ago are kept; whether one is valid is asked each time.
    """

    def __init__(self) -> None:
        self._limiter = anyio.CapacityLimiter(MAX_STORED_AT_ONCE)
        self._known: set[bytes] = set()
        self._open: Counter[bytes] = Counter()

    async def receive_events(self, request: Request) -> Response:
        """200 with the receipt, also when events were refused: the others are stored. 401 for any unknown token."""
        token = _read_bearer_token(request)
        if token is None:
            return _build_error_response(UNKNOWN_TOKEN, 401)
        digest = sha256(token.encode()).digest()
        sender = digest if digest in self._known else UNKNOWN_SENDER
        if self._is_sender_at_limit(sender):
            return _build_error_response(BUSY, 503)
        self._open[sender] += 1
        try:
            receipt = await self._store_events(token, await _read_limited_body(request))
            self._remember_known_token(digest)
        except NotPermitted:
            self._known.discard(digest)
            return _build_error_response(UNKNOWN_TOKEN, 401)
        except InvalidInput as error:
            return _build_error_response(error, 413 if error is TOO_LARGE else 408 if error is TOO_SLOW else 400)
        except TooManyAttempts as error:
            return _build_error_response(error, 429)
        except ZenError as error:
            return _build_error_response(error, 503)
        finally:
            self._open[sender] -= 1
            self._open += Counter()  # drops those at 0
        return JSONResponse(asdict(receipt), headers=NO_STORE)

    def _is_sender_at_limit(self, sender: bytes) -> bool:
        most = MAX_OPEN_OF_UNKNOWN if sender == UNKNOWN_SENDER else MAX_OPEN_OF_TOKEN
        return self._open[sender] >= most or self._open.total() >= MAX_OPEN

    def _remember_known_token(self, digest: bytes) -> None:
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known.add(digest)

    async def _store_events(self, token: str, body: bytes) -> EventReceipt:
        def store() -> EventReceipt:
            return send_events(get_app_context().create_client(), token, parse_events(body))

        return await run_sync(store, limiter=self._limiter)


def parse_events(body: bytes) -> list[Any]:
    """The events of a JSON list, of one JSON object, or of JSON Lines. Raises InvalidInput."""
    try:
        text = body.decode("utf-8-sig")
        found = _parse_event_json(text) if text.lstrip().startswith("[") else _parse_event_lines(text)
    except (ValueError, RecursionError):
        raise NOT_READABLE from None
    if not 1 <= len(found) <= MAX_EVENTS:
        raise TOO_LARGE if found else NOT_READABLE
    return found


def _parse_event_lines(text: str) -> list[Any]:
    """One event a line, or one event over several lines."""
    found: list[Any] = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            found += [_parse_event_json(line)] if line.strip() else []
        except (ValueError, RecursionError):
            if found:
                raise InvalidInput(f"Line {number} is not JSON.", hint="Send one event a line.") from None
            return [_parse_event_json(text)]
    return found


def _parse_event_json(text: str) -> Any:
    return json.loads(text, parse_constant=_refuse_json_constant, parse_float=str)  # no event has a fraction


def _refuse_json_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _read_bearer_token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and 1 <= len(token.strip()) <= 200 else None


async def _read_limited_body(request: Request) -> bytes:
    """At most MAX_BODY_BYTES, whatever the header says."""
    body = bytearray()
    try:
        with anyio.fail_after(MAX_SECONDS_OF_UPLOAD):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise TOO_LARGE
    except TimeoutError:
        raise TOO_SLOW from None
    return bytes(body)


def _build_error_response(error: ZenError, status: int) -> Response:
    headers = NO_STORE | ({"Retry-After": "60"} if status in (429, 503) else {})
    return JSONResponse({"error": error.message, "hint": error.hint}, status_code=status, headers=headers)
