from functools import partial

import streamlit as st

from lib.privacy.export_file import ZIP_MEDIA_TYPE, build_export_file
from lib.privacy.model import Subject
from lib.services import Services
from lib.text.file_names import build_filename
from lib.text.local_time import today_in_zone
from lib.ui.session_keys import privacy_key


def draw_export_download(subject: Subject, services: Services) -> None:
    """A button. The rows are read when it is clicked."""
    st.markdown("## Download")
    st.markdown(
        "A ZIP with everything you can read about them: one JSON file, and a CSV for each kind of record. "
        "It has personal data: keep it where only those who need it can read it."
    )
    st.download_button(
        "Download",
        partial(_build_subject_export, subject, services),
        build_filename(
            "export", f"{subject.name or subject.kind.value} {today_in_zone(services.person.time_zone)}", "zip"
        ),
        ZIP_MEDIA_TYPE,
        key=privacy_key("download"),
        icon=":material/download:",
        on_click="ignore",
    )


def _build_subject_export(subject: Subject, services: Services) -> bytes:
    return build_export_file(services.privacy.export_rows(subject.kind, subject.id))
