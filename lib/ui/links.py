"""Ways between pages, deep links included."""

from urllib.parse import urlencode

import streamlit as st

from lib.auth.cookies import sign_in_url

TODAY = "pages/today/zen.py"
CATALOGUE = "pages/workflows/catalogue.py"


def run_path(execution_id: str, slide_id: str | None = None) -> str:
    """The address of a run, or of one slide of it."""
    query = {"execution": execution_id} | ({"slide": slide_id} if slide_id else {})
    return f"/run?{urlencode(query)}"


def sign_in_here() -> str:
    """The sign-in page, and from there back to the run on screen."""
    return sign_in_url("/run", urlencode(st.query_params.to_dict()))
