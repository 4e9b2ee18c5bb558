from threading import Event, RLock
from types import TracebackType


class ObservedLock:
    """A reentrant lock that says when somebody waits for it."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._has_waiter = Event()

    def __enter__(self) -> "ObservedLock":
        if not self._lock.acquire(blocking=False):
            self._has_waiter.set()
            self._lock.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def wait_for_waiter(self) -> None:
        assert self._has_waiter.wait(20), "nobody waits for the lock"
