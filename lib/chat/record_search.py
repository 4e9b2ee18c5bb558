"""Search all records of a customer: those loaded with the account, and older ones with words of the question."""

from dataclasses import replace

from lib.chat.passage_retrieval import PassageHit, rank_passages
from lib.chat.record_passages import list_account_passages
from lib.customers.account_repository import AccountRepository
from lib.customers.customer_record_kinds import RecordKind, count_all_records
from lib.customers.model import Account
from lib.text.search_terms import list_word_beginnings


def search_records(account: Account, question: str, accounts: AccountRepository | None) -> tuple[PassageHit, ...]:
    """The passages that fit `question`, best first.

    One request where the customer has more notes or tickets than were loaded, else none. Raises Unavailable.
    """
    return rank_passages(list_account_passages(_add_older_records(account, question, accounts)), question)


def _add_older_records(account: Account, question: str, accounts: AccountRepository | None) -> Account:
    loaded = len(account.notes) + len(account.tickets)
    total = count_all_records(account, RecordKind.NOTES) + count_all_records(account, RecordKind.TICKETS)
    beginnings = list_word_beginnings(question)
    if accounts is None or total <= loaded or not beginnings:
        return account
    notes, tickets = accounts.search_notes_and_tickets(account.customer.id, beginnings)
    known_notes, known_tickets = {note.id for note in account.notes}, {ticket.number for ticket in account.tickets}
    return replace(
        account,
        notes=(*account.notes, *(note for note in notes if note.id not in known_notes)),
        tickets=(*account.tickets, *(ticket for ticket in tickets if ticket.number not in known_tickets)),
    )
