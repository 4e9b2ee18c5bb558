"""The question before a run is completed: what changes in the book, as it is, edited, or not at all."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import streamlit as st

from lib.errors import Conflict, InvalidInput, NotPermitted
from lib.executions.completion_book_changes import BookProposal
from lib.executions.model import Outcome
from lib.forms import answer_validation
from lib.forms.model import Form
from lib.services import Services
from lib.ui.form_widgets import FormKeys, read_widget_answers
from lib.ui.run.contract_proposal import build_contract_form, read_proposed_terms
from lib.ui.session_keys import run_form_key

if TYPE_CHECKING:
    from lib.ui.run.run_page_state import RunPageState


@dataclass(kw_only=True)
class BookQuestion:
    """What was proposed for an outcome, and the terms of the next contract as edited. `key` is that of one click."""

    proposal: BookProposal
    outcome_code: str
    outcome_amount: Decimal | None
    form: Form
    edits: dict[str, Any]
    key: str = field(default_factory=lambda: str(uuid4()))
    errors: tuple[str, ...] = ()

    @property
    def form_keys(self) -> FormKeys:
        return FormKeys(prefix=run_form_key(self.key, "book"))

    def is_about_outcome(self, code: object, amount: Decimal | None) -> bool:
        """False for another outcome, or another ARR where the proposal follows from it."""
        is_same_amount = amount == self.outcome_amount or not self.proposal.depends_on_amount
        return code == self.outcome_code and is_same_amount

    def read_edits(self) -> None:
        """Take over what is in the widgets, once they are there."""
        if self.form.fields and all(self.form_keys.field_key(each) in st.session_state for each in self.form.fields):
            self.edits = read_widget_answers(self.form, self.form_keys)


def complete_or_ask(state: "RunPageState", services: Services, outcome: Outcome, accepts_changes: bool | None) -> bool:
    """End the run. False if the person is asked first what may change in the book, or has to correct it.

    `accepts_changes` is the answer to the question about this outcome, None before it. Raises as `ExecutionService`
    does; a proposal that is out of date is asked again.
    """
    question = state.book_question
    if question is None or accepts_changes is None or not question.is_about_outcome(outcome.code, outcome.amount):
        proposal = services.executions.propose_book_changes(state.execution, outcome)
        if not proposal.is_empty:
            state.book_question, state.is_completion_check_shown = build_book_question(proposal, outcome), False
            return False
    elif accepts_changes:
        state.has_changed_book = _complete_with_changes(state, question, services, outcome)
        return state.has_changed_book
    services.executions.complete_run(state.execution, outcome)
    return True


def _complete_with_changes(state: "RunPageState", question: BookQuestion, services: Services, outcome: Outcome) -> bool:
    question.errors = answer_validation.validate_answers(question.form, question.edits)
    if question.errors:
        return False
    changes = question.proposal.build_changes(question.edits)
    try:
        services.executions.complete_run_with_book_changes(state.execution, outcome, changes, key=question.key)
    except InvalidInput as error:
        question.errors = (error.message,)
        return False
    except (Conflict, NotPermitted):
        state.book_question = None
        raise
    return True


def build_book_question(proposal: BookProposal, outcome: Outcome) -> BookQuestion:
    form, edits = Form(title="", fields=()), {}
    if proposal.contract is not None:
        form = build_contract_form(proposal.contract)
        edits = read_proposed_terms(proposal.contract, form)
    return BookQuestion(
        proposal=proposal, outcome_code=outcome.code, outcome_amount=outcome.amount, form=form, edits=edits
    )
