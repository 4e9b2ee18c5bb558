"""A ghost run as this browser tab has it; kept in session state."""

from dataclasses import dataclass, field

import streamlit as st

from lib.customers.model import Account
from lib.errors import ZenError
from lib.ghost_runs.model import GhostRun
from lib.ghost_runs.slide_check import GhostWorkflow
from lib.ui import session_keys
from lib.workflows.model import WorkflowContent, WorkflowDraft


@dataclass(kw_only=True)
class GhostRunState:
    """`subject` names the content it is of. `is_running` until all customers are composed, or the person cancels.

    `error` is why it stopped. `accounts` are those of slides that were shown, by customer.
    """

    subject: tuple[str, int]
    ghost: GhostWorkflow
    run: GhostRun
    is_running: bool = False
    is_cancelled: bool = False
    error: ZenError | None = None
    accounts: dict[str, Account] = field(default_factory=dict)

    def cancel(self) -> None:
        self.is_running, self.is_cancelled = False, True

    def resume(self) -> None:
        self.is_running, self.is_cancelled, self.error = True, False, None


def get_ghost_run_state(source: WorkflowContent) -> GhostRunState | None:
    """The ghost run of this content; None before one, and once the content has changed."""
    state: GhostRunState | None = st.session_state.get(session_keys.GHOST_RUN)
    return state if state is not None and state.subject == build_content_identity(source) else None


def build_content_identity(source: WorkflowContent) -> tuple[str, int]:
    """A draft by its revision; a version never changes."""
    return (source.id, source.revision if isinstance(source, WorkflowDraft) else 0)
