from collections.abc import Sequence

import streamlit as st

from lib.privacy.model import ErasureMode, ErasureRecord
from lib.text.format import format_count
from lib.text.html import Html
from lib.text.truncate import single_line
from lib.ui import theme
from lib.ui.safe_text import draw_html

DONE = {ErasureMode.PSEUDONYMISE: "pseudonymised", ErasureMode.REMOVE: "removed"}
SUBJECTS = {"customer": "A customer", "contact": "A contact", "conversations": "Old conversations"}


def draw_erasures(records: Sequence[ErasureRecord], time_zone: str) -> None:
    """The proofs of what was erased, without a name or a value; nothing where there are none."""
    if not records:
        return
    st.markdown("## Erased")
    st.caption("The latest 20 erasures. They keep how many records were changed, never what was in them.")
    draw_html(Html("").join(build_erasure_html(record, time_zone) for record in records))


def build_erasure_html(record: ErasureRecord, time_zone: str) -> Html:
    what = f"{SUBJECTS[record.subject]} {DONE[record.mode]}"
    who = f"{record.person_name or 'Zen'} · {theme.format_timestamp(record.created_at, time_zone)}"
    touched = format_count(sum(record.touched.values()), "record")
    row = Html('<p><strong>{}</strong> {}</p><p class="zen-small zen-muted">{} · {} · Proof {}</p>')
    return row.format(what, single_line(record.reason), who, touched, str(record.id))
