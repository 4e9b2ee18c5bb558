"""Which actions there are and whom one can ask: read when a dialog needs it, kept for a while in this tab."""

import time
from dataclasses import dataclass

import streamlit as st

from lib.actions.model import ActionKind, Colleague, SavedAction
from lib.errors import Conflict
from lib.services import Services
from lib.ui.acting.desk import Opened
from lib.ui.keys import ACT_OFFERED

FRESH_SECONDS = 300.0
OWN_DIALOG = (ActionKind.SNOOZE, ActionKind.SKIP, ActionKind.ESCALATE)


@dataclass(frozen=True, kw_only=True)
class _Offered:
    actions: tuple[SavedAction, ...]
    read_at: float


def actions(services: Services) -> tuple[SavedAction, ...]:
    """What is offered. One request, none while it is fresh: one archived since is refused when it is clicked."""
    kept: _Offered | None = st.session_state.get(ACT_OFFERED)
    if kept is None or time.monotonic() - kept.read_at > FRESH_SECONDS:
        kept = _Offered(actions=services.actions.available(), read_at=time.monotonic())
        st.session_state[ACT_OFFERED] = kept
    return kept.actions


def of_kind(services: Services, kind: ActionKind) -> SavedAction:
    """The global action of a kind. Raises Conflict where the company does not offer it."""
    found = next((each for each in actions(services) if each.kind == kind and each.is_global), None)
    if found is None:
        raise Conflict(f"“{kind.value.capitalize()}” is not offered in your company.", hint="Nothing was done.")
    return found


def others(services: Services) -> tuple[SavedAction, ...]:
    """All but the global ones that have a dialog of their own: the company's, and those of newer kinds."""
    return tuple(each for each in actions(services) if not each.is_global or each.kind not in OWN_DIALOG)


def colleagues(opened: Opened, services: Services) -> tuple[Colleague, ...]:
    """Whom one can ask, read once for the dialog."""
    return opened.once("colleagues", services.actions.colleagues)
