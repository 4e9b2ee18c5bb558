"""Moving a run to a newer version of its workflow: what would change for this customer, then move or stay."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from lib.actions.model import ActionSource
from lib.errors import Conflict
from lib.services import Services
from lib.text.escape import escape_markdown, escape_markdown_lines
from lib.text.format import format_count, join_names
from lib.ui.actions import commands
from lib.ui.actions.action_state import (
    DialogState,
    FlashMessage,
    close_dialog,
    describe_result,
    open_dialog,
    queue_command,
)
from lib.ui.keys import RUN_PAGE_STATE, action_button
from lib.ui.run import action_menu, text_changes
from lib.ui.run.page_state import RunPageState
from lib.workflows.composer import compose
from lib.workflows.model import ComposedWorkflow, WorkflowVersion
from lib.workflows.version_diff import VersionDiff, diff_versions


def draw_version_offer(sitting: RunPageState) -> None:
    """Above the slide: a newer version, once somebody chose to stay only in a small line."""
    run = sitting.execution
    newest, here = run.latest_version, run.version.version
    if not run.is_open or newest <= here:
        return
    is_new = (run.declined_version or 0) < newest
    stays = f"Version {newest} of this workflow is published. This run is on version {here}, with which it began."
    if not run.may_write:
        st.caption(f":material/history: {stays}")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=is_new, key="run_newer"):
        text = stays if is_new else f"This run stays on version {here}; version {newest} is published."
        st.markdown(f":material/history: {text}" if is_new else f":small[:gray[:material/history: {text}]]")
        st.button(
            "See what would change",
            key=action_button("move", f"{run.id}.{newest}"),
            type="secondary" if is_new else "tertiary",
            on_click=open_dialog,
            args=("move", ActionSource.SLIDE, action_menu.action_target(sitting)),
        )


def draw_version_change_form(opened: DialogState, services: Services) -> Mapping[str, Any]:
    """Draws what would change. Raises NotFound, Unavailable, and InvalidInput for a version that cannot be composed."""
    sitting: RunPageState = st.session_state[RUN_PAGE_STATE]
    run = sitting.execution
    new = opened.load_once("version", lambda: services.workflows.fetch_version(run.version, run.latest_version))
    answered = {step.slide_id for step in run.steps.values() if any(map(_is_answered, step.answers.values()))}
    move = opened.load_once("move", lambda: diff_versions(run.version, new, answered, run.current_slide))
    opened.loaded["revision"] = opened.loaded.get("revision", run.revision)
    composed = opened.load_once("workflow", lambda: compose(new))
    titles = _slide_titles(sitting, composed)
    st.markdown(
        f"From version {move.from_version} to version {move.to_version}, for {escape_markdown(run.customer_name)}:"
    )
    if move.note:
        st.markdown(f"> {escape_markdown(move.note)}")
    st.markdown("\n".join(f"- {line}" for line in describe_move(move, titles)))
    _draw_text_changes(sitting, move, composed, titles)
    st.caption("It can be undone for 24 hours.")
    return {"version": new}


def describe_move(move: VersionDiff, titles: Mapping[str, str]) -> Iterator[str]:
    """What would change, as Markdown; `titles` are plain, by slide id."""

    def names(slides: tuple[str, ...]) -> str:
        return escape_markdown(join_names(f"“{titles.get(slide, slide)}”" for slide in slides))

    if not move.changes_slides:
        yield "The slides are the same, in the same order and words."
    for icon, label, slides in (
        ("add", "Added", move.added),
        ("remove", "Removed", move.removed),
        ("swap_vert", "In another place", move.reordered),
    ):
        if slides:
            yield f":material/{icon}: {label}: {names(slides)}."
    if move.kept_answers and not move.set_aside_answers:
        yield f":material/check: All your answers stay: on {names(move.kept_answers)}."
    elif move.kept_answers:
        yield f":material/check: Your answers stay on {names(move.kept_answers)}."
    if move.set_aside_answers:
        yield f":material/inventory_2: Put aside, but kept with the run: your answers on {names(move.set_aside_answers)}."
    yield f":material/arrow_forward: You go on at {names((move.resume_slide,))}."


def _draw_text_changes(
    sitting: RunPageState, move: VersionDiff, new: ComposedWorkflow, titles: Mapping[str, str]
) -> None:
    """A fold for each slide that says something else, with the old words and the new."""
    if move.reworded:
        st.markdown(f"{format_count(len(move.reworded), 'slide')} in other words. Open one to see the old and the new:")
    for slide_id in move.reworded:
        before, after = sitting.workflow.find_slide(slide_id), new.find_slide(slide_id)
        if before is None or after is None:
            continue
        with st.expander(f":material/edit: {escape_markdown(titles[slide_id])}", type="compact"):
            found = text_changes.list_text_changes(after.slide, sitting.slide_input(before), sitting.slide_input(after))
            if not found:
                st.caption("For this customer it reads as before.")
            for each in found:
                st.markdown(f"**{each.name}**")
                st.markdown(f":gray[Until now]  \n{escape_markdown_lines(each.before) or 'Nothing'}")
                st.markdown(f":gray[New]  \n{escape_markdown_lines(each.after) or 'Nothing'}")


def submit_version_change(opened: DialogState, services: Services, given: Mapping[str, Any]) -> FlashMessage:
    if opened.target.has_unsaved_answers:
        hint = "Close this, save it or choose which answers stand, then move."
        raise Conflict("What you typed on this slide is not saved yet.", hint=hint)
    version: WorkflowVersion = given["version"]
    return describe_result(
        services.lifecycle.move_to_version(
            opened.target.execution_id or "", version.id, revision=opened.loaded["revision"], key=opened.idempotency_key
        )
    )


def draw_stay_button(opened: DialogState) -> None:
    """The other answer: stay, and be asked again only about a newer one."""
    version: WorkflowVersion = opened.loaded["version"]
    st.button(
        "Stay on this version",
        key=action_button("stay", opened.idempotency_key),
        on_click=_queue_stay,
        args=(opened, version.version),
    )


def _queue_stay(opened: DialogState, version: int) -> None:
    close_dialog()
    queue_command(
        commands.stay_on_version(opened.target.execution_id or "", version),
        action_button("stay", opened.idempotency_key),
    )


def _slide_titles(sitting: RunPageState, new: ComposedWorkflow) -> Mapping[str, str]:
    """As they read for this customer; where a slide is in both, as in the new one."""
    return {slide.id: sitting.slide_title(slide) for slide in (*sitting.workflow.slides, *new.slides)}


def _is_answered(value: Any) -> bool:
    return value not in (None, "", [], {}, False)
