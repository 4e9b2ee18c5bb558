"""A dialog that the address of a page asks for, as the commands of Find do: "run?execution=4f1c…&dialog=snooze"."""

from collections.abc import Sequence

import streamlit as st

from lib.actions.model import ActionSource
from lib.ui.actions.action_state import open_dialog
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import DialogKind

DIALOG_PARAM = "dialog"
SNOOZE: DialogKind = "snooze"


def open_dialog_from_url(offered: Sequence[DialogKind], source: ActionSource, target: ActionTarget) -> None:
    """Open the dialog named in the address if it is offered here, once. Nothing is done without its button."""
    wanted = st.query_params.pop(DIALOG_PARAM, None)
    if wanted == SNOOZE and SNOOZE in offered:
        open_dialog(SNOOZE, source, target)
