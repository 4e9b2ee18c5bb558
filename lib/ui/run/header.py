"""Above the slide: whose run this is, by when, and how far it has come."""

import streamlit as st

from lib.auth.model import Person
from lib.content.model import Tone
from lib.executions.model import Execution, ExecutionStatus, StepStatus
from lib.text.escape import escape_markdown
from lib.text.format import format_count, format_date, relative_days
from lib.ui import theme
from lib.ui.keys import RUN_SLIDE_ROW, run_button
from lib.ui.run import action_menu
from lib.ui.run.commands import queue_command
from lib.ui.run.page_state import RunPageState

STATUS_TONES = {
    ExecutionStatus.SNOOZED: Tone.WARNING,
    ExecutionStatus.ESCALATED: Tone.BAD,
    ExecutionStatus.COMPLETED: Tone.GOOD,
}
STEP_ICONS = {
    StepStatus.DONE: ":material/check_circle:",
    StepStatus.DRAFT: ":material/edit:",
    StepStatus.SKIPPED: ":material/skip_next:",
}
UNANSWERED_ICON = ":material/radio_button_unchecked:"
DUE_SOON_DAYS = 30


def draw_header(sitting: RunPageState, person: Person) -> None:
    run = sitting.execution
    with st.container(gap="xsmall", key="run_header"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_title"):
            st.markdown(f"# {escape_markdown(run.customer_name)}")
            action_menu.draw_action_menu(sitting, person)
            st.button(
                "Refresh",
                key=run_button("refresh", sitting.slide_id),
                type="tertiary",
                help="Read the run and the account again.",
                on_click=queue_command,
                args=(sitting, "refresh"),
            )
        st.markdown(
            "  ".join(
                part for part in (f"**{escape_markdown(sitting.workflow.name)}**", *_status_badges(sitting)) if part
            )
        )
        st.caption(" · ".join(_progress_facts(sitting, person)))
    _draw_slide_row(sitting)


def _status_badges(sitting: RunPageState) -> list[str]:
    run = sitting.execution
    badges = [_due_badge(sitting)] if run.is_open else []
    if run.status is not ExecutionStatus.ACTIVE:
        badges.insert(0, theme.format_badge(run.status.value, STATUS_TONES.get(run.status, Tone.NEUTRAL)))
    return badges


def _due_badge(sitting: RunPageState) -> str:
    """By when. It is the notice deadline unless a snooze moved it, or the contract changed since the start."""
    due, contract = sitting.execution.due_on, sitting.account.contract
    deadline = contract.notice_deadline if contract else None
    if due is None:
        return theme.format_badge("no notice deadline on record")
    left = (due - sitting.account.today).days
    tone = Tone.BAD if left < 0 else Tone.WARNING if left <= DUE_SOON_DAYS else Tone.NEUTRAL
    if due == deadline:
        return theme.format_badge(f"notice deadline {format_date(due)}, {relative_days(left)}", tone)
    beside = f", notice deadline {format_date(deadline)}" if deadline else ""
    return theme.format_badge(f"due {format_date(due)}, {relative_days(left)}{beside}", tone)


def _progress_facts(sitting: RunPageState, person: Person) -> list[str]:
    run = sitting.execution
    parts = [f"Owner: {escape_markdown(run.owner_name)}", _version_text(run)]
    ahead = [slide for slide in sitting.workflow.slides if not _is_slide_done(sitting, slide.id)]
    left = sum(slide.context.minutes or 0 for slide in ahead)
    if run.is_open:
        done = len(sitting.workflow.slides) - len(ahead)
        parts.append(f"{done} of {format_count(len(sitting.workflow.slides), 'slide')} done")
        parts.append(f"{format_count(left, 'minute')} left")
    parts.append(f"as of {theme.format_clock(sitting.loaded_at, person.time_zone)}")
    return parts


def _version_text(run: Execution) -> str:
    version = f"version {run.version.version}"
    return version if run.latest_version <= run.version.version else f"{version} of {run.latest_version}"


def _is_slide_done(sitting: RunPageState, slide_id: str) -> bool:
    return sitting.execution.find_step(slide_id).status is not StepStatus.DRAFT


def _draw_slide_row(sitting: RunPageState) -> None:
    """The slides of the run as a row one can click through; on a narrow screen it scrolls sideways."""
    st.session_state[RUN_SLIDE_ROW] = sitting.slide_id
    st.pills(
        "Slides of this run",
        sitting.workflow.slide_ids,
        format_func=lambda slide_id: _step_label(sitting, slide_id),
        key=RUN_SLIDE_ROW,
        required=True,
        on_change=_queue_go_to_chosen_slide,
        args=(sitting,),
        label_visibility="collapsed",
    )


def _step_label(sitting: RunPageState, slide_id: str) -> str:
    slide, step = sitting.workflow.find_slide(slide_id), sitting.execution.steps.get(slide_id)
    icon = UNANSWERED_ICON if step is None else STEP_ICONS[step.status]
    return f"{icon} {escape_markdown(slide.slide.short)}" if slide else slide_id


def _queue_go_to_chosen_slide(sitting: RunPageState) -> None:
    queue_command(sitting, "go", st.session_state[RUN_SLIDE_ROW])
