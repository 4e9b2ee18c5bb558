"""The import that is open, as the address names it: a reload, a link or a closed browser comes back to it."""

import streamlit as st

IMPORT_PARAM = "import"


def get_open_import_id() -> str | None:
    return st.query_params.get(IMPORT_PARAM)


def open_import(import_id: str) -> None:
    """For callbacks and the page: show this import."""
    st.query_params[IMPORT_PARAM] = import_id


def close_import() -> None:
    """A callback: back to the list."""
    st.query_params.pop(IMPORT_PARAM, None)
