"""The small buttons of acting: one click, no dialog, the same on every page."""

from collections.abc import Mapping

import streamlit as st

from lib.actions.model import Source
from lib.ui.acting import acts
from lib.ui.acting.desk import About, Act, What, open_dialog, press
from lib.ui.keys import act_menu, act_press

LABELS: Mapping[str, str] = {
    "snooze": ":material/snooze: Snooze",
    "skip_slide": ":material/skip_next: Skip this slide",
    "skip": ":material/tab_close: Skip the run",
    "escalate": ":material/priority_high: Escalate",
    "company": ":material/bolt: More actions",
    "give": ":material/person_add: Give to a colleague",
    "reopen": ":material/lock_open: Open again",
}


def menu(options: tuple[What, ...], about: About, source: Source, *, of: str, label: str = "Actions") -> None:
    """What can be done with something, one click away; each opens its dialog."""
    if not options:
        return
    key = act_menu(of)
    st.menu_button(
        label,
        list(options),
        key=key,
        format_func=LABELS.__getitem__,
        type="tertiary",
        help=None if label else "Actions",
        icon=None if label else ":material/more_horiz:",
        on_click=_chosen,
        args=(key, about, source),
    )


def _chosen(key: str, about: About, source: Source) -> None:
    what: What | None = st.session_state.get(key)
    if what is not None:
        open_dialog(what, source, about)


def opening(what: What, about: About, source: Source, *, label: str, icon: str) -> None:
    """A button that opens a dialog."""
    of = f"{what}.{about.execution_id or about.customer_id}.{about.slide_id or ''}"
    st.button(label, key=act_press("open", of), icon=icon, on_click=open_dialog, args=(what, source, about))


def act(label: str, made: Act, *, key: str, icon: str | None = None, is_quiet: bool = False) -> None:
    """A button that does one thing. `key` names the click: what it is about, as it stands now."""
    pressed = act_press("do", key)
    kind = "tertiary" if is_quiet else "secondary"
    st.button(label, key=pressed, type=kind, icon=icon, on_click=press, args=(made, pressed))  # type: ignore[arg-type]


def undo(run_id: str, *, where: str) -> None:
    act("Undo", acts.undo(run_id), key=f"undo.{where}.{run_id}", icon=":material/undo:", is_quiet=True)
