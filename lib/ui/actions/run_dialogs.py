"""Dialogs that say who goes on with a run, and whether: skip, reassign, reopen."""

from collections.abc import Collection
from dataclasses import replace

import streamlit as st
from pydantic import BaseModel, Field

from lib.actions.handler import COLLEAGUE_CHOICE, build_rule_choices
from lib.actions.handlers.escalate import sort_for_escalation
from lib.actions.handlers.skip import SkipParameters
from lib.actions.model import ActionKind, ActionResult, ActionSource
from lib.errors import Conflict
from lib.forms.model import Option
from lib.forms.schema_errors import ValidationFailed, parse_schema_values
from lib.forms.schema_fields import NonBlankStr
from lib.services import Services
from lib.text.markdown_escape import escape_markdown
from lib.ui.actions import action_loader, button_commands
from lib.ui.actions.action_state import build_flash_message
from lib.ui.actions.dialog_form import DialogForm
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage

NO_WORDS = "Say why in your own words."
ROLE_NAMES = {"csm": "customer success manager", "manager": "manager", "admin": "admin"}


class ReassignAnswers(BaseModel):
    to: NonBlankStr = Field(title="Assign to", json_schema_extra=COLLEAGUE_CHOICE)


class ReopenAnswers(BaseModel):
    reason: NonBlankStr = Field(title="Why are you reopening it?")


def draw_skip_form(dialog: DialogState, services: Services) -> DialogAnswers:
    if dialog.kind == "skip_slide":
        title = escape_markdown(dialog.target.slide_title or "")
        st.markdown(f"Skips “{title}”. The reason stays on record, and you can resume the slide.")
    else:
        st.markdown("Ends the run. The reason stays on record, and the run can be reopened.")
    rules = action_loader.load_company_rules(dialog, services)
    form = DialogForm.from_schema(dialog, SkipParameters, choices=build_rule_choices(rules))
    reason = rules.find_skip_reason(form.draw_field("reason", choice="list"))
    form.draw_field("words", depends_on=("reason",), required=reason is not None and reason.needs_words)
    return form.read_parameters()


def submit_skip(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    """Raises Conflict while answers of the slide are not saved: skipping it would lose them."""
    if dialog.kind == "skip_slide" and dialog.target.has_unsaved_answers:
        hint = "Close this dialog, save the slide or choose which answers to keep, then skip it."
        raise Conflict("Your answers on this slide are not saved yet.", hint=hint)
    reason = action_loader.load_company_rules(dialog, services).find_skip_reason(answers.get("reason"))
    if reason is not None and reason.needs_words and not answers.get("words"):
        raise ValidationFailed((NO_WORDS,), {NO_WORDS: "words"})
    action = action_loader.load_global_action(services, ActionKind.SKIP)
    subject = dialog.target.build_subject(slide=dialog.kind == "skip_slide")
    return build_message_with_customer(
        dialog, button_commands.run_action_from_dialog(services, dialog, action, subject, answers)
    )


def draw_reassign_form(dialog: DialogState, services: Services) -> DialogAnswers:
    st.markdown("They can work on the run and get a notice. The customer's owner keeps it too.")
    choices = load_colleague_choices(dialog, services, without=(dialog.target.worked_by,))
    me = services.person
    if dialog.target.worked_by != str(me.id):
        choices["colleagues"].append(Option(value=str(me.id), label=f"{me.full_name}, you"))
    form = DialogForm.from_schema(dialog, ReassignAnswers, choices=choices)
    form.draw_field("to", choice="select")
    return form.read_parameters()


def submit_reassign(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    parsed: ReassignAnswers = parse_schema_values(ReassignAnswers, answers)
    execution_id, key = dialog.target.execution_id or "", dialog.idempotency_key
    return build_flash_message(services.run_status_changes.reassign_run(execution_id, parsed.to, key=key))


def draw_abandon_form(_: DialogState, __: Services) -> DialogAnswers:
    st.markdown("For a run that was started by mistake. It has no answers, and can be reopened.")
    return {}


def submit_abandon(dialog: DialogState, services: Services, _: DialogAnswers) -> FlashMessage:
    """Raises Conflict for a run that has answers by now."""
    execution_id, key = dialog.target.execution_id or "", dialog.idempotency_key
    result = services.run_status_changes.abandon_run(execution_id, key=key)
    return build_message_with_customer(dialog, result)


def draw_reopen_form(dialog: DialogState, _: Services) -> DialogAnswers:
    st.markdown("The run continues where it was. Its history keeps how it ended.")
    form = DialogForm.from_schema(dialog, ReopenAnswers)
    form.draw_all_fields()
    return form.read_parameters()


def submit_reopen(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    parsed: ReopenAnswers = parse_schema_values(ReopenAnswers, answers)
    services.run_status_changes.reopen_run(dialog.target.execution_id or "", parsed.reason)
    return FlashMessage(text="The run is open again.")


def build_message_with_customer(dialog: DialogState, result: ActionResult) -> FlashMessage:
    """The result, with the customer's name on pages that show several."""
    message = build_flash_message(result)
    if dialog.source is ActionSource.SLIDE:
        return message
    return replace(message, text=f"{dialog.target.customer_name}: {message.text}")


def load_colleague_choices(
    dialog: DialogState, services: Services, *, without: Collection[str | None] = ()
) -> dict[str, list[Option]]:
    """Colleagues as options, but for those named; for an escalation those who can decide come first."""
    colleagues = [each for each in action_loader.load_colleagues(dialog, services) if each.id not in without]
    if dialog.kind in ("escalate", "redirect"):
        colleagues = sort_for_escalation(colleagues)
    if not colleagues:
        st.caption("There is no one else in your company yet.")
    options = [
        Option(value=each.id, label=f"{each.full_name}, {ROLE_NAMES.get(each.role, each.role)}") for each in colleagues
    ]
    return {"colleagues": options}


SKIP_SLIDE = Dialog(
    title="Skip this slide",
    submit_label="Skip",
    icon=":material/skip_next:",
    draw_form=draw_skip_form,
    submit=submit_skip,
)
SKIP_RUN = replace(SKIP_SLIDE, title="Skip this run")
ABANDON = Dialog(
    title="End without outcome",
    submit_label="End the run",
    icon=":material/block:",
    draw_form=draw_abandon_form,
    submit=submit_abandon,
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
