import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lib.auth.session_cookies import read_session_cookie
from lib.server.upload_permits import get_upload_permits


def allow_uploads_of_tab() -> None:
    """Let this tab upload; call it where an uploader is drawn for somebody who may use it."""
    context = get_script_run_ctx()
    if context is not None:
        get_upload_permits().allow_uploads(context.session_id, read_session_cookie(st.context.cookies) or "")
