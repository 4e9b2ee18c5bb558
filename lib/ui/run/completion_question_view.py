"""Draws what completing the run changes in the book, from and to, and the buttons that answer it."""

from functools import partial

import streamlit as st

from lib.content.model import Callout, Tone
from lib.executions.completion_book_changes import ContractGap, ContractProposal, DepartureProposal
from lib.text.format import format_date
from lib.text.json_values import parse_number
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import single_line
from lib.ui import form_widgets, slide_sections
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.run.completion_question import BookQuestion
from lib.ui.run.contract_proposal import GAP_TEXTS, build_contract_callouts, build_contract_table, read_next_term_start
from lib.ui.run.run_commands import RunCommands
from lib.ui.run.run_page_state import RunPageState
from lib.ui.safe_text import draw_html
from lib.ui.session_keys import run_button_key

BOOK_QUESTION_KEY = "run_book"


def draw_book_question(state: RunPageState) -> None:
    """The question, while the outcome on the slide is the one it was asked for."""
    question = state.book_question
    if question is None or not state.may_answer or not state.is_last_slide:
        return
    if not question.is_about_outcome(state.answers.get("outcome_code"), parse_number(state.answers.get("amount"))):
        return
    proposal = question.proposal
    with st.container(border=True, gap="small", key=BOOK_QUESTION_KEY):
        title = "This changes the book" if proposal.changes_book else "No next contract"
        st.markdown(f"##### :material/contract_edit: {title}")
        if proposal.contract is not None:
            _draw_contract_proposal(state, question, proposal.contract)
        if proposal.contract_gap is not None:
            _draw_contract_gap(state, proposal.contract_gap)
        if proposal.status is not None:
            name = escape_markdown(state.execution.customer_name)
            st.markdown(f"{name} becomes **churned**: no longer in the book of active customers. The contract stays.")
        if proposal.contact is not None:
            st.markdown(escape_markdown(describe_departure(proposal.contact)))
        for message in question.errors:
            form_widgets.draw_field_error(message)
        _draw_answer_buttons(state, question)


def describe_departure(departure: DepartureProposal) -> str:
    """Who is marked as left, since when, and who replaces them; plain text."""
    left = f" on {format_date(departure.left_on)}" if departure.left_on else ""
    text = f"{departure.name} is marked as left{left}"
    if departure.successor is None:
        return f"{text}; no successor is known."
    title = f", {departure.successor.title}" if departure.successor.title else ""
    text += f", replaced by {departure.successor.name}{title}"
    return f"{text}." if departure.successor.id else f"{text}, who is added to the contacts."


def _draw_contract_proposal(state: RunPageState, question: BookQuestion, proposal: ContractProposal) -> None:
    callouts: tuple[Callout, ...] = build_contract_callouts(
        proposal, question.edits, parse_number(state.answers.get("amount"))
    )
    slide_sections.draw_slide_sections(
        (build_contract_table(proposal, question.edits), *callouts), key=BOOK_QUESTION_KEY
    )
    if read_next_term_start(proposal, question.edits) < proposal.current.ends_on:
        day = format_date(proposal.current.ends_on)
        st.caption(f"The current term, until {day}, ends on the day the next one starts.")
    if not proposal.is_price_open:
        with st.expander("Edit the next contract", icon=":material/edit:"):
            form_widgets.seed_widgets(question.form, question.edits, question.form_keys)
            st.caption("Within what was agreed: seats and price can be raised, the discount lowered.")
            for field in question.form.fields:
                form_widgets.draw_form_field(field, question.form_keys, question.edits)


def _draw_contract_gap(state: RunPageState, gap: ContractGap) -> None:
    callout = Callout(text=GAP_TEXTS[gap], tone=Tone.WARNING)
    slide_sections.draw_slide_sections((callout,), key=f"{BOOK_QUESTION_KEY}.gap")
    draw_html(build_customer_link_html(state.execution.customer_id, single_line(state.execution.customer_name)))


def _draw_answer_buttons(state: RunPageState, question: BookQuestion) -> None:
    contract = question.proposal.contract
    with st.container(horizontal=True, gap="small"):
        if question.proposal.can_be_accepted:
            _draw_answer_button(
                state,
                "Complete and add the contract"
                if contract is not None and not contract.is_price_open
                else "Complete and change the book",
                name="book accept",
                is_accepted=True,
            )
        if not question.proposal.changes_book:
            leave = "Complete without a next contract"
        elif contract is not None:
            leave = "Complete, leave the contract as it is"
        else:
            leave = "Complete without these changes"
        _draw_answer_button(state, leave, name="book leave", is_accepted=False)


def _draw_answer_button(state: RunPageState, label: str, *, name: str, is_accepted: bool) -> None:
    st.button(
        label,
        key=run_button_key(name, state.slide_id),
        icon=":material/check:" if is_accepted else None,
        on_click=state.queue_command,
        args=(partial(RunCommands.complete_run, anyway=True, accepts_changes=is_accepted), state.slide_id),
    )
