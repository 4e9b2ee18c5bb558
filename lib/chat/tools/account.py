from dataclasses import replace

from pydantic import Field

from lib.accounts.model import Contact
from lib.accounts.reading import open_tickets, remaining, weakest_part
from lib.chat.figures import chart_block, table_block
from lib.chat.tools.base import Arguments, Looking, Nothing
from lib.llm.tools import Answer
from lib.slides import words
from lib.slides.deck import parts

MOST_NAMED = 20


class AccountSummary(Looking):
    name = "account_summary"
    description = "Health with its parts, ARR, usage, signals and the notice deadline of this customer. Shows a table."
    parameters = Nothing

    def run(self, arguments: Nothing) -> Answer:
        account = self.account
        facts = (parts.health_fact(account), parts.arr_fact(account), parts.usage_fact(account))
        told = "; ".join(f"{fact.label}: {fact.value or words.NO_DATA}" for fact in facts)
        weakest = weakest_part(account)
        weak = f" What costs most health: {words.plain(weakest.sentence, most=300)}" if weakest else ""
        name = words.plain(account.customer.name, most=120)
        first = f"{name} at a glance. {told}. {parts.notice_sentence(account)}{weak}"
        signals = "\n".join(f"- {words.plain(signal.sentence, most=300)}" for signal in account.signals)
        more = f"\n\nSignals:\n{signals}" if signals else "\n\nNo signal speaks for acting now."
        return Answer(text=first + more, payload=(table_block(parts.health_table(account)),))


class Weeks(Arguments):
    weeks: int = Field(default=26, ge=1, le=104, description="How many weeks back")


class UsageTrend(Looking):
    name = "usage_trend"
    description = "Active users against bought seats over the latest weeks. Shows a chart."
    parameters = Weeks

    def run(self, arguments: Weeks) -> Answer:
        chart = parts.usage_chart(replace(self.account, usage=self.account.usage[-arguments.weeks :]))
        if not chart.has_data:
            return Answer(text="There is no usage feed for this customer, so nothing can be said about usage: no data.")
        weeks = "\n".join(
            f"{week.week_starts_on}: {week.active_users} of {week.seats}, {week.logins} logins"
            for week in self.account.usage[-min(arguments.weeks, parts.WEEKS) :]
        )
        # The sentence is said above the chart, by the model in words of its own: the chart does not say it again.
        shown = chart_block(replace(chart, takeaway=None))
        return Answer(text=f"{chart.takeaway}\n\n{weeks}", payload=(shown,))


class ListContacts(Looking):
    name = "list_contacts"
    description = "The people known at this customer: role, influence, sentiment, last contact. Shows a table."
    parameters = Nothing

    def run(self, arguments: Nothing) -> Answer:
        here = remaining(self.account)
        gone = [contact for contact in self.account.contacts if contact.status == "left"]
        if not self.account.contacts:
            return Answer(text="No contact is on record for this customer: no data.")
        table = parts.contacts_table("Contacts", (*here, *gone), "No contact is on record: no data.")
        most = f" Most influence: {_named(here[0])}." if here else ""
        left = f" {words.listed(words.plain(contact.name, most=80) for contact in gone[:5])} left." if gone else ""
        names = "\n".join(f"- {_named(contact)}, {contact.status}" for contact in (*here, *gone)[:MOST_NAMED])
        counted = f"{words.count(len(here), 'contact')} {'is' if len(here) == 1 else 'are'} on record."
        return Answer(text=f"{counted}{most}{left}\n\n{names}", payload=(table_block(table),))


class ListTickets(Looking):
    name = "list_tickets"
    description = "The customer's open support tickets, most urgent first. Shows a table."
    parameters = Nothing

    def run(self, arguments: Nothing) -> Answer:
        waiting = open_tickets(self.account)
        solved = len(self.account.tickets) - len(waiting)
        if not waiting:
            return Answer(text=f"No support ticket is open. {words.count(solved, 'ticket')} on record solved.")
        first = waiting[0]
        age = words.days((self.account.today - first.opened_on).days)
        counted = f"{words.count(len(waiting), 'support ticket')} {'is' if len(waiting) == 1 else 'are'} open."
        urgent = f"“{words.plain(first.title, most=200)}”, {first.priority.upper()}, open for {age}"
        text = f"{counted} The most urgent is {urgent}."
        return Answer(text=text, payload=(table_block(parts.tickets_table(self.account)),))


def _named(contact: Contact) -> str:
    return f"{parts.described(contact)} ({words.spoken(contact.role)}, {contact.sentiment or 'sentiment not known'})"
