"""Above the slide: whose run this is, by when, and how far it has come."""

import streamlit as st

from lib.auth.model import Person
from lib.executions.model import Execution, ExecutionStatus, StepStatus
from lib.slides.model import Tone
from lib.slides.words import away, count, day, escape
from lib.ui import theme
from lib.ui.keys import RUN_STEPS, run_press
from lib.ui.run import menu
from lib.ui.run.press import wish
from lib.ui.run.sitting import Sitting

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
AHEAD = ":material/radio_button_unchecked:"
DUE_SOON = 30


def draw(sitting: Sitting, person: Person) -> None:
    run = sitting.execution
    with st.container(gap="xsmall", key="run_header"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_title"):
            st.markdown(f"# {escape(run.customer_name)}")
            menu.draw(sitting, person)
            st.button(
                "Refresh",
                key=run_press("refresh", sitting.slide_id),
                type="tertiary",
                help="Read the run and the account again.",
                on_click=wish,
                args=(sitting, "refresh"),
            )
        st.markdown("  ".join(part for part in (f"**{escape(sitting.workflow.name)}**", *_badges(sitting)) if part))
        st.caption(" · ".join(_small_print(sitting, person)))
    _steps(sitting)


def _badges(sitting: Sitting) -> list[str]:
    run = sitting.execution
    badges = [_due(sitting)] if run.is_open else []
    if run.status is not ExecutionStatus.ACTIVE:
        badges.insert(0, theme.badge(run.status.value, STATUS_TONES.get(run.status, Tone.NEUTRAL)))
    return badges


def _due(sitting: Sitting) -> str:
    """By when. It is the notice deadline unless a snooze moved it, or the contract changed since the start."""
    due, contract = sitting.execution.due_on, sitting.account.contract
    deadline = contract.notice_deadline if contract else None
    if due is None:
        return theme.badge("no notice deadline on record")
    left = (due - sitting.account.today).days
    tone = Tone.BAD if left < 0 else Tone.WARNING if left <= DUE_SOON else Tone.NEUTRAL
    if due == deadline:
        return theme.badge(f"notice deadline {day(due)}, {away(left)}", tone)
    beside = f", notice deadline {day(deadline)}" if deadline else ""
    return theme.badge(f"due {day(due)}, {away(left)}{beside}", tone)


def _small_print(sitting: Sitting, person: Person) -> list[str]:
    run = sitting.execution
    parts = [f"Owner: {escape(run.owner_name)}", _version(run)]
    ahead = [slide for slide in sitting.workflow.slides if not _is_done(sitting, slide.id)]
    left = sum(slide.context.minutes or 0 for slide in ahead)
    if run.is_open:
        done = len(sitting.workflow.slides) - len(ahead)
        parts.append(f"{done} of {count(len(sitting.workflow.slides), 'slide')} done")
        parts.append(f"{count(left, 'minute')} left")
    parts.append(f"as of {theme.clock(sitting.read_at, person.time_zone)}")
    return parts


def _version(run: Execution) -> str:
    version = f"version {run.version.version}"
    return version if run.latest_version <= run.version.version else f"{version} of {run.latest_version}"


def _is_done(sitting: Sitting, slide_id: str) -> bool:
    return sitting.execution.step(slide_id).status is not StepStatus.DRAFT


def _steps(sitting: Sitting) -> None:
    """The slides of the run as a row one can click through; on a narrow screen it scrolls sideways."""
    st.session_state[RUN_STEPS] = sitting.slide_id
    st.pills(
        "Slides of this run",
        sitting.workflow.slide_ids,
        format_func=lambda slide_id: _step_label(sitting, slide_id),
        key=RUN_STEPS,
        required=True,
        on_change=_go,
        args=(sitting,),
        label_visibility="collapsed",
    )


def _step_label(sitting: Sitting, slide_id: str) -> str:
    slide, step = sitting.workflow.slide(slide_id), sitting.execution.steps.get(slide_id)
    icon = AHEAD if step is None else STEP_ICONS[step.status]
    return f"{icon} {escape(slide.slide.short)}" if slide else slide_id


def _go(sitting: Sitting) -> None:
    wish(sitting, "go", st.session_state[RUN_STEPS])
