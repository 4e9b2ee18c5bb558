"""The header of the run page: customer, menu, status, progress and the row of slides."""

from functools import partial

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.content.model import Tone
from lib.executions.model import Execution, ExecutionStatus, StepStatus
from lib.text.format import format_count, format_date, format_relative_days
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import theme
from lib.ui.actions import buttons
from lib.ui.actions.dialog_state import DialogKind
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.run.run_commands import RunCommands
from lib.ui.run.run_page_state import RunPageState
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import RUN_SLIDE_ROW, run_button_key

STATUS_TONES = {
    ExecutionStatus.SNOOZED: Tone.WARNING,
    ExecutionStatus.ESCALATED: Tone.BAD,
    ExecutionStatus.COMPLETED: Tone.GOOD,
}


STATUS_LABELS = {ExecutionStatus.ABANDONED: "ended without outcome"}


STEP_ICONS = {
    StepStatus.DONE: ":material/check_circle:",
    StepStatus.DRAFT: ":material/edit:",
    StepStatus.SKIPPED: ":material/skip_next:",
}


UNANSWERED_ICON = ":material/radio_button_unchecked:"


DUE_SOON_DAYS = 30


UNFINISHED_STATUSES = (ExecutionStatus.ACTIVE, ExecutionStatus.SNOOZED)


def draw_run_header(state: RunPageState, person: Person) -> None:
    run = state.execution
    with st.container(gap="xsmall", key="run_header"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_title"):
            name = build_customer_link_html(run.customer_id, run.customer_name)
            draw_html(Html('<h1 dir="auto">{}</h1>').format(name))
            buttons.draw_action_menu(
                list_offered_dialogs(state, person),
                state.build_action_target(),
                ActionSource.SLIDE,
                of=f"{state.slide_id}.{run.status}",
            )
            st.button(
                "Refresh",
                key=run_button_key("refresh", state.slide_id),
                type="tertiary",
                help="Reload the run and the account.",
                on_click=state.queue_command,
                args=(RunCommands.reload_run_and_account, state.slide_id),
            )
        badges = "  ".join((f"**{escape_markdown(state.workflow.name)}**", *_build_status_badges(state)))
        st.markdown(f"{badges}  \n:small[:gray[{' · '.join(_list_progress_facts(state, person))}]]")
    _draw_slide_row(state)


def list_offered_dialogs(state: RunPageState, person: Person) -> tuple[DialogKind, ...]:
    """What status and rights leave, in order. The database decides again."""
    run = state.execution
    if not run.may_write:
        return ()
    if not run.is_open:
        return ("reopen",)
    is_unfinished = run.status in UNFINISHED_STATUSES
    may_reassign = run.belongs_to(str(person.id)) or person.role.leads_team
    dialogs: tuple[tuple[DialogKind, bool], ...] = (
        ("snooze", is_unfinished),
        ("skip_slide", run.is_started and state.may_answer and not state.is_last_slide),
        ("skip", is_unfinished),
        ("abandon", run.is_started and is_unfinished and not run.has_answers),
        ("escalate", is_unfinished),
        ("company", True),
        ("give", run.is_started and may_reassign),
    )
    return tuple(kind for kind, is_offered in dialogs if is_offered)


def _build_status_badges(state: RunPageState) -> list[str]:
    run = state.execution
    badges = [_build_due_badge(state)] if run.is_open else []
    if run.status is not ExecutionStatus.ACTIVE:
        label = STATUS_LABELS.get(run.status, run.status.value)
        badges.insert(0, theme.format_badge(label, STATUS_TONES.get(run.status, Tone.NEUTRAL)))
    return badges


def _build_due_badge(state: RunPageState) -> str:
    # The due date is the notice deadline, unless a snooze moved it or the contract changed since the start.
    due, contract = state.execution.due_on, state.account.contract
    deadline = contract.notice_deadline if contract else None
    if due is None:
        return theme.format_badge("no notice deadline on record")
    left = (due - state.account.today).days
    tone = Tone.BAD if left < 0 else Tone.WARNING if left <= DUE_SOON_DAYS else Tone.NEUTRAL
    if due == deadline:
        return theme.format_badge(f"notice deadline {format_date(due)}, {format_relative_days(left)}", tone)
    beside = f", notice deadline {format_date(deadline)}" if deadline else ""
    return theme.format_badge(f"due {format_date(due)}, {format_relative_days(left)}{beside}", tone)


def _list_progress_facts(state: RunPageState, person: Person) -> list[str]:
    run = state.execution
    parts = [f"Owner: {escape_markdown(run.owner_name)}"]
    if run.assigned_to_name:
        parts.append(f"Assigned to {escape_markdown(run.assigned_to_name)}")
    parts.append(_format_version(run))
    slides = state.shown_slides
    ahead = [slide for slide in slides if not _is_slide_done(state, slide.id)]
    left = sum(slide.context.minutes or 0 for slide in ahead)
    if not run.is_started:
        parts += [format_count(len(slides), "slide"), format_count(left, "minute")]
    elif run.is_open:
        done = len(slides) - len(ahead)
        parts.append(f"{done} of {format_count(len(slides), 'slide')} done")
        parts.append(f"{format_count(left, 'minute')} left")
    parts.append(f"as of {theme.format_clock(state.loaded_at, person.time_zone)}")
    return parts


def _format_version(run: Execution) -> str:
    version = f"version {run.version.version}"
    return version if run.latest_version <= run.version.version else f"{version} of {run.latest_version}"


def _is_slide_done(state: RunPageState, slide_id: str) -> bool:
    return state.execution.find_step(slide_id).status is not StepStatus.DRAFT


def _draw_slide_row(state: RunPageState) -> None:
    """The slides of the run as a row of pills; on a narrow screen it scrolls sideways."""
    st.session_state[RUN_SLIDE_ROW] = state.slide_id
    st.pills(
        "Slides of this run",
        [slide.id for slide in state.shown_slides],
        format_func=lambda slide_id: _build_slide_pill_label(state, slide_id),
        key=RUN_SLIDE_ROW,
        required=True,
        on_change=_queue_go_to_chosen_slide,
        args=(state,),
        label_visibility="collapsed",
    )
    if state.left_out:
        st.caption(f":material/visibility_off: Left out: {_describe_left_out_slides(state)}.")


def _describe_left_out_slides(state: RunPageState) -> str:
    """Each slide that is left out, and why."""
    titles = {slide.id: single_line(state.slide_title(slide)) for slide in state.workflow.slides}
    reasons = (f"“{titles[address]}” because {reason}" for address, reason in state.left_out.items())
    return escape_markdown("; ".join(reasons))


def _build_slide_pill_label(state: RunPageState, slide_id: str) -> str:
    slide, step = state.workflow.find_slide(slide_id), state.execution.steps.get(slide_id)
    icon = UNANSWERED_ICON if step is None else STEP_ICONS[step.status]
    return f"{icon} {escape_markdown(slide.short)}" if slide else slide_id


def _queue_go_to_chosen_slide(state: RunPageState) -> None:
    state.queue_command(partial(RunCommands.go_to_slide, slide_id=st.session_state[RUN_SLIDE_ROW]))
