from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from lib.llm.errors import build_missing_text_event
from lib.llm.events import Done, Failed, Heartbeat, TextDelta, TextWithdrawn, TokenUsage
from lib.llm.language_model import LanguageModel, ModelRequest
from lib.llm.messages import ModelMessage

MAX_COMPLETION_LENGTH = 40_000
"""Characters an answer without tools is listened to; what goes on longer is hung up on."""


@dataclass(frozen=True, kw_only=True)
class Completion:
    """One answer of a model, without tools. `failure` is None when it came to its end, or to ours."""

    text: str
    usage: TokenUsage
    failure: Failed | None

    @property
    def is_request_rejected(self) -> bool:
        """Whether the server took nothing: then nothing was spent."""
        return self.failure is not None and not self.text and self.usage == TokenUsage()


def stream_completion(
    model: LanguageModel, messages: Sequence[ModelMessage], count_text: Callable[[int], None] | None = None
) -> Generator[Heartbeat, None, Completion]:
    """What a model says to `messages`, whole; closing it hangs up. `count_text` is told the characters so far."""
    text: list[str] = []
    usage, failure, length = TokenUsage(), None, 0
    with closing(model.stream(ModelRequest(messages=tuple(messages), may_call_tools=False))) as events:
        for event in events:
            match event:
                case TextDelta(piece):
                    text.append(piece)
                    length += len(piece)
                    if count_text is not None:
                        count_text(length)
                    if length > MAX_COMPLETION_LENGTH:
                        break
                case TextWithdrawn():
                    text.clear()
                case TokenUsage():
                    usage = event
                case Done(reason):
                    failure = None if "".join(text).strip() else build_missing_text_event(reason)
                case Failed():
                    failure = event
                case _:
                    yield Heartbeat()
    return Completion(text="".join(text), usage=usage, failure=failure)


def complete_text(model: LanguageModel, messages: Sequence[ModelMessage]) -> Completion:
    """The same, waited for."""
    events = stream_completion(model, messages)
    while True:
        try:
            next(events)
        except StopIteration as over:
            result: Completion = over.value
            return result
