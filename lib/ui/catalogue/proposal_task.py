"""A proposal that goes on while the dialog is drawn and drawn again.

A fragment that waits takes no click, so the model is asked in a thread and the dialog only looks. If nobody looks for
GRACE_SECONDS, or Stop is pressed, the stream is closed, which stores what was used. The thread never touches Streamlit.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from contextvars import copy_context

from lib.errors import Unavailable, ZenError
from lib.workflow_proposals.service import STOPPED, ModelProposal

GRACE_SECONDS = 20.0
FAILED_IN_ZEN = "Something went wrong in Zen; the log has it."

log = logging.getLogger(__name__)


class ProposalTask:
    """`draft_id` or `error` is there once it is over."""

    def __init__(self, begin: Callable[[], ModelProposal]) -> None:
        self.draft_id: str | None = None
        self.error: ZenError | None = None
        self._started = self._looked_at = time.monotonic()
        self._is_stopped = False
        self._over = threading.Event()
        thread = threading.Thread(target=copy_context().run, args=(self._run, begin), name="proposal", daemon=True)
        thread.start()

    @property
    def seconds(self) -> int:
        return int(time.monotonic() - self._started)

    def wait(self, seconds: float) -> bool:
        """True once it is over, waited for at most so long. Looking keeps it going."""
        self._looked_at = time.monotonic()
        return self._over.wait(seconds)

    def stop(self) -> None:
        self._is_stopped = True

    def _run(self, begin: Callable[[], ModelProposal]) -> None:
        try:
            with closing(begin()) as events:
                self._read(events)
        except ZenError as error:
            self.error = error
        except Exception:
            log.exception("A proposal failed.")
            self.error = Unavailable(FAILED_IN_ZEN)
        finally:
            self._over.set()

    def _read(self, events: ModelProposal) -> None:
        while not self._is_stopped and time.monotonic() - self._looked_at < GRACE_SECONDS:
            try:
                next(events)
            except StopIteration as over:
                self.draft_id = over.value
                return
        self.error = Unavailable(STOPPED, hint="Your description is kept.")
