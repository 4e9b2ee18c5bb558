from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from lib.chat.events import Beat
from lib.llm.events import Failed, TextDelta, Usage
from lib.llm.messages import Message
from lib.llm.model import Model, Request

LONGEST = 40_000
"""Characters an answer without tools is listened to; what goes on longer is hung up on."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One answer of a model, without tools. `failure` is None when it came to its end, or to ours."""

    text: str
    usage: Usage
    failure: Failed | None

    @property
    def refused(self) -> bool:
        """Whether the server took nothing: then nothing was spent."""
        return self.failure is not None and not self.text and self.usage == Usage()


def listened(model: Model, messages: Sequence[Message]) -> Generator[Beat, None, Heard]:
    """What a model says to `messages`, whole; closing it hangs up."""
    text: list[str] = []
    usage, failure, length = Usage(), None, 0
    with closing(model.stream(Request(messages=tuple(messages), may_call=False))) as events:
        for event in events:
            match event:
                case TextDelta(piece):
                    text.append(piece)
                    length += len(piece)
                    if length > LONGEST:
                        break
                case Usage():
                    usage = event
                case Failed():
                    failure = event
                case _:
                    yield Beat()
    return Heard(text="".join(text), usage=usage, failure=failure)


def heard(model: Model, messages: Sequence[Message]) -> Heard:
    """The same, waited for."""
    events = listened(model, messages)
    while True:
        try:
            next(events)
        except StopIteration as over:
            result: Heard = over.value
            return result
