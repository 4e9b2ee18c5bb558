"""A draft from a description: asked of the model, or put together by rules. What was typed stays when it fails."""

import time
import uuid
from contextlib import closing
from typing import NoReturn

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import Services, build_services
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, page_cache
from lib.ui.page_links import switch_to_builder
from lib.ui.session_keys import (
    BUILDER_NEW_PROPOSAL,
    CATALOGUE,
    CATALOGUE_DESCRIBE,
    CATALOGUE_DESCRIPTION,
    CATALOGUE_PROPOSAL,
    catalogue_describe_key,
)
from lib.workflow_proposals.model import MAX_DESCRIPTION_LENGTH

LABEL = "Draft from a description"
EXAMPLE = "For a customer whose champion left before the renewal"
SEES = "It is given this description and Zen's slides, and no data of a customer. You get a draft to check and change."
NO_MODEL = (
    "No language model is set up: the draft is put together by rules, from words of your description and Zen's slides."
)


def draw_describe_button() -> None:
    """Opens the dialog."""
    if st.button(LABEL, key=CATALOGUE_DESCRIBE, icon=":material/edit_note:"):
        _show_description_dialog()


@st.dialog(LABEL, width="medium", icon=":material/edit_note:")
def _show_description_dialog() -> None:
    services = build_services(get_client_of_person(), require_person())
    model = services.proposals.model_name
    st.text_area(
        "What is the workflow for?",
        key=CATALOGUE_DESCRIPTION,
        max_chars=MAX_DESCRIPTION_LENGTH,
        placeholder=EXAMPLE,
        height=120,
    )
    st.caption(f"{escape_markdown(model)} writes it. {SEES}" if model else NO_MODEL)
    description: str = st.session_state[CATALOGUE_DESCRIPTION] or ""
    with st.container(horizontal=True, gap="small"):
        is_asked = st.button("Write the draft", key=catalogue_describe_key("write"), type="primary")
        is_by_rules = model is not None and st.button(
            "By rules, without the model", key=catalogue_describe_key("rules"), type="tertiary"
        )
    if not is_asked and not is_by_rules:
        return
    try:
        if model is None or is_by_rules:
            draft_id = services.proposals.propose_draft_by_rules(_take_proposal_id(description), description)
        else:
            draft_id = _wait_for_model(services, model, description)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="describe")
        return
    _open_draft(draft_id)


def _wait_for_model(services: Services, model: str, description: str) -> str:
    """The draft the model proposed. A click on Stop runs the dialog again, which ends this."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        progress = st.empty()
        st.button("Stop", key=catalogue_describe_key("stop"), icon=":material/stop_circle:")
    started, shown = time.monotonic(), -1
    with closing(services.proposals.stream_draft_of_model(_take_proposal_id(description), description)) as events:
        while True:
            seconds = int(time.monotonic() - started)
            if seconds != shown:
                shown = seconds
                progress.caption(f":material/hourglass_empty: {escape_markdown(model)} is writing: {seconds} s")
            try:
                next(events)
            except StopIteration as over:
                draft_id: str = over.value
                return draft_id


def _take_proposal_id(description: str) -> str:
    """One id for one description until it has become a draft: clicked twice it is one draft."""
    known: tuple[str, str] | None = st.session_state.get(CATALOGUE_PROPOSAL)
    if known is None or known[0] != description:
        known = (description, str(uuid.uuid4()))
        st.session_state[CATALOGUE_PROPOSAL] = known
    return known[1]


def _open_draft(draft_id: str) -> NoReturn:
    page_cache.invalidate(CATALOGUE)
    st.session_state.pop(CATALOGUE_PROPOSAL, None)
    st.session_state[BUILDER_NEW_PROPOSAL] = draft_id
    switch_to_builder(draft_id)
