"""Selections and rankings from an account. Pure; unknown values stay None."""

from lib.customers.model import Account, Contact, HealthPart, ProductModule, Ticket

DECISION_MAKER_ROLES = ("economic_buyer", "executive_sponsor", "champion")
RECIPIENT_ROLES = ("economic_buyer", "champion", "executive_sponsor")


def list_open_tickets(account: Account, priority: str | None = None) -> tuple[Ticket, ...]:
    """Tickets not solved yet, most urgent first, then oldest."""
    still_open = (ticket for ticket in account.tickets if ticket.status != "solved")
    chosen = [ticket for ticket in still_open if priority in (None, ticket.priority)]
    return tuple(sorted(chosen, key=lambda ticket: (ticket.priority, ticket.opened_on)))


def count_open_tickets(account: Account) -> int:
    """How many tickets are not solved yet, loaded or not."""
    return max(account.open_ticket_count or 0, len(list_open_tickets(account)))


def find_weakest_health_part(account: Account) -> HealthPart | None:
    """The part of health that loses most points, if any loses one."""
    losing = [part for part in account.health.parts if part.points is not None and part.points < part.out_of]
    return max(losing, key=lambda part: part.out_of - (part.points or 0), default=None)


def list_departed_contacts(account: Account) -> tuple[Contact, ...]:
    """Contacts who left, those who decide first, then the most influential, then the latest."""
    gone = [contact for contact in account.contacts if contact.status == "left"]
    return tuple(sorted(gone, key=_rank_departed_contact, reverse=True))


def find_most_important_departed_contact(account: Account) -> Contact | None:
    gone = list_departed_contacts(account)
    return gone[0] if gone else None


def list_remaining_contacts(account: Account) -> tuple[Contact, ...]:
    """Contacts who did not leave, most influential first."""
    here = [contact for contact in account.contacts if contact.status != "left"]
    return tuple(sorted(here, key=lambda contact: (-(contact.influence or 0), contact.name)))


def choose_recipient(account: Account) -> Contact | None:
    """Whom to write to: buyer, champion, sponsor, else the first active contact, of those with an address."""
    known = [contact for role in RECIPIENT_ROLES if (contact := account.find_contact_by_role(role))]
    active = [contact for contact in list_remaining_contacts(account) if contact.status == "active"]
    return next((contact for contact in (*known, *active) if contact.email), None)


def list_unbought_product_modules(account: Account) -> tuple[ProductModule, ...]:
    """The price list without what the contract has; the whole list without a contract."""
    bought = set(account.contract.modules) if account.contract else set()
    return tuple(module for module in account.price_list if module.name not in bought)


def _rank_departed_contact(contact: Contact) -> tuple[bool, bool, int, int]:
    left_on = contact.left_on.toordinal() if contact.left_on else 0
    return (contact.replaced_by is None, contact.role in DECISION_MAKER_ROLES, contact.influence or 0, left_on)
