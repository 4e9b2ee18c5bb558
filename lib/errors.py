"""The one error tree. Its messages are read by customer-success managers, so they are whole, calm sentences.

Foreign exceptions (HTTP, Supabase, Postgres, templates) are translated into these at their own door; nothing above
that door catches anything else. A page shows `message` and `hint`; the log gets the rest.
"""

from typing import Any


class ZenError(Exception):
    """Root of everything Zen raises on purpose.

    `message` says what happened, `hint` what to do next, `detail` is data for code (for a Conflict: what changed).
    """

    def __init__(self, message: str, *, detail: Any = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class NotFound(ZenError):
    """It does not exist, or the person may not know that it does: the two are never told apart."""


class NotPermitted(ZenError):
    """The person may see it but not do this to it, or is not (or no longer) signed in."""


class SignedOut(NotPermitted):
    """The session is missing, has expired or was revoked: the answer is the sign-in page."""


class Conflict(ZenError):
    """The world moved on since it was read. `detail` holds the current state; nothing typed is lost."""


class InvalidInput(ZenError):
    """What was given cannot be used; the message names every fault at once."""


class Unavailable(ZenError):
    """Something Zen depends on does not answer; trying again is safe."""


class NeedsConfirmation(ZenError):
    """An effect that waits for a person's word. `detail["confirm"]` names the parameter that says yes; a tool lets only
    this error through."""
