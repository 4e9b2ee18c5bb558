"""The command a click leaves for the next drawing: one mechanism for run page, actions and chat panel.

Streamlit runs a button's callback before the page has checked who is signed in, so a callback only queues. The page
runs the command once it knows the person. A rerun may begin while the one before it is still saving (Streamlit stops
a script only where it draws or reads session state), so commands run under a lock and touch no session state.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Generic, TypeVar

from lib.errors import ZenError
from lib.ui.page_cache import DataVersion

Context = TypeVar("Context")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class CommandOutcome(Generic[Result]):
    """What a command returned, or why it failed."""

    result: Result | None = None
    error: ZenError | None = None


@dataclass(kw_only=True)
class CommandQueue(Generic[Context, Result]):
    """At most one pending command; a later click replaces an earlier one.

    `data_version` is raised after every command, so that cached pages load again; None where commands change nothing
    that other pages show.
    """

    data_version: DataVersion | None = None
    lock: RLock = field(default_factory=RLock, repr=False)
    _pending: Callable[[Context], Result] | None = None
    _scope: str = ""
    _last_click: str | None = None

    def queue_command(self, command: Callable[[Context], Result], *, click: str | None = None, scope: str = "") -> None:
        """For callbacks. The same `click` twice in a row counts once, unless the first one failed."""
        if click is None or click != self._last_click:
            self._pending, self._scope, self._last_click = command, scope, click

    def has_pending_command(self, *, scope: str = "") -> bool:
        """True if a command of `scope` waits."""
        return self._pending is not None and self._scope == scope

    def run_pending_command(self, context: Context, *, scope: str = "") -> CommandOutcome[Result] | None:
        """Run the pending command and forget it. None if there is none.

        A command of another `scope` is dropped: it came from a button that has been replaced since.
        """
        with self.lock:
            command, is_current = self._pending, self.has_pending_command(scope=scope)
            self._pending = None
            if command is None or not is_current:
                return None
            try:
                outcome = CommandOutcome(result=command(context))
            except ZenError as error:
                self.forget_click()
                outcome = CommandOutcome(error=error)
            if self.data_version is not None:
                self.data_version.increment()
            return outcome

    def discard_pending_command(self) -> None:
        self._pending = None

    def forget_click(self) -> None:
        """Let the last click be repeated."""
        self._last_click = None
