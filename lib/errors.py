"""The error tree of the app. Messages are shown to people, so they are whole sentences in plain words.

Exceptions of libraries (HTTP, Supabase, Postgres, templates) are translated into these where the library is called.
A page shows `message` and `hint`; the rest goes to the log.
"""

from typing import Any


class ZenError(Exception):
    """Base of all errors that Zen raises on purpose.

    `message` says what happened, `hint` what to do next. `detail` is data for code; for a Conflict, the current state.
    """

    def __init__(self, message: str, *, detail: Any = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class NotFound(ZenError):
    """Does not exist, or is invisible to the person. The two are not distinguished."""


class NotPermitted(ZenError):
    """The person may not do this."""


class SignedOut(NotPermitted):
    """The session is missing, has expired or was revoked. The person has to sign in."""


class Conflict(ZenError):
    """Somebody changed it since it was read. `detail` holds the current state."""


class InvalidInput(ZenError):
    """Invalid input. The message names everything that is wrong with it."""


class Unavailable(ZenError):
    """A service Zen depends on does not answer. Trying again is safe."""


class TooManyAttempts(Unavailable):
    """Tried too often. The hint says when to try again."""


class UnreadableData(ZenError):
    """Stored data cannot be read, such as a day beyond the calendar. Only the part that shows it fails."""


class NeedsConfirmation(ZenError):
    """The action needs explicit confirmation. `detail["confirm"]` names the parameter that confirms it."""
