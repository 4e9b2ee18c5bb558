"""Dialogs that say who goes on with a run, and whether: skip, escalate, reassign, reopen, hand back."""

from dataclasses import replace

import streamlit as st
from pydantic import BaseModel, Field

from lib.actions.handler import COLLEAGUE_CHOICE
from lib.actions.handlers.escalate import EscalateParameters, Severity, sort_for_escalation
from lib.actions.handlers.skip import SkipParameters, SkipReason
from lib.actions.model import ActionKind, ActionResult, ActionSource
from lib.errors import Conflict, ZenError
from lib.forms.model import Option
from lib.forms.schema_errors import parse_schema_values
from lib.forms.schema_fields import Choices, NonBlankStr
from lib.services import Services
from lib.text.markdown_escape import escape_markdown
from lib.ui.actions import commands, escalation_banner, sentences
from lib.ui.actions.action_state import Dialog, DialogAnswers, DialogState, FlashMessage, build_flash_message
from lib.ui.actions.dialog_form import DialogForm

ROLE_NAMES = {"csm": "customer-success manager", "manager": "manager", "admin": "admin"}


class ReassignAnswers(BaseModel):
    to: NonBlankStr = Field(title="New owner", json_schema_extra=COLLEAGUE_CHOICE)


class ReopenAnswers(BaseModel):
    reason: NonBlankStr = Field(title="Why is it reopened?")


class HandBackAnswers(BaseModel):
    decision: NonBlankStr = Field(title="Decision")


def draw_skip_form(dialog: DialogState, _: Services) -> DialogAnswers:
    if dialog.kind == "skip_slide":
        title = escape_markdown(dialog.target.slide_title or "")
        st.markdown(f"Skips “{title}”. The reason stays on record, and you can resume the slide.")
    else:
        st.markdown("Ends the run. The reason stays on record, and the run can be reopened.")
    form = DialogForm.from_schema(dialog, SkipParameters)
    reason = form.draw_field("reason", choice="list")
    form.draw_field("words", depends_on=("reason",), required=reason == SkipReason.OTHER)
    return form.read_parameters()


def submit_skip(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises Conflict while answers of the slide are not saved: skipping it would lose them."""
    if dialog.kind == "skip_slide" and dialog.target.has_unsaved_answers:
        hint = "Close this dialog, save the slide or choose which answers to keep, then skip it."
        raise Conflict("Your answers on this slide are not saved yet.", hint=hint)
    action = commands.load_global_action(services, ActionKind.SKIP)
    subject = dialog.target.build_subject(slide=dialog.kind == "skip_slide")
    return build_message_with_customer(
        dialog, commands.run_action_from_dialog(services, dialog, action, subject, answers)
    )


def draw_escalate_form(dialog: DialogState, services: Services) -> DialogAnswers:
    choices = _load_colleague_choices(dialog, services)
    form = DialogForm.from_schema(
        dialog, EscalateParameters, choices=choices, defaults={"severity": Severity.MEDIUM.value}
    )
    form.draw_field("to", choice="select")
    severity = form.draw_field(
        "severity", options=tuple(Option(value=each.value, label=each.value.capitalize()) for each in Severity)
    )
    if severity is not None:
        st.caption(sentences.describe_response_deadline(str(severity), services.actions.get_today_of_person()))
    form.draw_field("ask")
    _draw_escalation_context_preview(dialog, services)
    return form.read_parameters()


def submit_escalate(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    action = commands.load_global_action(services, ActionKind.ESCALATE)
    return build_message_with_customer(
        dialog, commands.run_action_from_dialog(services, dialog, action, dialog.target.build_subject(), answers)
    )


def draw_reassign_form(dialog: DialogState, services: Services) -> DialogAnswers:
    st.markdown("They become the owner of the run and get a notice. The answers are kept.")
    choices = _load_colleague_choices(dialog, services, without=dialog.target.owner_id)
    form = DialogForm.from_schema(dialog, ReassignAnswers, choices=choices)
    form.draw_field("to", choice="select")
    return form.read_parameters()


def submit_reassign(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    parsed: ReassignAnswers = parse_schema_values(ReassignAnswers, answers)
    colleagues = commands.load_colleagues(dialog, services)
    name = next((each.full_name for each in colleagues if each.id == parsed.to), "a colleague")
    services.run_status_changes.reassign_run(dialog.target.execution_id or "", parsed.to)
    return FlashMessage(text=f"{name} now owns the run.")


def draw_reopen_form(dialog: DialogState, _: Services) -> DialogAnswers:
    st.markdown("The run continues where it was. Its history keeps how it ended.")
    form = DialogForm.from_schema(dialog, ReopenAnswers)
    form.draw_all_fields()
    return form.read_parameters()


def submit_reopen(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    parsed: ReopenAnswers = parse_schema_values(ReopenAnswers, answers)
    services.run_status_changes.reopen_run(dialog.target.execution_id or "", parsed.reason)
    return FlashMessage(text="The run is open again.")


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
    return build_flash_message(result)


def build_message_with_customer(dialog: DialogState, result: ActionResult) -> FlashMessage:
    """The result, with the customer's name on pages that show several."""
    message = build_flash_message(result)
    if dialog.source is ActionSource.SLIDE:
        return message
    return replace(message, text=f"{dialog.target.customer_name}: {message.text}")


def _load_colleague_choices(dialog: DialogState, services: Services, *, without: str | None = None) -> Choices:
    """Colleagues as options, for an escalation those who can decide first; `without` is the one it is with already."""
    colleagues = [each for each in commands.load_colleagues(dialog, services) if each.id != without]
    if dialog.kind in ("escalate", "redirect"):
        colleagues = sort_for_escalation(colleagues)
    if not colleagues:
        st.caption("There is no one else in your company yet.")
    options = [
        Option(value=each.id, label=f"{each.full_name}, {ROLE_NAMES.get(each.role, each.role)}") for each in colleagues
    ]
    return {"colleagues": options}


def _draw_escalation_context_preview(dialog: DialogState, services: Services) -> None:
    execution_id = dialog.target.execution_id
    if execution_id is None:
        st.caption("The account's key facts go with it.")
        return
    try:
        context = dialog.load_once(
            "context", lambda: services.run_status_changes.fetch_escalation_context(execution_id)
        )
    except ZenError as error:
        st.caption(f"What will be handed over cannot be shown right now. {escape_markdown(error.message)}")
        return
    with st.expander("What will be handed over", type="compact"):
        escalation_banner.draw_escalation_context(context, services.person.time_zone)


SKIP_SLIDE = Dialog(
    title="Skip this slide",
    submit_label="Skip",
    icon=":material/skip_next:",
    draw_form=draw_skip_form,
    submit=submit_skip,
)
SKIP_RUN = replace(SKIP_SLIDE, title="Skip this run")
ESCALATE = Dialog(
    title="Escalate",
    submit_label="Escalate",
    icon=":material/priority_high:",
    draw_form=draw_escalate_form,
    submit=submit_escalate,
)
REASSIGN = Dialog(
    title="Reassign",
    submit_label="Reassign",
    icon=":material/person_add:",
    draw_form=draw_reassign_form,
    submit=submit_reassign,
)
REOPEN = Dialog(
    title="Reopen",
    submit_label="Reopen",
    icon=":material/lock_open:",
    draw_form=draw_reopen_form,
    submit=submit_reopen,
)
HAND_BACK = Dialog(
    title="Hand back",
    submit_label="Hand back",
    icon=":material/reply:",
    draw_form=draw_hand_back_form,
    submit=submit_hand_back,
)
