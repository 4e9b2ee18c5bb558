"""Dialogs of an escalation: raise it, hand it back, and for whoever raised it withdraw and redirect it."""

import streamlit as st
from pydantic import BaseModel, Field

from lib.actions.handler import COLLEAGUE_CHOICE
from lib.actions.handlers.escalate import EscalateParameters
from lib.actions.model import ActionKind
from lib.errors import ZenError
from lib.forms.model import Option
from lib.forms.schema_errors import parse_schema_values
from lib.forms.schema_fields import NonBlankStr
from lib.services import Services
from lib.text.markdown_escape import escape_markdown
from lib.ui.actions import action_loader, action_sentences, button_commands, escalation_context
from lib.ui.actions.dialog_form import DialogForm
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage
from lib.ui.actions.run_dialogs import build_message_with_customer, load_colleague_choices


class HandBackAnswers(BaseModel):
    decision: NonBlankStr = Field(title="Decision")


class WithdrawAnswers(BaseModel):
    reason: NonBlankStr | None = Field(default=None, max_length=1000, title="Why")


class RedirectAnswers(BaseModel):
    to: NonBlankStr = Field(title="Assign to", json_schema_extra=COLLEAGUE_CHOICE)


def draw_escalate_form(dialog: DialogState, services: Services) -> DialogAnswers:
    rules = action_loader.load_company_rules(dialog, services)
    form = DialogForm.from_schema(
        dialog,
        EscalateParameters,
        choices=load_colleague_choices(dialog, services),
        defaults={"severity": rules.usual_severity or None},
    )
    form.draw_field("to", choice="select")
    options = tuple(Option(value=each.code, label=each.short_label) for each in rules.list_severities())
    severity = rules.find_severity(form.draw_field("severity", options=options))
    if severity is not None:
        today = services.actions.get_today_of_person()
        st.caption(action_sentences.describe_response_deadline(severity.response_days, today, rules.working_days))
    form.draw_field("ask")
    _draw_escalation_context_preview(dialog, services)
    return form.read_parameters()


def submit_escalate(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    action = action_loader.load_global_action(services, ActionKind.ESCALATE)
    return build_message_with_customer(
        dialog, button_commands.run_action_from_dialog(services, dialog, action, dialog.target.build_subject(), answers)
    )


def draw_hand_back_form(dialog: DialogState, _: Services) -> DialogAnswers:
    name = escape_markdown(dialog.target.customer_name)
    st.markdown(f"The run for {name} goes back to its owner, who sees your decision on Today.")
    form = DialogForm.from_schema(dialog, HandBackAnswers)
    form.draw_all_fields()
    return form.read_parameters()


def submit_hand_back(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    parsed: HandBackAnswers = parse_schema_values(HandBackAnswers, answers)
    escalation_id = dialog.target.escalation_id or ""
    result = services.run_status_changes.hand_back_escalation(
        escalation_id, parsed.decision, key=dialog.idempotency_key
    )
    return build_message_with_customer(dialog, result)


def draw_withdraw_form(dialog: DialogState, _: Services) -> DialogAnswers:
    st.markdown("The run goes back to its owner. The assignee gets a notice.")
    form = DialogForm.from_schema(dialog, WithdrawAnswers)
    form.draw_all_fields()
    return form.read_parameters()


def submit_withdrawal(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    parsed: WithdrawAnswers = parse_schema_values(WithdrawAnswers, answers)
    result = services.run_status_changes.withdraw_escalation(
        dialog.target.escalation_id or "", parsed.reason, key=dialog.idempotency_key
    )
    return build_message_with_customer(dialog, result)


def draw_redirect_form(dialog: DialogState, services: Services) -> DialogAnswers:
    st.markdown("The response clock restarts. The previous assignee gets a notice.")
    choices = load_colleague_choices(dialog, services, without=dialog.target.escalation_people)
    form = DialogForm.from_schema(dialog, RedirectAnswers, choices=choices)
    form.draw_field("to", choice="select")
    return form.read_parameters()


def submit_redirection(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    parsed: RedirectAnswers = parse_schema_values(RedirectAnswers, answers)
    result = services.run_status_changes.redirect_escalation(
        dialog.target.escalation_id or "", parsed.to, key=dialog.idempotency_key
    )
    return build_message_with_customer(dialog, result)


def _draw_escalation_context_preview(dialog: DialogState, services: Services) -> None:
    execution_id = dialog.target.execution_id
    if execution_id is None:
        st.caption("The account's key facts go with it.")
        return
    try:
        context = dialog.load_once(
            "context", lambda: services.run_status_changes.fetch_escalation_context(execution_id)
        )
        account = dialog.target.account or dialog.load_once(
            "account", lambda: services.accounts.fetch_account(dialog.target.customer_id or "")
        )
    except ZenError as error:
        st.caption(f"What will be handed over cannot be shown right now. {escape_markdown(error.message)}")
        return
    with st.expander("What will be handed over", type="compact"):
        escalation_context.draw_escalation_context(context, services.person.time_zone, account)


ESCALATE = Dialog(
    title="Escalate",
    submit_label="Escalate",
    icon=":material/priority_high:",
    draw_form=draw_escalate_form,
    submit=submit_escalate,
)
HAND_BACK = Dialog(
    title="Hand back",
    submit_label="Hand back",
    icon=":material/reply:",
    draw_form=draw_hand_back_form,
    submit=submit_hand_back,
)
WITHDRAW = Dialog(
    title="Withdraw the escalation",
    submit_label="Withdraw",
    icon=":material/undo:",
    draw_form=draw_withdraw_form,
    submit=submit_withdrawal,
)
REDIRECT = Dialog(
    title="Redirect the escalation",
    submit_label="Redirect",
    icon=":material/forward:",
    draw_form=draw_redirect_form,
    submit=submit_redirection,
)
