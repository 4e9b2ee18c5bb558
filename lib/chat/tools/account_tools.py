from dataclasses import replace

from pydantic import Field

from lib.chat.tools.tool_parameters import NoParameters, ReadOnlyTool, ToolParameters
from lib.customers.account_rankings import (
    count_open_tickets,
    find_weakest_health_part,
    list_open_tickets,
    list_remaining_contacts,
)
from lib.customers.customer_record_kinds import RecordKind, count_all_records
from lib.customers.model import Contact
from lib.llm.tools import ToolOutput
from lib.slides import shared_sections
from lib.text.format import NO_DATA, format_count, format_days, humanize_code, join_names
from lib.text.truncate import single_line

MAX_NAMES = 20


class AccountSummary(ReadOnlyTool):
    name = "account_summary"
    description = "Health with its parts, ARR, usage, signals and the notice deadline of this customer. Shows a table."
    parameters = NoParameters

    def run(self, arguments: NoParameters) -> ToolOutput:
        account = self.account
        facts = (
            shared_sections.build_health_fact(account),
            shared_sections.build_arr_fact(account),
            shared_sections.build_usage_fact(account),
        )
        summary = "; ".join(f"{fact.label}: {fact.value or NO_DATA}" for fact in facts)
        weakest = find_weakest_health_part(account)
        weak = f" What costs most health: {single_line(weakest.sentence, max_length=300)}" if weakest else ""
        name = single_line(account.customer.name, max_length=120)
        first = f"{name} at a glance. {summary}. {shared_sections.describe_notice_deadline(account)}{weak}"
        signals = "\n".join(f"- {single_line(signal.sentence, max_length=300)}" for signal in account.signals)
        more = f"\n\nSignals:\n{signals}" if signals else "\n\nNo signal calls for action now."
        return ToolOutput(text=first + more, blocks=(shared_sections.build_health_table(account),))


class UsageTrendParameters(ToolParameters):
    weeks: int = Field(default=26, ge=1, le=104, description="How many weeks back")


class UsageTrend(ReadOnlyTool):
    name = "usage_trend"
    description = "Active users against bought seats over the latest weeks. Shows a chart."
    parameters = UsageTrendParameters

    def run(self, arguments: UsageTrendParameters) -> ToolOutput:
        chart = shared_sections.build_usage_chart(replace(self.account, usage=self.account.usage[-arguments.weeks :]))
        if not chart.has_data:
            return ToolOutput(text="There is no usage feed for this customer: no data.")
        weeks = "\n".join(
            f"{week.week_starts_on}: {week.active_users} of {week.seats}, {week.logins} logins"
            for week in self.account.usage[-min(arguments.weeks, shared_sections.WEEKS_SHOWN) :]
        )
        # The sentence is said above the chart, by the model in words of its own: the chart does not say it again.
        shown = replace(chart, takeaway=None)
        return ToolOutput(text=f"{chart.takeaway}\n\n{weeks}", blocks=(shown,))


class ListContacts(ReadOnlyTool):
    name = "list_contacts"
    description = "The people known at this customer: role, influence, sentiment, last contact. Shows a table."
    parameters = NoParameters

    def run(self, arguments: NoParameters) -> ToolOutput:
        here = list_remaining_contacts(self.account)
        gone = [contact for contact in self.account.contacts if contact.status == "left"]
        if not self.account.contacts:
            return ToolOutput(text="No contacts on record for this customer: no data.")
        table = shared_sections.build_contacts_table("Contacts", (*here, *gone), "No contacts on record: no data.")
        most = f" Most influence: {_describe_contact_with_role(here[0])}." if here else ""
        left = f" {join_names(single_line(contact.name, max_length=80) for contact in gone[:5])} left." if gone else ""
        names = "\n".join(
            f"- {_describe_contact_with_role(contact)}, {contact.status}" for contact in (*here, *gone)[:MAX_NAMES]
        )
        counted = f"{format_count(len(here), 'contact')} {'is' if len(here) == 1 else 'are'} on record."
        return ToolOutput(text=f"{counted}{most}{left}\n\n{names}", blocks=(table,))


class ListTickets(ReadOnlyTool):
    name = "list_tickets"
    description = "The customer's open support tickets, most urgent first. Shows a table."
    parameters = NoParameters

    def run(self, arguments: NoParameters) -> ToolOutput:
        waiting = list_open_tickets(self.account)
        total = count_open_tickets(self.account)
        solved = count_all_records(self.account, RecordKind.TICKETS) - total
        if not waiting:
            return ToolOutput(text=f"No support ticket is open. {format_count(solved, 'ticket')} on record solved.")
        first = waiting[0]
        age = format_days((self.account.today - first.opened_on).days)
        counted = f"{format_count(total, 'support ticket')} {'is' if total == 1 else 'are'} open."
        urgent = f"“{single_line(first.title, max_length=200)}”, {first.priority.upper()}, open for {age}"
        text = f"{counted} The most urgent is {urgent}."
        return ToolOutput(text=text, blocks=(shared_sections.build_tickets_table(self.account),))


def _describe_contact_with_role(contact: Contact) -> str:
    sentiment = contact.sentiment or "sentiment unknown"
    return f"{shared_sections.format_contact(contact)} ({humanize_code(contact.role)}, {sentiment})"
