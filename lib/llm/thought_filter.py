"""Takes a model's thoughts out of its answer where a server writes them into the text.

They come between tags, split anywhere. Servers whose prompt opens the tag write its end alone: then everything before
it was a thought, and what was shown of it is withdrawn. From then on such a server's text waits for that end, until an
answer comes without one.
"""

import re
from collections.abc import Iterator

from lib.llm.events import TextDelta, TextWithdrawn
from lib.llm.server_traits import ServerTraits

_TAG = re.compile(r"(?i:<(/?)(?:think|thinking|thought|reasoning)>)|\[(/?)THINK\]")
"""DeepSeek and Qwen write `<think>`, Magistral `[THINK]`; the others are of models fine-tuned on these."""
_NAMES = ("<{}think>", "<{}thinking>", "<{}thought>", "<{}reasoning>", "[{}think]")
_TAGS = tuple(name.format(slash) for name in _NAMES for slash in ("", "/"))
_LONGEST = max(map(len, _TAGS))


class ThoughtFilter:
    """Filters one answer. Text is passed on as soon as it cannot be the beginning of a tag."""

    def __init__(self, traits: ServerTraits) -> None:
        self._traits = traits
        self._buffer = ""
        self._is_thinking = False
        self._is_waiting = traits.only_closes_thoughts
        self._has_thought = False
        self._shown = 0
        self._last = ""

    def add_text(self, text: str) -> Iterator[TextDelta | TextWithdrawn]:
        start = max(0, len(self._buffer) - _LONGEST)
        self._buffer += text
        while found := _TAG.search(self._buffer, start):
            if self._is_quoted(found):
                start = found.end()
                continue
            before, self._buffer = self._buffer[: found.start()], self._buffer[found.end() :]
            start = 0
            yield from self._pass_tag(before, is_closing="/" in (found[1], found[2]))
        if self._is_thinking:
            self._buffer = self._buffer[-_LONGEST:]
        elif not self._is_waiting:
            kept = self._count_open_characters()
            ready, self._buffer = self._buffer[: len(self._buffer) - kept], self._buffer[len(self._buffer) - kept :]
            yield from self._show(ready)

    def finish(self) -> Iterator[TextDelta]:
        """What was held back and turned out to be text. A thought that never ended is none."""
        if not self._is_thinking:
            if self._is_waiting:
                self._traits.only_closes_thoughts = False  # this answer was whole without the end of a thought
            self._is_waiting = False
            yield from self._show(self._buffer)
        self._buffer = ""

    def _pass_tag(self, before: str, *, is_closing: bool) -> Iterator[TextDelta | TextWithdrawn]:
        if not is_closing:
            self._is_waiting = False
            if not self._is_thinking:
                yield from self._show(before)
            self._is_thinking = self._has_thought = True
            return
        if not self._has_thought and (before.strip() or self._shown):
            # Nothing opened it: all of the answer so far was a thought.
            self._traits.only_closes_thoughts = True
            if self._shown:
                yield TextWithdrawn(self._shown)
            self._shown, self._last = 0, ""
        elif not self._is_thinking:
            yield from self._show(before)
        self._is_thinking = self._is_waiting = False
        self._has_thought = True

    def _show(self, text: str) -> Iterator[TextDelta]:
        # The blank lines after a thought are none of the answer's.
        text = text.lstrip() if self._has_thought and not self._shown else text
        if text:
            self._shown += len(text)
            self._last = text[-1]
            yield TextDelta(text)

    def _is_quoted(self, found: re.Match[str]) -> bool:
        """True for a tag in backticks, of which an answer speaks."""
        before = self._buffer[found.start() - 1] if found.start() else self._last
        return before == "`" and not self._is_thinking

    def _count_open_characters(self) -> int:
        """How many characters at the end may be the beginning of a tag."""
        for length in range(min(_LONGEST, len(self._buffer)), 0, -1):
            end = self._buffer[-length:].lower()
            if any(tag.startswith(end) for tag in _TAGS):
                return length
        return 0
