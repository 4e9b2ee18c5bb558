"""Move a run to a newer version of its workflow: what would change for this customer, then move or stay."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.actions.model import ActionSource
from lib.errors import Conflict
from lib.services import Services
from lib.slides import slide_builder
from lib.slides.model import Slide, SlideInput
from lib.slides.slide_texts import fill_template_text
from lib.text.format import format_count, join_names
from lib.text.markdown_escape import escape_markdown
from lib.ui.actions import button_commands
from lib.ui.actions.action_state import build_flash_message, close_dialog, open_dialog, queue_command
from lib.ui.actions.dialog_state import Dialog, DialogState, FlashMessage
from lib.ui.run.run_page_state import RunPageState
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import RUN_PAGE_STATE, action_button_key
from lib.ui.workflow_diff.branch_references import load_action_names
from lib.ui.workflow_diff.diff_html import build_labelled_diff_html
from lib.ui.workflow_diff.diff_view import draw_workflow_diff
from lib.ui.workflow_diff.field_labels_and_values import FIELD_LABELS
from lib.workflows.composer import compose_workflow
from lib.workflows.model import ComposedWorkflow, WorkflowVersion
from lib.workflows.version_diff_for_run import VersionDiff, diff_versions_for_run
from lib.workflows.workflow_content import extract_workflow_content

TEXTS = ("lead", "checklist", "question", "subject", "body", "minutes")
SLIDE_DEFAULTS = ("question", "subject", "body")
"""Texts the slide itself has where a workflow sets none."""


@dataclass(frozen=True, kw_only=True)
class TextChange:
    """A text of a slide in two versions; blank where there is none."""

    name: str
    before: str
    after: str


def draw_version_offer(state: RunPageState) -> None:
    """Offer a newer version above the slide; in a small line once somebody chose to stay."""
    run = state.execution
    newest, here = run.latest_version, run.version.version
    if not run.is_open or newest <= here:
        return
    is_new = (run.declined_version or 0) < newest
    offer = f"Version {newest} of this workflow is published. This run uses version {here}."
    if not run.may_write:
        st.caption(f":material/history: {offer}")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=is_new, key="run_newer"):
        text = offer if is_new else f"This run stays on version {here}; version {newest} is published."
        st.markdown(f":material/history: {text}" if is_new else f":small[:gray[:material/history: {text}]]")
        st.button(
            "See what would change",
            key=action_button_key("move", f"{run.id}.{newest}"),
            type="secondary" if is_new else "tertiary",
            on_click=open_dialog,
            args=("move", ActionSource.SLIDE, state.build_action_target()),
        )


def draw_version_change_form(dialog: DialogState, services: Services) -> Mapping[str, Any]:
    """Show what would change. Raises NotFound, Unavailable; InvalidInput for a version that cannot be composed."""
    state: RunPageState = st.session_state[RUN_PAGE_STATE]
    run = state.execution
    new = dialog.load_once("version", lambda: services.workflows.fetch_version(run.version, run.latest_version))
    answered = {step.slide_id for step in run.steps.values() if any(map(_is_answer_filled, step.answers.values()))}
    diff = dialog.load_once("diff", lambda: diff_versions_for_run(run.version, new, answered))
    dialog.loaded["revision"] = dialog.loaded.get("revision", run.revision)
    composed = dialog.load_once("workflow", lambda: compose_workflow(new))
    titles = _list_slide_titles(state, composed)
    st.markdown(
        f"From version {diff.from_version} to version {diff.to_version}, for {escape_markdown(run.customer_name)}:"
    )
    if diff.note:
        st.markdown(f"> {escape_markdown(diff.note)}")
    st.markdown("\n".join(f"- {line}" for line in describe_version_diff(diff, titles, run.latest_resume_slide)))
    _draw_text_changes(state, diff, composed, titles)
    if diff.workflow:
        with st.expander("Everything that changed since your version", type="compact"):
            draw_workflow_diff(
                extract_workflow_content(run.version),
                extract_workflow_content(new),
                lambda: load_action_names(services),
            )
    st.caption("It can be undone for 24 hours.")
    return {"version": new}


def describe_version_diff(diff: VersionDiff, titles: Mapping[str, str], resume_slide: str) -> Iterator[str]:
    """What would change, as Markdown; `titles` are plain, by slide id."""

    def format_slide_names(slides: tuple[str, ...]) -> str:
        return escape_markdown(join_names(f"“{titles.get(slide, slide)}”" for slide in slides))

    if not diff.has_slide_changes:
        yield "The slides are the same, with the same text and order."
    for icon, label, slides in (
        ("add", "Added", diff.added),
        ("remove", "Removed", diff.removed),
        ("swap_vert", "Moved", diff.reordered),
    ):
        if slides:
            yield f":material/{icon}: {label}: {format_slide_names(slides)}."
    if diff.kept_answers and not diff.set_aside_answers:
        yield f":material/check: All your answers stay, on {format_slide_names(diff.kept_answers)}."
    elif diff.kept_answers:
        yield f":material/check: Your answers stay on {format_slide_names(diff.kept_answers)}."
    if diff.set_aside_answers:
        set_aside = format_slide_names(diff.set_aside_answers)
        yield f":material/inventory_2: Set aside, but kept with the run: your answers on {set_aside}."
    yield f":material/arrow_forward: You continue at {format_slide_names((resume_slide,))}."


def _draw_text_changes(
    state: RunPageState, diff: VersionDiff, new: ComposedWorkflow, titles: Mapping[str, str]
) -> None:
    """An expander for each reworded slide, with the old text and the new."""
    if diff.reworded:
        st.markdown(f"{format_count(len(diff.reworded), 'slide')} reworded. Open one to see the words that differ:")
    for slide_id in diff.reworded:
        before, after = state.workflow.find_slide(slide_id), new.find_slide(slide_id)
        if before is None or after is None:
            continue
        with st.expander(f":material/edit: {escape_markdown(titles[slide_id])}", type="compact"):
            changes = list_text_changes(after.slide, state.build_slide_input(before), state.build_slide_input(after))
            if not changes:
                st.caption("For this customer the text is the same.")
            for change in changes:
                draw_html(build_labelled_diff_html(change.name, change.before, change.after))


def submit_version_change(dialog: DialogState, services: Services, given: Mapping[str, Any]) -> FlashMessage:
    if dialog.target.has_unsaved_answers:
        hint = "Close this dialog, save the slide or choose which answers to keep, then move the run."
        raise Conflict("Your answers on this slide are not saved yet.", hint=hint)
    version: WorkflowVersion = given["version"]
    return build_flash_message(
        services.run_status_changes.move_run_to_version(
            dialog.target.execution_id or "", version.id, revision=dialog.loaded["revision"], key=dialog.idempotency_key
        )
    )


def draw_stay_button(dialog: DialogState) -> None:
    """Stay on this version, and be asked again only about a newer one."""
    version: WorkflowVersion = dialog.loaded["version"]
    st.button(
        "Stay on this version",
        key=action_button_key("stay", dialog.idempotency_key),
        on_click=_queue_stay_on_version,
        args=(dialog, version.version),
    )


def _queue_stay_on_version(dialog: DialogState, version: int) -> None:
    close_dialog()
    queue_command(
        button_commands.build_stay_on_version_command(dialog.target.execution_id or "", version),
        action_button_key("stay", dialog.idempotency_key),
    )


def _list_slide_titles(state: RunPageState, new: ComposedWorkflow) -> Mapping[str, str]:
    """As they read for this customer; where a slide is in both, as in the new one."""
    return {slide.id: state.slide_title(slide) for slide in (*state.workflow.slides, *new.slides)}


def _is_answer_filled(value: Any) -> bool:
    return value not in (None, "", [], {}, False)


def list_text_changes(slide: Slide, before: SlideInput, after: SlideInput) -> tuple[TextChange, ...]:
    """Texts that differ for this customer; plain text, escape it where it is drawn."""
    title = TextChange(
        name="Title",
        before=slide_builder.render_slide_title(slide, before),
        after=slide_builder.render_slide_title(slide, after),
    )
    texts = [
        TextChange(
            name=FIELD_LABELS[name], before=_render_context_text(before, name), after=_render_context_text(after, name)
        )
        for name in TEXTS
    ]
    return tuple(each for each in (title, *texts) if each.before != each.after)


def _render_context_text(slide_input: SlideInput, name: str) -> str:
    match getattr(slide_input.context, name):
        case int() as minutes:
            return format_count(minutes, "minute")
        case tuple() as items:
            return "\n".join(fill_template_text(slide_input, item, "") for item in items)
        case text:
            return fill_template_text(slide_input, text, "The slide's own text" if name in SLIDE_DEFAULTS else "")


VERSION_CHANGE_DIALOG = Dialog(
    title="A newer version",
    submit_label="Move to it",
    icon=":material/history:",
    draw_form=draw_version_change_form,
    submit=submit_version_change,
    draw_extra_buttons=draw_stay_button,
)
