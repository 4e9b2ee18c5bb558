"""A customer's notes, tickets, contract and past runs as passages that can be cited."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from lib.content.model import Citation, CitationSource
from lib.customers.customer_record_kinds import RecordKind, count_all_records, count_loaded_records
from lib.customers.found_records import SavedAnswer
from lib.customers.model import Account, Contract, Note, PastRun, Ticket
from lib.slides.shared_sections import describe_notice_deadline
from lib.text.format import (
    format_count,
    format_date,
    format_days,
    format_money,
    format_percent,
    humanize_code,
    join_names,
)
from lib.text.truncate import single_line, strip_invisible

MAX_PASSAGE_LENGTH = 700
# A small letter goes on with the sentence, and so does what follows a title.
_SENTENCE = re.compile(
    r"(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bNo\.)(?<=[.!?…])[\"'”’)\]]*\s+(?=[^\s.!?a-zß-ÿ])|(?<=[。！？])|\n+"
)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A part of a record. `id` is the record's, `label` names it, `text` is plain and untrusted."""

    source: CitationSource
    id: str
    label: str
    text: str
    day: date | None = None


def list_account_passages(account: Account) -> tuple[Passage, ...]:
    """All passages of an account; long notes in parts."""
    return (
        *_list_note_passages(account),
        *_list_ticket_passages(account),
        *_list_contract_passages(account),
        *_list_past_run_passages(account),
    )


def find_record_of_citation(account: Account, citation: Citation) -> Passage | None:
    """The whole record behind a citation as it is now; None if it is gone."""
    parts = [
        part for part in list_account_passages(account) if (part.source, part.id) == (citation.source, citation.id)
    ]
    if not parts:
        return None
    first = parts[0]
    text = " ".join(part.text for part in parts)
    return Passage(source=first.source, id=first.id, label=first.label, text=text, day=first.day)


def has_records_not_loaded(account: Account, source: CitationSource) -> bool:
    """True if the customer has more records of this source than were loaded with the account."""
    kinds = {
        CitationSource.NOTE: RecordKind.NOTES,
        CitationSource.TICKET: RecordKind.TICKETS,
        CitationSource.PAST_RUN: RecordKind.PAST_RUNS,
    }
    if source is CitationSource.ANSWER:
        return True
    kind = kinds.get(source)
    return kind is not None and count_all_records(account, kind) > count_loaded_records(account, kind)


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order."""
    return tuple(part.strip() for part in _SENTENCE.split(text) if part and part.strip())


def _list_note_passages(account: Account) -> Iterator[Passage]:
    for note in account.notes:
        for text in split_into_passages(strip_invisible(note.body)):
            yield Passage(
                source=CitationSource.NOTE, id=note.id, label=_format_note_label(note), text=text, day=note.happened_on
            )


def _format_note_label(note: Note) -> str:
    author = single_line(note.author_name, max_length=80)
    return f"{humanize_code(note.kind).capitalize()}, {format_date(note.happened_on)}, {author}"


def _list_ticket_passages(account: Account) -> Iterator[Passage]:
    for ticket in account.tickets:
        number = single_line(ticket.number, max_length=60)
        label = f"Ticket {number}, {format_date(ticket.opened_on)}"
        yield Passage(
            source=CitationSource.TICKET, id=number, label=label, text=_describe_ticket(ticket), day=ticket.opened_on
        )


def _describe_ticket(ticket: Ticket) -> str:
    solved = f", solved {format_date(ticket.solved_on)}" if ticket.solved_on else ""
    state = f"{ticket.priority.upper()}, {ticket.status}, opened {format_date(ticket.opened_on)}{solved}"
    pleased = "" if ticket.satisfied is None else f" The customer was {'' if ticket.satisfied else 'not '}satisfied."
    return f"Support ticket “{single_line(ticket.title, max_length=300)}”: {state}.{pleased}"


def _list_contract_passages(account: Account) -> Iterator[Passage]:
    if account.contract is not None:
        label = f"Contract, {format_date(account.contract.starts_on)} to {format_date(account.contract.ends_on)}"
        for text in _describe_contract(account, account.contract):
            day = account.contract.starts_on
            yield Passage(source=CitationSource.CONTRACT, id="contract", label=label, text=text, day=day)


def _describe_contract(account: Account, contract: Contract) -> Iterator[str]:
    yield describe_notice_deadline(account)
    renewal = "It auto-renews" if contract.auto_renews else "It ends unless it is renewed"
    yield f"The contract term is {format_count(contract.term_months, 'month')}. {renewal}."
    yield f"The notice period is {format_days(contract.notice_days)} before the renewal date."
    price = f"{format_count(contract.seats, 'seat')} at a list price of {format_money(contract.annual_price_per_seat)}"
    yield f"ARR is {format_money(contract.arr)}: {price}, discount {format_percent(contract.discount_percent)}."
    cap = contract.uplift_cap_percent
    capped = f"capped at {format_percent(cap)}" if cap is not None else "not capped"
    yield f"The price increase (uplift) at renewal is {capped}."
    if contract.modules:
        yield f"Modules in the contract: {single_line(join_names(contract.modules), max_length=400)}."


def _list_past_run_passages(account: Account) -> Iterator[Passage]:
    for run in account.past_runs:
        name = single_line(run.workflow_name, max_length=120)
        label = f"Run “{name}”, {format_date(run.finished_on)}"
        yield Passage(
            source=CitationSource.PAST_RUN,
            id=run.id,
            label=label,
            text=_describe_past_run(run, name, account.rules.format_outcome(run.outcome_code, otherwise="")),
            day=run.finished_on,
        )


def _describe_past_run(run: PastRun, name: str, outcome_label: str) -> str:
    outcome = f" with the outcome “{outcome_label.lower()}”" if outcome_label else ""
    reason = f" Reason: {single_line(run.outcome_reason, max_length=400)}" if run.outcome_reason else ""
    return f"The run “{name}” was {humanize_code(run.status)} on {format_date(run.finished_on)}{outcome}.{reason}"


def list_answer_passages(answers: Iterable[SavedAnswer]) -> Iterator[Passage]:
    """Answers saved in runs as passages; long ones in parts."""
    for answer in answers:
        label = f"Answer on “{humanize_code(answer.slide_id)}”, {format_date(answer.saved_on)}"
        for text in split_into_passages(strip_invisible(answer.body)):
            yield Passage(source=CitationSource.ANSWER, id=answer.id, label=label, text=text, day=answer.saved_on)


def split_into_passages(body: str) -> Iterator[str]:
    """Split a long text between sentences."""
    part = ""
    for sentence in split_sentences(body):
        short = single_line(sentence, max_length=MAX_PASSAGE_LENGTH)
        if part and len(part) + len(short) > MAX_PASSAGE_LENGTH:
            yield part
            part = ""
        part = f"{part} {short}".strip()
    if part:
        yield part
