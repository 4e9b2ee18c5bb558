"""Reads what a model server writes: server-sent events, or the JSON body that some send instead.

What is neither is not a model server's answer: a sign-in page, a proxy's greeting, another service on that port.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from lib.llm.background_reader import KEEP_ALIVE, KeepAlive
from lib.llm.errors import ModelError
from lib.llm.events import FailureReason

MAX_LINE_LENGTH = 20_000_000
"""Bytes of one event; a server that never ends its line is given up on."""

_FIRST_FIELD = re.compile(rb"\s*(?:data|event|id|retry|error)?:")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class JsonBody:
    """A whole answer at once, though a stream was asked for."""

    value: Any


@dataclass(frozen=True)
class EndMark:
    """`[DONE]`: the server says that its answer is whole."""


ServerItem = Any | JsonBody | EndMark | KeepAlive
"""An event as the JSON value it holds, or one of the others."""


def read_server_items(pieces: Iterable[bytes]) -> Iterator[ServerItem]:
    """The items of an answer, up to its end mark. Raises ModelError(WRONG_ADDRESS), ValueError for broken JSON."""
    lines = _split_lines(pieces)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        return
    first = first.removeprefix(_BYTE_ORDER_MARK)
    if first.lstrip()[:1] in (b"{", b"["):
        yield JsonBody(json.loads(b"\n".join((first, *lines))))
    elif _FIRST_FIELD.match(first):
        yield from _parse_events(chain((first,), lines))
    else:
        raise ModelError(FailureReason.WRONG_ADDRESS)


def _parse_events(lines: Iterable[bytes]) -> Iterator[ServerItem]:
    data: list[bytes] = []
    for line in lines:
        name, _, value = line.partition(b":")
        if not line:
            for item in _parse_event_data(data):
                yield item
                if isinstance(item, EndMark):
                    return
            data = []
        elif not name:
            yield KEEP_ALIVE
        elif name in (b"data", b"error"):  # llama.cpp wrote `error:` lines
            data.append(value.removeprefix(b" "))
    # Some servers leave out the last blank line; half an event is the sign of a cut.
    try:
        yield from _parse_event_data(data)
    except ValueError:
        return


def _parse_event_data(data: list[bytes]) -> Iterator[ServerItem]:
    """The values of an event: one over all its lines, or one a line where the blank lines are missing."""
    if not any(data):
        return
    try:
        yield _parse_value(b"\n".join(data))
    except ValueError:
        if len(data) == 1:
            raise
        yield from map(_parse_value, data)


def _parse_value(text: bytes) -> ServerItem:
    return EndMark() if text.strip() == b"[DONE]" else json.loads(text)


def _split_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    # Not str.splitlines: JSON may hold U+2028, which that takes for the end of a line.
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > MAX_LINE_LENGTH:
            raise ValueError("A line without end.")
        yield from (line.removesuffix(b"\r") for line in lines)
    yield rest.removesuffix(b"\r")
