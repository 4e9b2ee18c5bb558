"""What is on record about a customer, as passages that can be cited: notes, tickets, the contract, past runs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lib.accounts.model import Account, Contract, Note, PastRun, Ticket
from lib.chat.blocks import Citation, Source
from lib.slides import words
from lib.slides.deck.parts import notice_sentence

LONGEST_PASSAGE = 700
# A small letter goes on with the sentence, and so does what follows a title.
_SENTENCE = re.compile(
    r"(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bNo\.)(?<=[.!?…])[\"'”’)\]]*\s+(?=[^\s.!?a-zß-ÿ])|(?<=[。！？])|\n+"
)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """`id` is the record's, `label` says which record it is, `text` is plain and untrusted."""

    source: Source
    id: str
    label: str
    text: str
    day: date | None = None


def passages(account: Account) -> tuple[Passage, ...]:
    """Everything on record, long notes in parts."""
    return (*_notes(account), *_tickets(account), *_contract(account), *_past_runs(account))


def find(account: Account, citation: Citation) -> Passage | None:
    """The whole record behind a citation, as it is now; None when it is not on record any more."""
    parts = [part for part in passages(account) if (part.source, part.id) == (citation.source, citation.id)]
    if not parts:
        return None
    first = parts[0]
    text = " ".join(part.text for part in parts)
    return Passage(source=first.source, id=first.id, label=first.label, text=text, day=first.day)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order, trimmed."""
    return tuple(part.strip() for part in _SENTENCE.split(text) if part and part.strip())


def _notes(account: Account) -> Iterator[Passage]:
    for note in account.notes:
        for text in _parts(words.visible(note.body)):
            yield Passage(source=Source.NOTE, id=note.id, label=_note_label(note), text=text, day=note.happened_on)


def _note_label(note: Note) -> str:
    author = words.plain(note.author_name, most=80)
    return f"{words.spoken(note.kind).capitalize()}, {words.day(note.happened_on)}, {author}"


def _tickets(account: Account) -> Iterator[Passage]:
    for ticket in account.tickets:
        number = words.plain(ticket.number, most=60)
        label = f"Ticket {number}, {words.day(ticket.opened_on)}"
        yield Passage(source=Source.TICKET, id=number, label=label, text=_ticket_text(ticket), day=ticket.opened_on)


def _ticket_text(ticket: Ticket) -> str:
    solved = f", solved {words.day(ticket.solved_on)}" if ticket.solved_on else ""
    state = f"{ticket.priority.upper()}, {ticket.status}, opened {words.day(ticket.opened_on)}{solved}"
    pleased = "" if ticket.satisfied is None else f" The customer was {'' if ticket.satisfied else 'not '}satisfied."
    return f"Support ticket “{words.plain(ticket.title, most=300)}”: {state}.{pleased}"


def _contract(account: Account) -> Iterator[Passage]:
    if account.contract is not None:
        label = f"Contract, {words.day(account.contract.starts_on)} to {words.day(account.contract.ends_on)}"
        for text in _terms(account, account.contract):
            day = account.contract.starts_on
            yield Passage(source=Source.CONTRACT, id="contract", label=label, text=text, day=day)


def _terms(account: Account, contract: Contract) -> Iterator[str]:
    yield notice_sentence(account)
    renewal = "It renews by itself" if contract.auto_renews else "It ends unless it is renewed"
    yield f"The contract term is {words.count(contract.term_months, 'month')}. {renewal}."
    yield f"The notice period is {words.days(contract.notice_days)} before the renewal date."
    price = f"{words.count(contract.seats, 'seat')} at a list price of {words.money(contract.annual_price_per_seat)}"
    yield f"ARR is {words.money(contract.arr)}: {price}, discount {words.percent(contract.discount_percent)}."
    cap = contract.uplift_cap_percent
    capped = f"capped at {words.percent(cap)}" if cap is not None else "not capped"
    yield f"The price increase (uplift) at renewal is {capped}."
    if contract.modules:
        yield f"Modules in the contract: {words.plain(words.listed(contract.modules), most=400)}."


def _past_runs(account: Account) -> Iterator[Passage]:
    for run in account.past_runs:
        name = words.plain(run.workflow_name, most=120)
        label = f"Run “{name}”, {words.day(run.finished_on)}"
        yield Passage(source=Source.PAST_RUN, id=run.id, label=label, text=_run_text(run, name), day=run.finished_on)


def _run_text(run: PastRun, name: str) -> str:
    outcome = f" with the outcome {words.spoken(run.outcome_code)}" if run.outcome_code else ""
    reason = f" Reason: {words.plain(run.outcome_reason, most=400)}" if run.outcome_reason else ""
    return f"The run “{name}” ended {words.spoken(run.status)} on {words.day(run.finished_on)}{outcome}.{reason}"


def _parts(body: str) -> Iterator[str]:
    """A long text in parts of whole sentences."""
    part = ""
    for sentence in sentences(body):
        short = words.plain(sentence, most=LONGEST_PASSAGE)
        if part and len(part) + len(short) > LONGEST_PASSAGE:
            yield part
            part = ""
        part = f"{part} {short}".strip()
    if part:
        yield part
