"""The form to skip a slide or a whole run: a reason from the list, and words."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.actions.handlers import skip
from lib.services import Services
from lib.slides.words import escape
from lib.ui.acting import refused
from lib.ui.acting.desk import Opened
from lib.ui.keys import act_field

REASONS = {reason.value: label for reason, label in skip.LABELS.items()}


def form(opened: Opened, _: Services) -> Mapping[str, Any]:
    """Draws the questions; returns what was answered."""
    about = opened.one
    if opened.what == "skip_slide":
        st.markdown(
            f"“{escape(about.slide_title or '')}” is skipped. That stays on record, and it can be taken up again."
        )
    else:
        st.markdown("The run ends here. That stays on record with the reason, and it can be opened again.")
    reason = st.radio(
        "Why", list(REASONS), index=None, format_func=REASONS.__getitem__, key=act_field(opened.key, "reason")
    )
    refused.under(opened, "reason", "Why", reason=reason)
    label = "In your own words" if reason == skip.SkipReason.OTHER else "In your own words (optional)"
    said = st.text_area(label, key=act_field(opened.key, "words"), height=88)
    words = said.strip() or None
    refused.under(opened, "words", "In your own words", reason=reason, words=words)
    given = {"reason": reason, "words": words}
    return {key: value for key, value in given.items() if value is not None}
