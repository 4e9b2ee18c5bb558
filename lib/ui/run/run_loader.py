"""Load a run into this tab, and load it again when it changed. Requests: one to open it, none on a rerun."""

from datetime import UTC, datetime, timedelta
from functools import partial

import streamlit as st

from lib.customers.model import Account
from lib.errors import Conflict, NotFound, ZenError
from lib.executions.model import Execution, ExecutionStatus
from lib.forms.model import Answers
from lib.services import Services
from lib.text.truncate import single_line, truncate
from lib.ui import empty_and_error_states, page_cache
from lib.ui.page_links import build_peek_query_params, build_run_query_params
from lib.ui.run.answer_save_state import StaleStep
from lib.ui.run.run_commands import RunCommands
from lib.ui.run.run_page_state import RunPageState
from lib.ui.run.run_reload import reload_account, reload_run
from lib.ui.run.run_url import RunUrl
from lib.ui.session_keys import CHAT_URL_THREAD, INBOX, RUN_PAGE_STATE, RUN_SLIDE_ROW, RUN_UNSAVED, TODAY_DATA
from lib.workflows.model import ComposedWorkflow
from lib.workflows.slide_conditions import find_left_out_slides

ACCOUNT_MAX_AGE = timedelta(minutes=5)


def load_run_page(services: Services, address: RunUrl) -> RunPageState:
    """The run in this tab, read if it is another one or the person was on another page.

    Raises NotFound, Unavailable. Another slide in the address is a click on a link.
    """
    state: RunPageState | None = st.session_state.get(RUN_PAGE_STATE)
    # Streamlit drops a widget's state with its page: without the row of slides, another page was in between.
    if state is None or not address.names(state.execution) or RUN_SLIDE_ROW not in st.session_state:
        is_new_session, before = state is None, _find_earlier_state(state, address)
        with empty_and_error_states.show_skeleton(height=480):
            state = _load_run(services, address, before)
        state.is_new_session = is_new_session
        st.session_state[RUN_PAGE_STATE] = state
        st.session_state.pop(CHAT_URL_THREAD, None)  # the conversation in the address is opened again
        return state
    st.empty()  # in the place of the skeleton, so that no element moves
    if datetime.now(UTC) - state.loaded_at > ACCOUNT_MAX_AGE:
        reload_account(state, services)
    slide_of_url = address.slide_id or state.opened_slide_id
    if slide_of_url != state.url_slide_id:
        state.queue_command(partial(RunCommands.go_to_slide, slide_id=_require_known_slide(state, slide_of_url)))
    state.url_slide_id = slide_of_url
    return state


def write_slide_to_url(state: RunPageState, address: RunUrl) -> None:
    """Add one entry to the browser's history when the slide has changed, and none when the run was just opened.

    A run that was just started needs none: the address of its peek leads to it. One that was taken back has to go.
    """
    run = state.execution
    is_taken_back = address.execution_id is not None and not run.is_started
    if state.url_slide_id != state.slide_id or is_taken_back:
        state.url_slide_id = state.slide_id
        # All parameters at once: each single change is an entry of its own. A conversation belongs to its slide.
        st.query_params.from_dict(
            build_run_query_params(run.id, state.slide_id)
            if run.is_started
            else build_peek_query_params(run.workflow_id, run.customer_id, state.slide_id)
        )


def reload_if_stale(state: RunPageState, services: Services) -> None:
    """Load the run again after a command changed data. Leaves a slide that was skipped or is gone."""
    if state.has_changed_book:
        _announce_book_change(state, services)
    data_version = page_cache.get_data_version().number
    with state.commands.lock:
        if state.data_version == data_version:
            return
        state.data_version = data_version
        could_answer, version, was_open = state.may_answer, state.execution.version.id, state.execution.is_open
        try:
            reload_run(state, services, state.build_form())
        except ZenError as error:
            state.error = error
            return
        if state.execution.is_open != was_open:  # an undo may have changed the contract back
            reload_account(state, services)
        if state.execution.version.id != version or not state.has_current_slide:
            state.show_slide(state.execution.current_slide)
            return
        next_slide = state.neighbour_slide(1)
        is_skipped_now = could_answer and state.may_write and not state.may_answer
        if is_skipped_now and next_slide is not None and not state.has_unsaved_answers:
            state.show_slide(next_slide.id)


def _announce_book_change(state: RunPageState, services: Services) -> None:
    """Load the account again, and let other pages do so with what they show."""
    state.has_changed_book = False
    reload_account(state, services)
    version = page_cache.get_data_version()
    version.increment()
    state.data_version = version.number  # the run itself was just loaded


def wake_run_if_due(state: RunPageState, services: Services) -> None:
    """Wake a run whose snooze has ended, if the person may write. One request then, none otherwise."""
    run, snooze = state.execution, state.execution.snooze.open_snooze
    if run.status is not ExecutionStatus.SNOOZED or snooze is None or not snooze.is_due or not run.may_write:
        return
    try:
        services.run_status_changes.wake_run(run.id)
    except Conflict:
        pass  # somebody was faster; the reload shows it
    except ZenError:
        return  # it is shown as ended, and woken when it is opened again
    page_cache.get_data_version().increment()


def mark_decisions_seen(state: RunPageState, services: Services) -> None:
    """Record that the decisions this page shows as new were seen. One request, once."""
    escalation = state.execution.escalation
    unseen = escalation.unseen_decisions if escalation is not None else ()
    if not unseen or unseen == state.new_decisions:
        return
    state.new_decisions = unseen
    try:
        services.run_status_changes.mark_decision_seen(unseen[0].escalation_id)
    except ZenError:
        return
    for key in (TODAY_DATA, INBOX):
        page_cache.invalidate(key)


def _load_run(services: Services, address: RunUrl, before: RunPageState | None) -> RunPageState:
    data_version = page_cache.get_data_version().number
    if address.execution_id is not None:
        execution, workflow, account = services.executions.get_execution_workflow_and_account(address.execution_id)
    else:
        execution, workflow, account = services.executions.peek_workflow(
            address.workflow_id or "", address.customer_id or ""
        )
    current = _find_slide_to_resume(execution, workflow, account)
    state = RunPageState(
        execution=execution,
        workflow=workflow,
        account=account,
        person_name=services.person.full_name,
        person_email=services.person.email,
        time_zone=services.person.time_zone,
        loaded_at=datetime.now(UTC),
        slide_id=current,
        opened_slide_id=current,
        url_slide_id=address.slide_id or current,
        data_version=data_version,
    )
    if address.slide_id is not None:
        state.slide_id = _require_known_slide(state, address.slide_id)
    if before is not None and before.has_unsaved_answers:
        _restore_unsaved_draft(state, before)
    return state


def _find_slide_to_resume(execution: Execution, workflow: ComposedWorkflow, account: Account) -> str:
    """The current slide, or the next one that is shown if the run leaves that out."""
    slides = workflow.slide_ids
    if execution.current_slide not in slides:
        return slides[0]
    answers: dict[str, Answers] = {step.slide_id: step.answers for step in execution.steps.values()}
    left_out = find_left_out_slides(workflow, account, answers)
    ahead = slides[slides.index(execution.current_slide) :]
    return next((slide for slide in (*ahead, *reversed(slides)) if slide not in left_out), slides[0])


def _find_earlier_state(state: RunPageState | None, address: RunUrl) -> RunPageState | None:
    """The run as it was last on screen here, for the sake of unsaved answers. Keeps those of the run that is left."""
    unsaved: dict[str, RunPageState] = st.session_state.setdefault(RUN_UNSAVED, {})
    if state is not None and state.has_unsaved_answers:
        unsaved[state.execution.page_key] = state
    elif state is not None:
        unsaved.pop(state.execution.page_key, None)
    return unsaved.get(address.page_key)


def _restore_unsaved_draft(state: RunPageState, before: RunPageState) -> None:
    """Bring back what was typed and not saved when the person left the page."""
    state.slide_id, state.draft, state.is_draft_restored = before.slide_id, before.draft, True
    stored = state.execution.find_step(state.slide_id)
    if stored.revision != before.execution.find_step(before.slide_id).revision:
        state.save_state = StaleStep(stored)


def _require_known_slide(state: RunPageState, slide_id: str) -> str:
    """Raises NotFound, its `detail` the id of the run."""
    slide = state.workflow.find_linked_slide(slide_id)
    if slide is None:
        raise NotFound(f"This run has no slide “{truncate(single_line(slide_id), 60)}”.", detail=state.execution.id)
    return slide.id
