from datetime import timedelta
from typing import Literal

from pydantic import Field

from lib.chat.chat_context import ChatContext
from lib.chat.tools.tool_parameters import ReadOnlyTool, ToolParameters
from lib.customers.customer_record_kinds import RecordKind, count_all_records
from lib.customers.own_customers import OwnCustomerRepository
from lib.llm.tools import ToolOutput
from lib.text.format import format_count, format_date


class ComparePeriodsParameters(ToolParameters):
    of: Literal["usage", "tickets", "health"]
    weeks: int = Field(ge=1, le=520, description="How many weeks before today to compare with")


class ComparePeriods(ReadOnlyTool):
    name = "compare_periods"
    description = "Usage, tickets or health now, beside what they were some weeks before."
    parameters = ComparePeriodsParameters

    def __init__(self, context: ChatContext, customers: OwnCustomerRepository) -> None:
        super().__init__(context)
        self._customers = customers

    def run(self, arguments: ComparePeriodsParameters) -> ToolOutput:
        describe = {"usage": self._compare_usage, "tickets": self._compare_tickets, "health": self._compare_health}
        return ToolOutput(text=describe[arguments.of](arguments.weeks))

    def _compare_usage(self, weeks: int) -> str:
        usage = self.account.usage
        if not usage:
            return "There is no usage feed for this customer: no data."
        now, held = usage[-1], len(usage) - 1
        if weeks > held:
            first = usage[0]
            return (
                f"I cannot compare usage with {format_count(weeks, 'week')} before: it is loaded for"
                f" {format_count(len(usage), 'week')}. In the first of them, from {format_date(first.week_starts_on)},"
                f" {first.active_users} of {first.seats} seats were in use; now {now.active_users} of {now.seats}."
            )
        then = usage[-1 - weeks]
        before = usage[-2 * weeks : -weeks]
        average = round(sum(week.active_users for week in before) / len(before))
        spread = (
            f" On average of the {format_count(len(before), 'week')} up to then it was {average}." if before else ""
        )
        return (
            f"{now.active_users} of {now.seats} seats are in use now; {format_count(weeks, 'week')} before, in the week"
            f" from {format_date(then.week_starts_on)}, {then.active_users} of {then.seats}"
            f" ({_describe_difference(now.active_users - then.active_users)}).{spread}"
        )

    def _compare_tickets(self, weeks: int) -> str:
        today, span = self.account.today, timedelta(weeks=weeks)
        opened = [ticket.opened_on for ticket in self.account.tickets]
        is_cut = count_all_records(self.account, RecordKind.TICKETS) > len(opened)
        if is_cut and min(opened, default=today) > today - 2 * span:
            return f"I cannot compare that far back: only the newest {format_count(len(opened), 'ticket')} are loaded."
        now = sum(today - span < day <= today for day in opened)
        then = sum(today - 2 * span < day <= today - span for day in opened)
        period = format_count(weeks, "week")
        return (
            f"{format_count(now, 'ticket')} {'was' if now == 1 else 'were'} opened in the last {period}, {then} in the"
            f" {period} before ({_describe_difference(now - then)})."
        )

    def _compare_health(self, weeks: int) -> str:
        now, day = self.account.health.score, self.account.today - timedelta(weeks=weeks)
        then = self._customers.fetch_health_on(self.account.customer.id, day)
        if now is None or then is None:
            missing = "now" if now is None else f"on {format_date(day)}"
            return f"I cannot compare their health: there is no score {missing}."
        return f"Health is {now} of 100 now and was {then} on {format_date(day)} ({_describe_difference(now - then)})."


def _describe_difference(difference: int) -> str:
    return "unchanged" if difference == 0 else f"{'up' if difference > 0 else 'down'} {abs(difference)}"
