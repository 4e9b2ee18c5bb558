"""Whether the database has the draft on screen, and what to do where it does not."""

from dataclasses import dataclass

from lib.errors import ZenError
from lib.workflows.model import WorkflowDraft


@dataclass(frozen=True)
class DraftSaved:
    """The database has it, or is about to get it."""


@dataclass(frozen=True)
class DraftSaveFailed:
    """`draft` could not be saved; it is not sent again until it changes or the person acts."""

    error: ZenError
    draft: WorkflowDraft


@dataclass(frozen=True)
class DraftChangedElsewhere:
    """The draft was saved in another tab after this one loaded it: `draft` is the stored one."""

    draft: WorkflowDraft


@dataclass(frozen=True)
class DraftGone:
    """The draft was published or discarded elsewhere. What is on screen is in no database."""


DraftSaveState = DraftSaved | DraftSaveFailed | DraftChangedElsewhere | DraftGone
