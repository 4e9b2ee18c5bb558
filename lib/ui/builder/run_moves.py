"""Open runs on older versions: what becomes of their answers, moving chosen ones, and taking a move back."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lib.content.model import Cell, Column, Table
from lib.slides.template_text_preview import fill_customer_name
from lib.text.format import format_count, join_names
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import tables
from lib.ui.builder import publish_commands
from lib.ui.builder.builder_state import BuilderPageState
from lib.ui.builder.publication_state import Publication
from lib.ui.session_keys import BUILDER_RUNS, builder_button_key
from lib.ui.widget_values import number_duplicate_labels
from lib.workflows.publication import RunToMove

MAX_ROWS = 50
MAX_UNDO_BUTTONS = 20


def draw_run_table(state: BuilderPageState, runs: Sequence[RunToMove], count: int) -> None:
    """Each run with its owner, where it is, and which answers would stay."""
    if not runs:
        return
    rows: list[dict[str, Cell]] = [
        {
            "customer": single_line(run.customer_name),
            "owner": single_line(run.owner_name),
            "slide": fill_customer_name(state.get_slide_title(run.current_slide), run.customer_name),
            "status": run.status,
            "version": str(run.version),
            "answers": _describe_answers(state, run),
        }
        for run in runs[:MAX_ROWS]
    ]
    columns = tuple(
        Column(key=key, label=label)
        for key, label in (
            ("customer", "Customer"), ("owner", "Owner"), ("slide", "At"), ("status", "State"),
            ("version", "Version"), ("answers", "Answers, if it is moved"),
        )
    )  # fmt: skip
    tables.draw_table(Table(title="Open runs on older versions", columns=columns, rows=tuple(rows)), key="builder_runs")
    if count > len(rows):
        st.caption(f"The {len(rows)} that changed last, of {format_count(count, 'run')}.")


def draw_run_moves(state: BuilderPageState, publication: Publication) -> None:
    """Choose runs and move them; what was moved can be taken back for a day."""
    movable = [run for run in publication.runs_left if run.can_move]
    if movable:
        st.markdown(
            f"{format_count(len(publication.runs_left), 'open run')} on an older version. Whoever opens one that "
            "you leave there is offered the new version."
        )
        draw_run_table(state, publication.runs_left, publication.preview.run_count - len(publication.moved))
        _draw_run_choice(state, movable)
    for refused in publication.refused:
        name = escape_markdown(single_line(refused.customer_name or "A run"))
        st.markdown(f":material/error: {name} stays on its version: {escape_markdown(refused.reason)}")
    _draw_undo_buttons(state, publication)


def _draw_run_choice(state: BuilderPageState, movable: Sequence[RunToMove]) -> None:
    labels = number_duplicate_labels([f"{single_line(run.customer_name)}, {run.owner_name}" for run in movable])
    names = dict(zip((run.execution_id for run in movable), labels, strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            "Runs to move",
            list(names),
            format_func=lambda each: names.get(each, each),
            placeholder="Choose runs",
            key=BUILDER_RUNS,
        )
        st.button("Choose all", key=builder_button_key("all runs"), on_click=_choose_all_runs, args=(list(names),))
        st.button(
            "Move them",
            key=builder_button_key("move runs"),
            type="primary",
            disabled=not st.session_state.get(BUILDER_RUNS),
            on_click=_queue_run_moves,
            args=(state,),
        )


def _choose_all_runs(executions: list[str]) -> None:
    st.session_state[BUILDER_RUNS] = executions


def _queue_run_moves(state: BuilderPageState) -> None:
    chosen = tuple(st.session_state[BUILDER_RUNS])
    st.session_state[BUILDER_RUNS] = []
    state.queue_command(partial(publish_commands.move_runs, executions=chosen))


def _draw_undo_buttons(state: BuilderPageState, publication: Publication) -> None:
    if not publication.moved:
        return
    runs = {run.execution_id: run for run in publication.preview.runs}
    st.markdown(f"{format_count(len(publication.moved), 'run')} moved. Each move can be taken back for a day.")
    for execution in list(publication.moved)[:MAX_UNDO_BUTTONS]:
        name = escape_markdown(single_line(runs[execution].customer_name))
        st.button(
            f"Undo for {name}",
            key=builder_button_key("undo move", execution),
            type="tertiary",
            icon=":material/undo:",
            on_click=state.queue_command,
            args=(partial(publish_commands.undo_move, execution=execution),),
        )
    if len(publication.moved) > MAX_UNDO_BUTTONS:
        st.caption("The rest can be taken back on the page of each run.")


def _describe_answers(state: BuilderPageState, run: RunToMove) -> str:
    kept = len(run.answered_slides) - len(run.dropped_slides)
    if not run.answered_slides:
        return "none yet"
    if not run.dropped_slides:
        return f"all kept ({format_count(kept, 'slide')})"
    dropped = join_names(
        fill_customer_name(state.get_slide_title(address), run.customer_name) for address in run.dropped_slides
    )
    return f"{format_count(kept, 'slide')} kept, set aside: {dropped}"
