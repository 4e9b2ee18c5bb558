from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field

from lib.chat.tools.tool_parameters import ReadOnlyTool, ToolParameters
from lib.customers.account_rankings import list_remaining_contacts
from lib.customers.model import Contact
from lib.llm.tools import ToolOutput
from lib.text.format import format_date, humanize_code, join_names
from lib.text.search_terms import fold_text
from lib.text.truncate import single_line

MAX_PEOPLE = 8
DECISION_ROLES = ("economic_buyer", "executive_sponsor")
CONTACT_ROLES: Mapping[str, tuple[str, ...]] = {
    "decision_maker": DECISION_ROLES,
    "champion": ("champion",),
    "sponsor": ("executive_sponsor",),
    "procurement": ("procurement",),
    "legal": ("legal",),
    "admin": ("admin",),
    "detractor": ("detractor",),
}


class FindContactsParameters(ToolParameters):
    roles: list[str] = Field(default_factory=list, max_length=7, description=f"Of: {', '.join(CONTACT_ROLES)}")
    name: str | None = Field(default=None, max_length=120, description="First name or surname")
    sentiment: Literal["positive", "neutral", "negative"] | None = Field(default=None, description="Towards us")
    left: bool = Field(default=False, description="People who left, and who came after them")


class FindContacts(ReadOnlyTool):
    name = "find_contacts"
    description = "People at the customer by name, role or sentiment, a sentence each with the last contact."
    parameters = FindContactsParameters

    def run(self, arguments: FindContactsParameters) -> ToolOutput:
        everybody = self.account.contacts
        if not everybody:
            return ToolOutput(text="No contacts on record for this customer: no data.")
        named = [contact for contact in everybody if arguments.name and _is_called(contact, arguments.name)]
        if arguments.left and not arguments.roles:
            return ToolOutput(text=" ".join(self._describe_departures(named)))
        if named and not arguments.roles:
            return ToolOutput(text=" ".join(map(_describe_contact, named[:MAX_PEOPLE])))
        if arguments.name and not (arguments.roles or arguments.sentiment):
            return ToolOutput(text=f"Nobody called “{single_line(arguments.name)}” is on record at this customer.")
        found = self._select(arguments.roles, arguments.sentiment)
        if not found:
            return ToolOutput(text=self._describe_nobody(arguments))
        most = " ".join(_describe_contact(contact) for contact in found[:MAX_PEOPLE])
        rest = f" {len(found) - MAX_PEOPLE} more." if len(found) > MAX_PEOPLE else ""
        return ToolOutput(text=most + rest)

    def _select(self, roles: Sequence[str], sentiment: str | None) -> list[Contact]:
        """Those in the first of the roles that somebody has, of the sentiment, most influence first."""
        here = list_remaining_contacts(self.account)
        codes = [code for role in roles for code in CONTACT_ROLES.get(role, ())]
        in_role = next((some for code in codes if (some := [each for each in here if each.role == code])), None)
        found = list(here) if not codes else in_role or []
        return [each for each in found if sentiment in (None, each.sentiment)]

    def _describe_departures(self, named: Sequence[Contact]) -> Iterator[str]:
        gone = [contact for contact in named or self.account.contacts if contact.status == "left"]
        if not gone:
            yield f"{join_names(contact.name for contact in named)} has not left." if named else "Nobody has left."
        names = {contact.id: contact.name for contact in self.account.contacts}
        for contact in gone[:MAX_PEOPLE]:
            day = f" on {format_date(contact.left_on)}" if contact.left_on else ""
            successor = names.get(contact.replaced_by or "")
            then = f"; {single_line(successor)} came after" if successor else "; no successor is on record"
            yield f"{_format_person(contact)} left{day}{then}."
            same_role = [each for each in list_remaining_contacts(self.account) if each.role == contact.role]
            if same_role and not successor:
                yield f"Another {humanize_code(contact.role)} there: {_format_person(same_role[0])}."

    def _describe_nobody(self, arguments: FindContactsParameters) -> str:
        roles = join_names(humanize_code(role) for role in arguments.roles)
        if arguments.sentiment:
            return f"No contact{f' as {roles}' if roles else ''} is {arguments.sentiment} on record."
        return f"No {roles or 'such person'} is on record at this customer: no data."


def _is_called(contact: Contact, name: str) -> bool:
    """By any part of the name or the title: "Hugh", "Delacroix", "CFO"."""
    parts = fold_text(f"{contact.name} {contact.title or ''}").replace("-", " ").split()
    return all(word in parts for word in fold_text(name).replace("-", " ").split())


def _format_person(contact: Contact) -> str:
    title = f", {single_line(contact.title, max_length=120)}" if contact.title else ""
    return f"{single_line(contact.name, max_length=120)}{title} ({humanize_code(contact.role)})"


def _describe_contact(contact: Contact) -> str:
    mood = contact.sentiment or "sentiment unknown"
    last = format_date(contact.last_contact_on) if contact.last_contact_on else "none on record"
    left = f", left {format_date(contact.left_on)}" if contact.status == "left" else ""
    address = f", {single_line(contact.email, max_length=200)}" if contact.email else ""
    return f"{_format_person(contact)}: {mood}{left}, last contact {last}{address}."
