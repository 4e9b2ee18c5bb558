"""Single facts of the customer, the contract and the run, a sentence each."""

from collections.abc import Callable, Mapping
from datetime import datetime

from pydantic import Field

from lib.chat.chat_context import ChatContext
from lib.chat.tools.tool_parameters import ReadOnlyTool, ToolParameters
from lib.customers.model import SEGMENT_LABELS, Contract
from lib.llm.tools import ToolOutput
from lib.slides import shared_sections
from lib.text.format import (
    format_count,
    format_date,
    format_days,
    format_money,
    format_percent,
    join_names,
)
from lib.text.local_time import today_in_zone
from lib.text.truncate import single_line

NO_CONTRACT = "There is no contract on record: no data."


def _describe_owner(context: ChatContext) -> str:
    owner = single_line(context.account.customer.owner_name, max_length=120)
    run = context.execution
    now = f" {single_line(run.assigned_to_name, max_length=120)} works on this run." if run.assigned_to_name else ""
    return f"{owner} owns this customer.{now}"


def _describe_escalation(context: ChatContext) -> str:
    escalation = context.execution.escalation
    if escalation is None:
        return "This run has not been escalated."
    name = single_line(escalation.assigned_to_name, max_length=120)
    if escalation.ended_at is not None:
        ended = _format_local_day(context, escalation.ended_at)
        return f"No escalation is open. The latest, to {name}, ended on {ended}."
    raised = single_line(escalation.raised_by_name, max_length=120)
    return f"The escalation is with {name}, raised by {raised} on {_format_local_day(context, escalation.created_at)}."


def _describe_run(context: ChatContext) -> str:
    run = context.execution
    due = f"due on {format_date(run.due_on)}" if run.due_on else "without a due date"
    name = single_line(context.workflow.name, max_length=120)
    worker = single_line(run.assigned_to_name or run.owner_name, max_length=120)
    return f"This run of “{name}” is {run.status.value}, {due}, and with {worker}."


def _describe_competitor(context: ChatContext) -> str:
    name = context.account.customer.competitor
    return f"Competitor on record: {single_line(name, max_length=120)}." if name else "No competitor is on record."


def _describe_survey(context: ChatContext) -> str:
    surveys = context.account.surveys
    if not surveys:
        return "No survey answer is on record."
    last = surveys[0]
    who = f" by {single_line(last.contact_name, max_length=120)}" if last.contact_name else ""
    comment = f": “{single_line(last.comment, max_length=300)}”" if last.comment else ""
    return f"The latest survey answer is {last.score} of 10{who}, {format_date(last.responded_on)}{comment}."


def _describe_customer_value(label: str, read: Callable[[ChatContext], str | None]) -> Callable[[ChatContext], str]:
    def describe(context: ChatContext) -> str:
        value = read(context)
        return f"{label}: {single_line(value, max_length=200)}." if value else f"{label}: nothing on record."

    return describe


def _of_contract(describe: Callable[[Contract], str]) -> Callable[[ChatContext], str]:
    def describe_fact(context: ChatContext) -> str:
        contract = context.account.contract
        return describe(contract) if contract is not None else NO_CONTRACT

    return describe_fact


FACTS: Mapping[str, Callable[[ChatContext], str]] = {
    "notice_deadline": lambda context: shared_sections.describe_notice_deadline(context.account),
    "renewal_date": _of_contract(lambda contract: f"The term ends on {format_date(contract.ends_on)}."),
    "notice_period": _of_contract(
        lambda contract: f"The notice period is {format_days(contract.notice_days)} before the renewal date."
    ),
    "auto_renewal": _of_contract(
        lambda contract: (
            "The contract auto-renews."
            if contract.auto_renews
            else "The contract does not auto-renew: it ends unless it is renewed."
        )
    ),
    "arr": _of_contract(
        lambda contract: f"ARR is {format_money(contract.arr)} for {format_count(contract.seats, 'seat')}."
    ),
    "list_price": _of_contract(
        lambda contract: f"The list price is {format_money(contract.annual_price_per_seat)} per seat and year."
    ),
    "discount": _of_contract(lambda contract: f"They have a discount of {format_percent(contract.discount_percent)}."),
    "modules": _of_contract(
        lambda contract: f"Modules in the contract: {single_line(join_names(contract.modules)) or 'none'}."
    ),
    "owner": _describe_owner,
    "escalation": _describe_escalation,
    "run": _describe_run,
    "industry": _describe_customer_value("Industry", lambda context: context.account.customer.industry),
    "country": _describe_customer_value("Country", lambda context: context.account.customer.country),
    "segment": _describe_customer_value(
        "Segment", lambda context: SEGMENT_LABELS.get(context.account.customer.segment)
    ),
    "customer_since": lambda context: (
        f"They have been a customer since {format_date(context.account.customer.customer_since)}."
    ),
    "competitor": _describe_competitor,
    "survey": _describe_survey,
}


class LookUpFactsParameters(ToolParameters):
    facts: list[str] = Field(min_length=1, max_length=4, description=f"Which: {', '.join(FACTS)}")


class LookUpFacts(ReadOnlyTool):
    name = "look_up_facts"
    description = "Single facts of the customer, the contract and the run, a sentence each."
    parameters = LookUpFactsParameters

    def run(self, arguments: LookUpFactsParameters) -> ToolOutput:
        known = [fact for fact in arguments.facts if fact in FACTS]
        sentences = dict.fromkeys(FACTS[fact](self.context) for fact in known)
        return ToolOutput(text=" ".join(sentences) or "There is no such fact on record.")


def _format_local_day(context: ChatContext, moment: datetime) -> str:
    return format_date(today_in_zone(context.person.time_zone, moment))
