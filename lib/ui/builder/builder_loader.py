"""Load a draft into this tab. Requests: seven to open one, none on a rerun."""

from functools import partial

import streamlit as st

from lib.errors import ZenError
from lib.services import Services, get_model_settings
from lib.ui import empty_and_error_states, page_cache
from lib.ui.builder.builder_state import WORKFLOW_ADDRESS, BuilderPageState, EditorTab
from lib.ui.builder.builder_url import BuilderUrl, build_builder_query_params
from lib.ui.builder.comment_commands import load_comments
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.slide_sources import list_slide_sources
from lib.ui.builder.slide_use_note import load_slide_use
from lib.ui.session_keys import BUILDER_LAST_CUSTOMER, BUILDER_OUTLINE, BUILDER_PAGE_STATE, CATALOGUE
from lib.workflows.model import Catalogue, StartableCustomer

CATALOGUE_SECONDS = 600.0


def load_builder_page(services: Services, address: BuilderUrl) -> BuilderPageState:
    """The draft in this tab, read if it is another one or the person was on another page.

    Raises NotFound, Unavailable. What could not be saved is kept when the person comes back.
    """
    state: BuilderPageState | None = st.session_state.get(BUILDER_PAGE_STATE)
    if state is None or state.url.draft_id != address.draft_id or _should_load_again(state):
        with empty_and_error_states.show_skeleton(height=480):
            state = _load_draft(services, address)
        st.session_state[BUILDER_PAGE_STATE] = state
        return state
    st.empty()  # in the place of the skeleton, so that no element moves
    if address != state.url:
        state.queue_command(partial(DraftEditor.open_slide_editor, address=address.slide))
    state.url = address
    return state


def write_slide_to_url(state: BuilderPageState) -> None:
    """Say in the browser's address what is open."""
    shown = BuilderUrl(draft_id=state.stored.id, slide=state.address)
    if state.url != shown:
        state.url = shown
        st.query_params.from_dict(build_builder_query_params(shown))


def _should_load_again(state: BuilderPageState) -> bool:
    # Streamlit drops a widget's state with its page: without the outline, another page was in between.
    is_another_page_between = BUILDER_OUTLINE not in st.session_state
    return is_another_page_between and not state.has_unsaved_changes and state.published_version is None


def _load_draft(services: Services, address: BuilderUrl) -> BuilderPageState:
    draft = services.drafts.fetch_draft(address.draft_id)
    is_own = draft.author_id == str(services.person.id)
    chosen = address.slide if address.slide in draft.slide_sequence else WORKFLOW_ADDRESS
    catalogue = page_cache.load_with_max_age(
        CATALOGUE, services.workflows.fetch_workflow_catalogue, CATALOGUE_SECONDS
    ).value
    colleagues = services.drafts.list_drafts(draft.workflow_id)
    authors = {summary.author_id: summary.author_name for summary in colleagues}
    state = BuilderPageState(
        stored=draft,
        draft=draft,
        saved=draft,
        author_name=services.person.full_name if is_own else authors.get(draft.author_id, "a colleague"),
        colleagues=tuple(summary for summary in colleagues if summary.is_edited_by_colleague),
        is_own=is_own,
        address=chosen,
        url=address,
        customers=_sort_customers(services, catalogue),
        slide_sources=list_slide_sources(catalogue, draft.id),
        has_model=get_model_settings().has_model,
        tab=EditorTab.COMMENTS if address.opens_comments else EditorTab.TEXTS,
    )
    load_comments(state, services)
    _load_preview_account(state, services)
    _load_actions(state, services)
    load_slide_use(state, catalogue, services)
    return state


def _sort_customers(services: Services, catalogue: Catalogue) -> list[StartableCustomer]:
    """The person's own first, by name."""
    own = str(services.person.id)
    return sorted(catalogue.customers, key=lambda customer: (customer.owner_id != own, customer.name.casefold()))


def _load_preview_account(state: BuilderPageState, services: Services) -> None:
    """The customer previewed last in this tab, else the first. Without one the preview asks for it."""
    known = [customer.id for customer in state.customers]
    last = st.session_state.get(BUILDER_LAST_CUSTOMER)
    if not known:
        return
    try:
        state.account = services.accounts.fetch_account(last if last in known else known[0])
    except ZenError:
        return


def _load_actions(state: BuilderPageState, services: Services) -> None:
    """What branches may propose. Without it they are checked when the draft is published."""
    try:
        actions = services.actions.fetch_available_actions()
    except ZenError:
        return
    state.actions = {action.id: action.name for action in actions}
    state.action_kinds = {action.id: action.kind for action in actions}
