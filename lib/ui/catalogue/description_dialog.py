"""A draft from a description: asked of the model, or put together by rules. What was typed stays when it fails."""

import uuid
from functools import partial
from typing import NoReturn

import streamlit as st
from streamlit.errors import StreamlitAPIException

from lib.auth.gate import get_client_of_person, require_person
from lib.errors import ZenError
from lib.services import build_services
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, page_cache
from lib.ui.catalogue.proposal_task import ProposalTask
from lib.ui.page_links import switch_to_builder
from lib.ui.session_keys import (
    BUILDER_NEW_PROPOSAL,
    CATALOGUE,
    CATALOGUE_DESCRIBE,
    CATALOGUE_DESCRIBING,
    CATALOGUE_DESCRIPTION,
    CATALOGUE_PROPOSAL,
    CATALOGUE_PROPOSAL_ERROR,
    CATALOGUE_PROPOSAL_TASK,
    catalogue_describe_key,
)
from lib.workflow_proposals.model import MAX_DESCRIPTION_LENGTH

LABEL = "Draft from a description"
EXAMPLE = "For a customer whose champion left before the renewal"
SEES = "It is given this description and Zen's slides, and no data of a customer. You get a draft to check and change."
NO_MODEL = (
    "No language model is set up: the draft is put together by rules, from words of your description and Zen's slides."
)
LOOK_SECONDS = 0.8


def draw_describe_button() -> None:
    """The button, and the dialog while it is open."""
    st.button(LABEL, key=CATALOGUE_DESCRIBE, icon=":material/edit_note:", on_click=_open_dialog)
    if st.session_state.get(CATALOGUE_DESCRIBING):
        _show_description_dialog()


def _open_dialog() -> None:
    st.session_state[CATALOGUE_DESCRIBING] = True


def _close_dialog() -> None:
    """What the model is writing is hung up on."""
    st.session_state.pop(CATALOGUE_DESCRIBING, None)
    task: ProposalTask | None = st.session_state.pop(CATALOGUE_PROPOSAL_TASK, None)
    if task is not None:
        task.stop()


@st.dialog(LABEL, width="medium", icon=":material/edit_note:", on_dismiss=_close_dialog)
def _show_description_dialog() -> None:
    services = build_services(get_client_of_person(), require_person())
    model = services.proposals.model_name
    task: ProposalTask | None = st.session_state.get(CATALOGUE_PROPOSAL_TASK)
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
        is_asked = st.button(
            "Write the draft", key=catalogue_describe_key("write"), type="primary", disabled=task is not None
        )
        is_by_rules = model is not None and st.button(
            "By rules, without the model",
            key=catalogue_describe_key("rules"),
            type="tertiary",
            disabled=task is not None,
        )
    if task is None and is_asked and model is not None:
        begin = partial(services.proposals.stream_draft_of_model, _take_proposal_id(description), description)
        st.session_state[CATALOGUE_PROPOSAL_TASK] = ProposalTask(begin)
        _rerun_dialog()
    failed: ZenError | None = st.session_state.pop(CATALOGUE_PROPOSAL_ERROR, None)
    if failed is not None:
        empty_and_error_states.draw_error(failed, key="describe")
    try:
        if task is not None:
            draft_id = _look_at_task(task, model or "")
        elif is_asked or is_by_rules:
            draft_id = services.proposals.propose_draft_by_rules(_take_proposal_id(description), description)
        else:
            draft_id = None
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="describe")
        return
    if draft_id is not None:
        _open_draft(draft_id)


def _look_at_task(task: ProposalTask, model: str) -> str | None:
    """The draft once there is one; till then how long it takes, and a way to stop it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f":material/hourglass_empty: {escape_markdown(model)} is writing: {task.seconds} s")
        st.button("Stop", key=catalogue_describe_key("stop"), icon=":material/stop_circle:", on_click=task.stop)
    if not task.wait(LOOK_SECONDS):
        _rerun_dialog()
    st.session_state.pop(CATALOGUE_PROPOSAL_TASK, None)
    if task.error is not None:
        st.session_state[CATALOGUE_PROPOSAL_ERROR] = task.error
        _rerun_dialog()
    return task.draft_id


def _rerun_dialog() -> NoReturn:
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:  # drawn with the whole page
        st.rerun()


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
    st.session_state.pop(CATALOGUE_DESCRIBING, None)
    st.session_state[BUILDER_NEW_PROPOSAL] = draft_id
    switch_to_builder(draft_id)
