"""Moving a run to a newer version of its workflow: what would change for this customer, then move or stay."""

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from lib.actions.model import Source
from lib.errors import Conflict
from lib.services import Services
from lib.slides.words import count, escape, escape_lines, listed
from lib.ui.acting import acts
from lib.ui.acting.desk import Notice, Opened, open_dialog, press, put_down, told
from lib.ui.keys import RUN_SITTING, act_press
from lib.ui.run import menu, rewording
from lib.ui.run.sitting import Sitting
from lib.workflows.composer import compose
from lib.workflows.model import ComposedWorkflow, WorkflowVersion
from lib.workflows.moving import Move, compare


def offer(sitting: Sitting) -> None:
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
            key=act_press("move", f"{run.id}.{newest}"),
            type="secondary" if is_new else "tertiary",
            on_click=open_dialog,
            args=("move", Source.SLIDE, menu.about(sitting)),
        )


def form(opened: Opened, services: Services) -> Mapping[str, Any]:
    """Draws what would change. Raises NotFound, Unavailable, and InvalidInput for a version that cannot be composed."""
    sitting: Sitting = st.session_state[RUN_SITTING]
    run = sitting.execution
    new = opened.once("version", lambda: services.workflows.published_version(run.version, run.latest_version))
    answered = {step.slide_id for step in run.steps.values() if any(map(_is, step.answers.values()))}
    move = opened.once("move", lambda: compare(run.version, new, answered, run.current_slide))
    opened.found["revision"] = opened.found.get("revision", run.revision)
    composed = opened.once("workflow", lambda: compose(new))
    titles = _titles(sitting, composed)
    st.markdown(f"From version {move.from_version} to version {move.to_version}, for {escape(run.customer_name)}:")
    if move.note:
        st.markdown(f"> {escape(move.note)}")
    st.markdown("\n".join(f"- {line}" for line in sentences(move, titles)))
    _reworded(sitting, move, composed, titles)
    st.caption("It can be undone for 24 hours.")
    return {"version": new}


def sentences(move: Move, titles: Mapping[str, str]) -> Iterator[str]:
    """What would change, as Markdown; `titles` are plain, by slide id."""

    def names(slides: tuple[str, ...]) -> str:
        return escape(listed(f"“{titles.get(slide, slide)}”" for slide in slides))

    if not move.changes_slides:
        yield "The slides are the same, in the same order and words."
    for icon, label, slides in (
        ("add", "Added", move.added),
        ("remove", "Removed", move.removed),
        ("swap_vert", "In another place", move.moved),
    ):
        if slides:
            yield f":material/{icon}: {label}: {names(slides)}."
    if move.kept and not move.put_aside:
        yield f":material/check: All your answers stay: on {names(move.kept)}."
    elif move.kept:
        yield f":material/check: Your answers stay on {names(move.kept)}."
    if move.put_aside:
        yield f":material/inventory_2: Put aside, but kept with the run: your answers on {names(move.put_aside)}."
    yield f":material/arrow_forward: You go on at {names((move.lands_on,))}."


def _reworded(sitting: Sitting, move: Move, new: ComposedWorkflow, titles: Mapping[str, str]) -> None:
    """A fold for each slide that says something else, with the old words and the new."""
    if move.reworded:
        st.markdown(f"{count(len(move.reworded), 'slide')} in other words. Open one to see the old and the new:")
    for slide_id in move.reworded:
        before, after = sitting.workflow.slide(slide_id), new.slide(slide_id)
        if before is None or after is None:
            continue
        with st.expander(f":material/edit: {escape(titles[slide_id])}", type="compact"):
            found = rewording.changes(after.slide, sitting.input(before), sitting.input(after))
            if not found:
                st.caption("For this customer it reads as before.")
            for each in found:
                st.markdown(f"**{each.name}**")
                st.markdown(f":gray[Until now]  \n{escape_lines(each.before) or 'Nothing'}")
                st.markdown(f":gray[New]  \n{escape_lines(each.after) or 'Nothing'}")


def send(opened: Opened, services: Services, given: Mapping[str, Any]) -> Notice:
    if opened.one.is_unsaved:
        hint = "Close this, save it or choose which answers stand, then move."
        raise Conflict("What you typed on this slide is not saved yet.", hint=hint)
    version: WorkflowVersion = given["version"]
    return told(
        services.lifecycle.move_to_version(
            opened.one.execution_id or "", version.id, revision=opened.found["revision"], key=opened.key
        )
    )


def beside(opened: Opened) -> None:
    """The other answer: stay, and be asked again only about a newer one."""
    version: WorkflowVersion = opened.found["version"]
    st.button("Stay on this version", key=act_press("stay", opened.key), on_click=_stay, args=(opened, version.version))


def _stay(opened: Opened, version: int) -> None:
    put_down()
    press(acts.stay(opened.one.execution_id or "", version), act_press("stay", opened.key))


def _titles(sitting: Sitting, new: ComposedWorkflow) -> Mapping[str, str]:
    """As they read for this customer; where a slide is in both, as in the new one."""
    return {slide.id: sitting.title(slide) for slide in (*sitting.workflow.slides, *new.slides)}


def _is(value: Any) -> bool:
    return value not in (None, "", [], {}, False)
