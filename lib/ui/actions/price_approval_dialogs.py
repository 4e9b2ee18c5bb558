"""Dialogs of a price that waits: deny it, or approve it above one's own limit."""

from datetime import date

import streamlit as st
from pydantic import BaseModel, Field

from lib.executions.inbox import PriceAgreement
from lib.forms.schema_errors import parse_schema_values
from lib.forms.schema_fields import NonBlankStr
from lib.services import Services
from lib.ui.actions.dialog_form import DialogForm
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage


class DenyPriceAnswers(BaseModel):
    reason: NonBlankStr = Field(max_length=2000, title="Why")


class PriceAgreementAnswers(BaseModel):
    agreed_by: NonBlankStr = Field(max_length=200, title="Who agreed")
    agreed_on: date = Field(title="On which day")
    proof: NonBlankStr = Field(max_length=2000, title="What proves it, such as an email or a signed document")


def draw_deny_price_form(dialog: DialogState, _: Services) -> DialogAnswers:
    st.markdown("Whoever asked gets a notice with your reason. The quote stays a draft.")
    form = DialogForm.from_schema(dialog, DenyPriceAnswers)
    form.draw_all_fields()
    return form.read_parameters()


def submit_price_denial(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    parsed: DenyPriceAnswers = parse_schema_values(DenyPriceAnswers, answers)
    services.inbox.decide_price_approval(dialog.target.price_approval_id or "", approve=False, reason=parsed.reason)
    return FlashMessage(text=f"{dialog.target.customer_name}: price denied.")


def draw_approve_price_form(dialog: DialogState, _: Services) -> DialogAnswers:
    st.markdown("This price is above your own limit. Record who agreed to it.")
    form = DialogForm.from_schema(dialog, PriceAgreementAnswers)
    form.draw_all_fields()
    return form.read_parameters()


def submit_price_approval(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    parsed: PriceAgreementAnswers = parse_schema_values(PriceAgreementAnswers, answers)
    agreement = PriceAgreement(agreed_by=parsed.agreed_by, agreed_on=parsed.agreed_on, proof=parsed.proof)
    services.inbox.decide_price_approval(dialog.target.price_approval_id or "", approve=True, agreement=agreement)
    return FlashMessage(text=f"{dialog.target.customer_name}: price approved.")


DENY_PRICE = Dialog(
    title="Deny this price",
    submit_label="Deny",
    icon=":material/block:",
    draw_form=draw_deny_price_form,
    submit=submit_price_denial,
)
APPROVE_PRICE = Dialog(
    title="Approve this price",
    submit_label="Approve",
    icon=":material/check:",
    draw_form=draw_approve_price_form,
    submit=submit_price_approval,
)
