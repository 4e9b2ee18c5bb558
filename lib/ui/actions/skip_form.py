"""The form to skip a slide or a whole run: a reason from the list, and words."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.actions.handlers import skip
from lib.services import Services
from lib.text.escape import escape_markdown
from lib.ui.actions import field_errors
from lib.ui.actions.action_state import DialogState
from lib.ui.keys import action_field

REASON_LABELS = {reason.value: label for reason, label in skip.SKIP_REASON_LABELS.items()}


def draw_skip_form(opened: DialogState, _: Services) -> Mapping[str, Any]:
    """Draws the questions; returns what was answered."""
    about = opened.target
    if opened.kind == "skip_slide":
        st.markdown(
            f"“{escape_markdown(about.slide_title or '')}” is skipped. That stays on record, and it can be taken up again."
        )
    else:
        st.markdown("The run ends here. That stays on record with the reason, and it can be opened again.")
    reason = st.radio(
        "Why",
        list(REASON_LABELS),
        index=None,
        format_func=REASON_LABELS.__getitem__,
        key=action_field(opened.idempotency_key, "reason"),
    )
    field_errors.reserve_error_slot(opened, "reason", "Why", reason=reason)
    label = "In your own words" if reason == skip.SkipReason.OTHER else "In your own words (optional)"
    said = st.text_area(label, key=action_field(opened.idempotency_key, "words"), height=88)
    words = said.strip() or None
    field_errors.reserve_error_slot(opened, "words", "In your own words", reason=reason, words=words)
    given = {"reason": reason, "words": words}
    return {key: value for key, value in given.items() if value is not None}
