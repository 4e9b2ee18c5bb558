"""Lists of an account of which only the first rows are loaded with it; `customer_records` in SQL has the rest."""

from collections.abc import Mapping
from enum import StrEnum

from lib.customers.model import Account, Note, PastRun, SurveyResponse, Ticket


class RecordKind(StrEnum):
    """Such a list, by its field of Account."""

    NOTES = "notes"
    TICKETS = "tickets"
    SURVEYS = "surveys"
    PAST_RUNS = "past_runs"


CustomerRecord = Note | Ticket | SurveyResponse | PastRun

RECORD_TYPES: Mapping[RecordKind, type[CustomerRecord]] = {
    RecordKind.NOTES: Note,
    RecordKind.TICKETS: Ticket,
    RecordKind.SURVEYS: SurveyResponse,
    RecordKind.PAST_RUNS: PastRun,
}


def count_loaded_records(account: Account, kind: RecordKind) -> int:
    records: tuple[CustomerRecord, ...] = getattr(account, kind.value)
    return len(records)


def count_all_records(account: Account, kind: RecordKind) -> int:
    """How many records the customer has, loaded or not."""
    counts = {
        RecordKind.NOTES: account.note_count,
        RecordKind.TICKETS: account.ticket_count,
        RecordKind.SURVEYS: account.survey_count,
        RecordKind.PAST_RUNS: account.past_run_count,
    }
    return max(counts[kind] or 0, count_loaded_records(account, kind))
