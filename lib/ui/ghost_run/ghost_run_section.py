"""A ghost run on the page: for whom, its progress, its tables, and a slide as drawn for one customer."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lib.errors import InvalidInput, ZenError
from lib.ghost_runs.model import GhostRow, GhostRun
from lib.ghost_runs.service import sort_ghost_rows
from lib.services import Services
from lib.text.format import format_count
from lib.text.html import Html
from lib.text.truncate import single_line
from lib.ui import empty_and_error_states, session_keys, tables
from lib.ui.empty_and_error_states import error_boundary
from lib.ui.ghost_run.ghost_run_state import GhostRunState, build_content_identity, get_ghost_run_state
from lib.ui.ghost_run.ghost_run_tables import build_customer_frame, build_slide_table
from lib.ui.ghost_run.ghost_slide_view import draw_ghost_slide
from lib.ui.safe_text import draw_html
from lib.ui.widget_values import number_duplicate_labels
from lib.workflows.model import StartableCustomer, WorkflowContent

ALL_CUSTOMERS = ""
READ_ONLY = "Read-only: it shows what a run would show, with real customers. Nothing is started and nothing is saved."
NONE_LEFT = "Customers with something missing stand first."


def draw_ghost_run(source: WorkflowContent, customers: Sequence[StartableCustomer], services: Services) -> None:
    """Compose a draft or version over one customer or all of them. A request per 100 customers, when asked for."""
    draw_html(Html('<p class="zen-small zen-muted">{}</p>').format(READ_ONLY))
    _draw_ghost_run_form(source, customers, services)
    state = get_ghost_run_state(source)
    if state is None:
        return
    if state.is_running:
        _check_customers_with_progress(state, services)
        return
    if state.error is not None:
        empty_and_error_states.draw_error(state.error, retry=state.resume, key="ghost_run")
    if state.run.rows:
        _draw_results(state, services)
    elif state.error is None:
        _draw_run_without_rows(state)


def _draw_ghost_run_form(source: WorkflowContent, customers: Sequence[StartableCustomer], services: Services) -> None:
    labels = number_duplicate_labels([single_line(customer.name) for customer in customers])
    names = {ALL_CUSTOMERS: "All customers"} | dict(zip((each.id for each in customers), labels, strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "Check it for", list(names), key=session_keys.GHOST_RUN_CUSTOMER, format_func=names.__getitem__, width=420
        )
        if st.button("Ghost run", key=session_keys.GHOST_RUN_BEGIN, icon=":material/visibility:"):
            _begin_ghost_run(source, chosen or None, services)


def _begin_ghost_run(source: WorkflowContent, customer_id: str | None, services: Services) -> None:
    st.session_state.pop(session_keys.GHOST_RUN, None)
    try:
        ghost = services.ghost_runs.compose_ghost_workflow(source)
        run = GhostRun(workflow=ghost.workflow)
        if customer_id is not None:
            run = services.ghost_runs.check_one_customer(ghost, customer_id)
    except InvalidInput as error:
        empty_and_error_states.draw_error(error, key="ghost_run_begin")
        return
    except ZenError as error:
        again = partial(st.session_state.pop, session_keys.GHOST_RUN, None)
        empty_and_error_states.draw_error(error, retry=again, key="ghost_run_begin")
        return
    st.session_state[session_keys.GHOST_RUN] = GhostRunState(
        subject=build_content_identity(source), ghost=ghost, run=run, is_running=customer_id is None
    )


# In a fragment, so that Cancel runs nothing but this. Streamlit interrupts the loop where it draws the bar.
@st.fragment
@error_boundary("ghost_run_progress")
def _check_customers_with_progress(state: GhostRunState, services: Services) -> None:
    if state.is_running:
        bar = st.progress(0.0, text="Reading customers")
        st.button("Cancel", key=session_keys.GHOST_RUN_CANCEL, on_click=state.cancel)
        try:
            for run in services.ghost_runs.check_all_customers(state.ghost, state.run):
                state.run = run
                done, total = len(run.rows), run.total or 0
                bar.progress(done / total if total else 1.0, text=f"{done:,} of {format_count(total, 'customer')}")
        except ZenError as error:
            state.error = error
        state.is_running = False
    st.rerun()


def _draw_results(state: GhostRunState, services: Services) -> None:
    run = state.run
    if state.is_cancelled:
        _draw_cancelled_run(state)
    with error_boundary("ghost run by slide"):
        tables.draw_table(build_slide_table(run), key="ghost_run_slides")
    rows = sort_ghost_rows(run)
    if len(rows) > 1:
        with error_boundary("ghost run by customer"):
            _draw_customer_grid(run, rows)
    with error_boundary("ghost slide"):
        _draw_chosen_slide(state, rows, services)


def _draw_cancelled_run(state: GhostRunState) -> None:
    done, total = len(state.run.rows), state.run.total or 0
    text = f"Cancelled after {done:,} of {format_count(total, 'customer')}."
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(text, width="content")
        st.button("Go on", key=session_keys.GHOST_RUN_RESUME, type="tertiary", on_click=state.resume)


def _draw_run_without_rows(state: GhostRunState) -> None:
    if state.is_cancelled:
        _draw_cancelled_run(state)
        return
    text = "Once there are customers, this shows what each of them would see."
    empty_and_error_states.draw_empty_state("No customers to compose for", text, icon=":material/group:")


def _draw_customer_grid(run: GhostRun, rows: tuple[GhostRow, ...]) -> None:
    frame = build_customer_frame(run, rows)
    draw_html(Html("<h5>By customer</h5><p class='zen-small zen-muted'>{}</p>").format(f"{NONE_LEFT} Choose a cell."))
    st.dataframe(
        frame,
        hide_index=True,
        key=session_keys.GHOST_RUN_GRID,
        on_select=partial(_choose_selected_cell, run, rows, tuple(frame.columns)),
        selection_mode="single-cell",
        alt="Customers by slides: what is missing for whom",
    )


def _choose_selected_cell(run: GhostRun, rows: tuple[GhostRow, ...], columns: tuple[str, ...]) -> None:
    """A callback: the cell that was clicked is the customer and the slide to show."""
    cells = st.session_state[session_keys.GHOST_RUN_GRID].selection.cells
    if not cells:
        return
    place, column = cells[0]
    st.session_state[session_keys.GHOST_RUN_SHOWN_CUSTOMER] = rows[place].customer_id
    if column != columns[0]:
        st.session_state[session_keys.GHOST_RUN_SHOWN_SLIDE] = run.workflow.slide_ids[columns.index(column) - 1]


def _draw_chosen_slide(state: GhostRunState, rows: tuple[GhostRow, ...], services: Services) -> None:
    """Which customer and slide to show, and the slide."""
    by_id = {row.customer_id: row for row in rows}
    names = dict(zip(by_id, number_duplicate_labels([single_line(row.customer_name) for row in rows]), strict=True))
    slides = {slide.id: f"{place}. {slide.short}" for place, slide in enumerate(state.run.workflow.slides, start=1)}
    _drop_unknown_choice(session_keys.GHOST_RUN_SHOWN_CUSTOMER, by_id)
    _drop_unknown_choice(session_keys.GHOST_RUN_SHOWN_SLIDE, slides)
    st.markdown("#### What the person sees")
    with st.container(horizontal=True, gap="small"):
        customer = st.selectbox(
            "Customer", list(by_id), key=session_keys.GHOST_RUN_SHOWN_CUSTOMER, format_func=names.__getitem__
        )
        slide = st.selectbox(
            "Slide", list(slides), key=session_keys.GHOST_RUN_SHOWN_SLIDE, format_func=slides.__getitem__
        )
    cell = by_id[customer].cells[list(slides).index(slide)]
    draw_ghost_slide(state, customer, slide, cell, services)


def _drop_unknown_choice(key: str, known: object) -> None:
    if st.session_state.get(key) not in known:  # type: ignore[operator]
        st.session_state.pop(key, None)
