"""The slide itself: what there is to know, what is asked, and what the answers come to."""

from functools import partial

import streamlit as st

from lib.errors import InvalidInput
from lib.executions.model import StepExecution
from lib.forms.model import Answers, Form
from lib.services import Services
from lib.slides import slide_builder
from lib.text.markdown_escape import escape_markdown
from lib.ui import answer_text, empty_and_error_states, form_widgets, slide_sections
from lib.ui.answer_text import format_answer
from lib.ui.form_widgets import FORM_KEY
from lib.ui.run.answer_save_state import Clean, InvalidAnswers, SaveFailed, StaleStep
from lib.ui.run.browser_form import adopt_browser_answers
from lib.ui.run.completion_question_view import draw_book_question
from lib.ui.run.file_recorder import build_file_recorder
from lib.ui.run.run_commands import RunCommands
from lib.ui.run.run_page_state import RunPageState
from lib.ui.session_keys import run_button_key
from lib.ui.theme import format_timestamp

COMPLETION_CHECK_KEY = "run_asked"
ARROW_ICON = ":material/arrow_forward:"


def draw_slide(state: RunPageState, services: Services) -> None:
    slide, slide_input = state.slide, state.build_slide_input()
    st.markdown(f"## {escape_markdown(state.slide_title(slide))}")
    if slide.id in state.left_out:
        reason = escape_markdown(state.left_out[slide.id])
        st.caption(f":material/visibility_off: This run leaves the slide out because {reason}. Answers do not count.")
    blocks = slide_sections.load_slide_blocks(slide.slide, slide_input)
    slide_sections.draw_section_blocks(blocks, key=f"section.{slide.id}")
    form = state.build_form()
    if state.may_answer:
        seed_form(state, form)
        _send_saved_texts_to_browser(state, form)
        _draw_save_problem(state, form)
        form_widgets.draw_form_fields(form, state.form_keys, state.answers, errors=state.validation_errors)
        adopt_browser_answers(state, form)
    else:
        _draw_save_problem(state, form)
        answer_text.draw_read_only_answers(form, state.answers, key=FORM_KEY)
    if state.execution.is_open or not state.is_last_slide:  # an ended run shows its outcome above, no prediction
        results = slide_builder.build_slide_results(slide.slide, slide_input, state.answers)
        slide_sections.draw_slide_sections(results, key=f"result.{slide.id}")
        _draw_completion_check(state)
        draw_book_question(state)
        if not isinstance(state.save_state, StaleStep):  # two versions of the answers have one revision
            outputs = slide_builder.build_slide_documents(slide.slide, slide_input, state.answers)
            recorder = build_file_recorder(state, services)
            slide_sections.draw_slide_outputs(outputs, key=f"document.{slide.id}", record_file=recorder)


def seed_form(state: RunPageState, form: Form) -> None:
    """Make the slide's widgets, once, from the draft or what is stored."""
    with state.commands.lock:
        if state.is_form_seeded:
            return
        if state.taken_over_revision is not None:
            answers = {**state.answers, **state.first_rows}
            form_widgets.seed_widgets(form, answers, state.form_keys, are_in_browser=True)
            return
        form_widgets.seed_widgets(form, state.answers, state.form_keys)
        answers, is_new = form_widgets.read_widget_answers(form, state.form_keys), state.draft is None
        state.draft, state.is_form_seeded = answers, True
        state.first_rows = form_widgets.read_first_rows(form, state.form_keys)
        if is_new:
            state.saved = state.answers_to_save(form)


def _send_saved_texts_to_browser(state: RunPageState, form: Form) -> None:
    """Note the texts that the database has; while it does not have them, those it had stay."""
    if state.is_form_seeded and state.answers_to_save(form) == state.saved:
        state.saved_texts = form_widgets.read_typed_texts(form, state.form_keys, state.answers)


def list_answer_differences(form: Form, mine: Answers, theirs: Answers) -> list[tuple[str, str, str]]:
    """(question, mine, theirs) as Markdown for every answer that differs."""
    return [
        (
            escape_markdown(field.label),
            format_answer(field, mine.get(field.key)),
            format_answer(field, theirs.get(field.key)),
        )
        for field in form.fields
        if mine.get(field.key) != theirs.get(field.key)
    ]


def _draw_save_problem(state: RunPageState, form: Form) -> None:
    """Why the draft is not saved, above it."""
    match state.save_state:
        case SaveFailed(error=error):
            can_retry = state.may_answer and not isinstance(error, InvalidInput)
            retry = partial(state.queue_command, RunCommands.retry_save, state.slide_id) if can_retry else None
            empty_and_error_states.draw_error(error, retry=retry, key="run_trouble")
            return
        case StaleStep(step=step) if state.may_answer:
            _draw_step_conflict(state, form, step)
        case StaleStep() | InvalidAnswers() | Clean():
            pass
    if state.error is not None:
        empty_and_error_states.draw_error(state.error, key="run_trouble")


def _draw_step_conflict(state: RunPageState, form: Form, step: StepExecution) -> None:
    """Both versions, question by question, and the choice between them."""
    is_own = step.saved_by_name == state.person_name
    when = f" on {format_timestamp(step.updated_at, state.time_zone)}" if step.updated_at else ""
    who = "You" if is_own else escape_markdown(step.saved_by_name or "Someone")
    where = " in another tab" if is_own else ""
    mine, theirs = ("This tab", "Other tab") if is_own else ("Yours", "Theirs")
    with st.container(border=True, key="run_conflict"):
        st.markdown(f"##### :material/call_split: {who} saved this slide{where}{when}, after you opened it.")
        st.markdown("Nothing was overwritten, and your text is still below. Choose which answers to keep.")
        differences = list_answer_differences(form, state.answers_to_save(form), step.answers)
        rows = [{"Question": question, mine: ours, theirs: other} for question, ours, other in differences]
        st.table(rows, border="horizontal", hide_index=True)
        with st.container(horizontal=True):
            for label, name, command in (
                ("Keep these" if is_own else "Keep mine", "keep_mine", RunCommands.overwrite_conflicting_step),
                ("Take the others" if is_own else "Take theirs", "take_theirs", RunCommands.discard_draft),
            ):
                st.button(
                    label,
                    key=run_button_key(name, state.slide_id),
                    on_click=state.queue_command,
                    args=(command, state.slide_id),
                )


def _draw_completion_check(state: RunPageState) -> None:
    """Before a run is completed: what is odd about it, and ways to correct it or go on."""
    if not state.is_completion_check_shown or not state.may_answer or not state.needs_completion_check:
        return
    incomplete = state.list_incomplete_slides()
    with st.container(border=True, gap="small", key=COMPLETION_CHECK_KEY):
        st.markdown("##### :material/help: Before you complete it")
        if state.outcome_warning is not None:
            st.markdown("Does the amount above fit the outcome?")
        if incomplete:
            st.markdown("Required answers are missing on:")
            with st.container(horizontal=True, gap="small"):
                for slide in incomplete:
                    st.button(
                        escape_markdown(state.slide_title(slide)),
                        key=run_button_key(f"to {slide.id}", state.slide_id),
                        type="tertiary",
                        icon=ARROW_ICON,
                        on_click=state.queue_command,
                        args=(partial(RunCommands.go_to_slide, slide_id=slide.id), state.slide_id),
                    )
        st.button(
            "Complete anyway",
            key=run_button_key("complete anyway", state.slide_id),
            icon=":material/check:",
            on_click=state.queue_command,
            args=(partial(RunCommands.complete_run, anyway=True), state.slide_id),
        )
