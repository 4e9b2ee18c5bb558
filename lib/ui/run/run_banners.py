"""Banners above the slide, or instead of it: a run that cannot be opened, has ended, is snoozed or was woken."""

from collections.abc import Iterator

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.customers.company_codes_and_limits import CompanyRules
from lib.customers.start_reason import describe_start_reason
from lib.errors import NotFound, Unavailable, ZenError
from lib.executions.model import Execution, ExecutionStatus, Outcome, StepStatus
from lib.executions.snoozes import Snooze
from lib.executions.undoable_actions import find_latest_undoable_action
from lib.text.format import format_date, format_money
from lib.text.local_time import to_local_time
from lib.text.markdown_escape import escape_markdown
from lib.ui import empty_and_error_states, page_links
from lib.ui.actions import action_sentences, button_commands, buttons, escalation_banner
from lib.ui.run.run_commands import RunCommands
from lib.ui.run.run_page_state import RunPageState
from lib.ui.run.run_url import RunUrl
from lib.ui.run.version_change import draw_version_offer
from lib.ui.session_keys import run_button_key
from lib.ui.theme import format_timestamp

ENDING_KEY = "run_ending"
ENDING_LABELS = {
    ExecutionStatus.COMPLETED: (":material/check_circle:", "Completed"),
    ExecutionStatus.SKIPPED: (":material/skip_next:", "Skipped"),
    ExecutionStatus.ABANDONED: (":material/block:", "Ended without outcome"),
}


def draw_no_run_selected() -> None:
    text = "Choose a run from Today or from the inbox, or begin one from Workflows."
    empty_and_error_states.draw_empty_state("No run is chosen", text, icon=":material/checklist:")
    page_links.draw_today_link()
    page_links.draw_inbox_link("Go to the inbox", "waiting")
    page_links.draw_workflows_link()


def draw_run_load_error(error: ZenError, address: RunUrl) -> None:
    """Why the run, or the slide in the address, cannot be shown."""

    def retry() -> None:
        """Nothing to do: the page loads again when it is drawn."""

    empty_and_error_states.draw_error(error, retry=retry if isinstance(error, Unavailable) else None, key="run")
    if isinstance(error, NotFound) and address.execution_id and error.detail == address.execution_id:
        page_links.draw_run_link(address.execution_id, "Open the run at its current slide")
    page_links.draw_today_link()


def draw_run_banners(state: RunPageState, person: Person) -> None:
    """All banners of the run and of its current slide."""
    run = state.execution
    if not run.is_started:
        _draw_peek_banner(state)
        return
    if not run.is_open:
        _draw_run_ending_banner(state, person)
    elif not run.may_write:
        text = f"This run belongs to {escape_markdown(run.owner_name)}. You can read it; a manager can change it."
        st.info(text, icon=":material/visibility:")
    if run.start_reason is not None:
        began, why = format_date(to_local_time(run.started_at, person.time_zone).date()), run.start_reason
        text = f":material/bolt: Zen began this run on {began}. {escape_markdown(describe_start_reason(why))}."
        st.caption(text)
    match run.status:
        case ExecutionStatus.SNOOZED if run.snooze.open_snooze is not None:
            _draw_snoozed_banner(run, run.snooze.open_snooze, person)
        case ExecutionStatus.ACTIVE:
            _draw_woken_banner(state, person)
        case ExecutionStatus.SNOOZED | ExecutionStatus.ESCALATED if run.escalation is None:
            st.info(f"This run is {run.status.value}. Answers are still saved.", icon=":material/info:")
    escalation_banner.draw_new_decisions(state.new_decisions, person)
    escalation_banner.draw_escalation_banner(run, state.build_action_target(), person, state.new_decisions)
    _draw_skipped_slide(state)
    draw_version_offer(state)


def _draw_peek_banner(state: RunPageState) -> None:
    """That nothing is started yet, and the button that starts it; or why it cannot be started."""
    customer = state.account.customer
    if not state.may_write:
        name, owner = escape_markdown(customer.name), escape_markdown(customer.owner_name)
        text = f"{name} belongs to {owner}. You can look; a manager can start the run."
        if customer.status != "active":
            text = f"{name} is no longer a customer. You can look, but no run can be started."
        st.info(text, icon=":material/visibility:")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_peek"):
        text = "Nothing is started yet. Your first answer starts the run."
        st.markdown(f":material/visibility: {text}", width="content")
        st.button(
            "Start the run",
            key=run_button_key("start", ""),
            on_click=state.queue_command,
            args=(RunCommands.start_run, state.slide_id),
        )


def _draw_run_ending_banner(state: RunPageState, person: Person) -> None:
    """How the run ended, and the ways to go on."""
    run = state.execution
    when = format_timestamp(run.ended_at, person.time_zone) if run.ended_at else ""
    with st.container(border=True, key=ENDING_KEY):
        icon, label = ENDING_LABELS[run.status]
        st.markdown(f"### {icon} {label} on {when}")
        if run.outcome is not None:
            st.markdown("  \n".join(_list_outcome_lines(run.outcome, state.account.rules)))
        if run.status is ExecutionStatus.SKIPPED:
            st.markdown(
                escape_markdown(action_sentences.describe_skip(run.skip_reason, run.skip_words, state.account.rules))
            )
        st.markdown("It can still be read. To change it, reopen it.")
        closing = find_latest_undoable_action(run, "close")
        if closing is not None:
            st.markdown(escape_markdown(f"{closing.summary} Undo takes all of it back; reopening leaves the book."))
        if run.may_write:
            undoable = closing or next(
                filter(None, (find_latest_undoable_action(run, kind) for kind in ("skip", "abandon"))), None
            )
            with st.container(horizontal=True, gap="small"):
                buttons.draw_dialog_button(
                    "reopen",
                    state.build_action_target(),
                    ActionSource.SLIDE,
                    label="Reopen",
                    icon=":material/lock_open:",
                )
                if undoable is not None:
                    buttons.draw_undo_button(undoable.run_id, where="ending")
        page_links.draw_today_link("Back to Today")


def _list_outcome_lines(outcome: Outcome, rules: CompanyRules) -> Iterator[str]:
    label = rules.format_outcome(outcome.code)
    amount = f", {escape_markdown(format_money(outcome.amount))} a year" if outcome.amount is not None else ""
    yield f"**{escape_markdown(label)}**{amount}"
    if outcome.reason:
        yield f"Reason: {escape_markdown(outcome.reason)}"
    if outcome.notes:
        yield f"Notes: {escape_markdown(outcome.notes)}"


def _draw_snoozed_banner(run: Execution, snooze: Snooze, person: Person) -> None:
    until = action_sentences.describe_snooze_end(
        snooze.until_at, snooze.signal, person.time_zone, is_backstop=snooze.is_backstop
    )
    due = ""
    if snooze.due_after:
        due = f"The due date moved from {format_date(snooze.due_before)} to {format_date(snooze.due_after)}."
    with st.container(border=True, gap="small", key="run_snoozed"):
        st.markdown(f"##### :material/snooze: Snoozed {escape_markdown(until)}")
        st.markdown(f"{escape_markdown(snooze.snoozed_by_name)}: {escape_markdown(snooze.reason)}")
        st.caption(escape_markdown(" ".join(filter(None, (snooze.because, due, "Answers are still saved.")))))
        if not run.may_write:
            return
        undoable = find_latest_undoable_action(run, "snooze")
        with st.container(horizontal=True, gap="small"):
            buttons.draw_command_button(
                "Resume now",
                button_commands.build_wake_run_command(run.id),
                key=f"wake.{run.id}.{run.revision}",
                icon=":material/play_circle:",
            )
            if undoable is not None:
                buttons.draw_undo_button(undoable.run_id, where="snoozed")


def _draw_woken_banner(state: RunPageState, person: Person) -> None:
    """Why a run came back. It stays until the page is left, though the first answer is work on it."""
    run, snooze = state.execution, state.execution.snooze.latest
    if snooze is None or snooze.ended_by not in ("date", "signal") or not snooze.because:
        return
    state.is_wake_shown = state.is_wake_shown or snooze.woke_revision == run.revision
    if not state.is_wake_shown:
        return
    text = escape_markdown(f"Back: {snooze.because}")
    if snooze.ended_by == "date" and snooze.until_at is not None:
        who = "you" if snooze.snoozed_by_name == person.full_name else snooze.snoozed_by_name
        day = to_local_time(snooze.until_at, person.time_zone).date()
        since = "today" if day == state.account.today else "since then"
        text = escape_markdown(f"Back {since}, as {who} planned ({format_date(day)}).")
    st.info(f"{text}  \nSnoozed because: {escape_markdown(snooze.reason)}", icon=":material/notifications_active:")


def _draw_skipped_slide(state: RunPageState) -> None:
    """Why the slide was skipped, and the button to resume it."""
    run, step = state.execution, state.execution.find_step(state.slide_id)
    if step.status is not StepStatus.SKIPPED or not run.is_open:
        return
    with st.container(border=True, gap="small", key="run_slide_skipped"):
        who = f" by {escape_markdown(step.saved_by_name)}" if step.saved_by_name else ""
        st.markdown(f"##### :material/skip_next: This slide is skipped{who}")
        st.markdown(
            escape_markdown(action_sentences.describe_skip(step.skip_reason, step.skip_words, state.account.rules))
        )
        if state.may_write:
            buttons.draw_command_button(
                "Resume",
                button_commands.build_resume_slide_command(run.id, state.slide_id),
                key=f"take_up.{run.id}.{step.slide_id}.{step.revision}",
                icon=":material/replay:",
            )
