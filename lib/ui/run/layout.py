"""The frame of the run page: its header, the slide beside the chat, and the footer pinned below."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.content.model import Tone
from lib.executions.model import Execution, ExecutionStatus, StepStatus
from lib.text.format import format_count, format_date, relative_days
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import truncate
from lib.ui import empty_and_error_states, navigation, theme, unsaved_text
from lib.ui.actions import buttons
from lib.ui.actions.action_state import DialogKind
from lib.ui.chat import panel
from lib.ui.form_widgets import FORM_KEY
from lib.ui.page_values import PageValue, draw_page_value
from lib.ui.run import unsaved_answers
from lib.ui.run.banners import ENDING_KEY
from lib.ui.run.page_state import RunPageState, ScrollTarget
from lib.ui.run.save_state import Clean, InvalidAnswers, SaveFailed, StaleStep
from lib.ui.run.slide_editor import SlideEditor
from lib.ui.run.slide_view import COMPLETION_CHECK_KEY
from lib.ui.session_keys import RUN_SLIDE_ROW, run_button_key
from lib.ui.theme import format_clock

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
TITLE_LENGTH = 28
SCROLL_KEYS: dict[ScrollTarget, str | None] = {
    "top": None,
    "form": FORM_KEY,
    "conflict": "run_conflict",
    "error": "run_trouble_panel",
    "completion_check": COMPLETION_CHECK_KEY,
    "ending": ENDING_KEY,
}


def draw_run_header(state: RunPageState, person: Person) -> None:
    run = state.execution
    with st.container(gap="xsmall", key="run_header"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_title"):
            st.markdown(f"# {escape_markdown(run.customer_name)}")
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
                args=(SlideEditor.reload_run_and_account, state.slide_id),
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
        return theme.format_badge(f"notice deadline {format_date(due)}, {relative_days(left)}", tone)
    beside = f", notice deadline {format_date(deadline)}" if deadline else ""
    return theme.format_badge(f"due {format_date(due)}, {relative_days(left)}{beside}", tone)


def _list_progress_facts(state: RunPageState, person: Person) -> list[str]:
    run = state.execution
    parts = [f"Owner: {escape_markdown(run.owner_name)}"]
    if run.assigned_to_name:
        parts.append(f"Assigned to {escape_markdown(run.assigned_to_name)}")
    parts.append(_format_version(run))
    ahead = [slide for slide in state.workflow.slides if not _is_slide_done(state, slide.id)]
    left = sum(slide.context.minutes or 0 for slide in ahead)
    if not run.is_started:
        parts += [format_count(len(state.workflow.slides), "slide"), format_count(left, "minute")]
    elif run.is_open:
        done = len(state.workflow.slides) - len(ahead)
        parts.append(f"{done} of {format_count(len(state.workflow.slides), 'slide')} done")
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
        state.workflow.slide_ids,
        format_func=lambda slide_id: _build_slide_pill_label(state, slide_id),
        key=RUN_SLIDE_ROW,
        required=True,
        on_change=_queue_go_to_chosen_slide,
        args=(state,),
        label_visibility="collapsed",
    )


def _build_slide_pill_label(state: RunPageState, slide_id: str) -> str:
    slide, step = state.workflow.find_slide(slide_id), state.execution.steps.get(slide_id)
    icon = UNANSWERED_ICON if step is None else STEP_ICONS[step.status]
    return f"{icon} {escape_markdown(slide.slide.short)}" if slide else slide_id


def _queue_go_to_chosen_slide(state: RunPageState) -> None:
    state.queue_command(partial(SlideEditor.go_to_slide, slide_id=st.session_state[RUN_SLIDE_ROW]))


def split_slide_and_chat() -> tuple[DeltaGenerator, DeltaGenerator | None]:
    """Where slide and chat go; for a hidden chat None, with the button that shows it. Measures are in the CSS."""
    if not panel.is_chat_panel_shown():
        with st.container(horizontal=True, horizontal_alignment="right", key="run_show_chat"):
            st.button(
                "Show the chat", key=run_button_key("chat", ""), icon=":material/forum:", on_click=panel.show_chat_panel
            )
        return st.container(key="run_slide"), None
    with st.container(key="run_beside"):
        slide, chat = st.columns([1.9, 1], gap="large")
    return slide.container(key="run_slide"), chat.container(key="run_chat", gap="small")


def draw_chat(state: RunPageState) -> None:
    """The chat of the slide. A conversation belongs to a run: before there is one, how to begin."""
    if state.execution.is_started:
        panel.draw_chat_panel(state)
    else:
        empty_and_error_states.draw_empty_state(
            "Start the run to ask", "Questions about this customer are kept with the run.", icon=":material/forum:"
        )


def draw_run_footer(state: RunPageState, person: Person) -> None:
    """Back, what is saved, and the next step, always in the same place."""
    before, after = state.neighbour_slide(-1), state.neighbour_slide(1)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="run_footer"):
        place = f":gray[{state.position} of {len(state.workflow.slides)} ·]"
        # First, so that it begins in one place on every slide.
        # While the browser holds text that is not saved, `unsaved_text.js` says so in the place of "Saved".
        with st.container(key="run_saved" if isinstance(state.save_state, Clean) else "run_not_saved"):
            st.markdown(f":small[{place} {_describe_save_status(state, person)}]")
        if before is not None:
            st.button(
                "Back",
                key=run_button_key("back", state.slide_id),
                icon=":material/arrow_back:",
                shortcut="Alt+PageUp",
                on_click=state.queue_command,
                args=(partial(SlideEditor.go_to_slide, slide_id=before.id), state.slide_id),
            )
        if after is not None or (state.may_write and state.execution.is_started):
            _draw_forward_button(state, is_last=after is None)
        else:
            navigation.draw_today_link("Back to Today")


def draw_page_script(state: RunPageState) -> None:
    """Load `static/run_page.js`, and scroll where `scroll_target` says."""
    target, number = state.scroll_target
    with st.bottom:
        draw_page_value(PageValue.SCROLL_TARGET, SCROLL_KEYS[target], number=number, scripts=["run_page.js"])
        unsaved_text.draw_saved_texts(
            unsaved_answers.name_place(state),
            state.saved_texts,
            form_version=state.form_version,
            unsaved=unsaved_answers.describe_unsaved_answers(state) if state.has_unsaved_answers else None,
        )


def _draw_forward_button(state: RunPageState, *, is_last: bool) -> None:
    after = state.neighbour_slide(1)
    title = "" if after is None else truncate(state.slide_title(after), TITLE_LENGTH)
    st.button(
        "Complete" if is_last else escape_markdown(f"Next: {title}"),
        key=run_button_key("complete" if is_last else "next", state.slide_id),
        type="primary",
        icon=":material/check:" if is_last else ":material/arrow_forward:",
        icon_position="right",
        shortcut="Alt+PageDown",
        disabled=isinstance(state.save_state, StaleStep),
        on_click=state.queue_command,
        args=(SlideEditor.complete_run if is_last else SlideEditor.go_to_next_slide, state.slide_id),
    )


def _describe_save_status(state: RunPageState, person: Person) -> str:
    match state.save_state:
        case StaleStep():
            return ":red[:material/call_split: Choose which answers to keep]"
        case InvalidAnswers(errors=errors):
            are_missing = all(error.endswith("needs an answer.") for error in errors)
            what = "missing" if are_missing else "to correct"
            return f":red[:material/error: {format_count(len(errors), 'answer')} {what}]"
        case SaveFailed():
            return ":red[:material/cloud_off: Not saved]"
        case Clean() if not state.may_write:
            return ":gray[:material/visibility: Read-only]"
        case Clean() if not state.execution.is_started:
            return ":gray[Your first answer starts the run]"
        case Clean():
            saved_at = state.execution.find_step(state.slide_id).updated_at
            if saved_at is None:
                return ":gray[Saved when you leave a field]"
            return f":gray[:material/check: Saved {format_clock(saved_at, person.time_zone)}]"
