"""A slide as a run would draw it for one customer, with what is missing on it."""

import streamlit as st

from lib.customers.model import Account
from lib.errors import InvalidInput, ZenError
from lib.forms.model import Form
from lib.ghost_runs.model import GhostCell
from lib.ghost_runs.slide_check import build_slide_input_of_new_run
from lib.services import Services
from lib.slides import slide_builder
from lib.text.html import Html
from lib.text.markdown_escape import escape_markdown
from lib.ui import answer_text, empty_and_error_states, slide_sections
from lib.ui.ghost_run.ghost_run_state import GhostRunState
from lib.ui.ghost_run.ghost_run_tables import describe_ghost_cell
from lib.ui.safe_text import draw_html


def draw_ghost_slide(state: GhostRunState, customer_id: str, address: str, cell: GhostCell, services: Services) -> None:
    """What is missing, then the slide. One request for each customer that is shown."""
    problems = describe_ghost_cell(cell)
    items = Html("").join(Html("<li>{}</li>").format(problem) for problem in problems)
    draw_html(Html("<ul>{}</ul>").format(items) if problems else Html("<p>{}</p>").format("Nothing is missing."))
    slide = state.run.workflow.find_slide(address)
    if slide is None or cell.left_out is not None:
        return
    try:
        account = _load_customer_account(state, customer_id, services)
    except ZenError as error:
        empty_and_error_states.draw_error(error, key="ghost_slide")
        return
    slide_input = build_slide_input_of_new_run(state.run.workflow, slide, account, services.person.full_name)
    with st.container(border=True, key="ghost_slide"):
        st.badge("Ghost run", icon=":material/visibility:", color="gray")
        st.markdown(f"## {escape_markdown(slide_builder.render_slide_title(slide.slide, slide_input))}")
        sections = slide_builder.build_slide_sections(slide.slide, slide_input)
        slide_sections.draw_slide_sections(sections, key=f"ghost.section.{address}")
        try:
            form = slide_builder.build_slide_form(slide.slide, slide_input)
        except InvalidInput as error:
            empty_and_error_states.draw_error(error, key="ghost_form")
            form = Form(title="", fields=())
        answer_text.draw_read_only_answers(form, {}, key="ghost_answers")


def _load_customer_account(state: GhostRunState, customer_id: str, services: Services) -> Account:
    if customer_id not in state.accounts:
        state.accounts[customer_id] = services.ghost_runs.fetch_account(customer_id)
    return state.accounts[customer_id]
