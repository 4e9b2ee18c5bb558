from urllib.parse import quote, urlsplit

import streamlit as st


def build_join_url() -> str:
    """The address of the page on which an invited person joins, as this browser reaches Zen."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme or 'http'}://{parts.netloc or 'localhost'}/auth/join"


def build_join_link(email: str) -> str:
    """The page to join on, with the invited address filled in."""
    return f"{build_join_url()}?email={quote(email)}"
