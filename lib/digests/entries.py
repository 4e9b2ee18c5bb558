"""What a digest says of each item: its customer, why it waits, and where to open it. Plain text, not escaped."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from lib.customers.today_items import EscalationSummary, TodayItem, TodayItemKind
from lib.executions import today_sentences
from lib.executions.escalation_clock import describe_response_clock
from lib.text.format import format_short_date
from lib.text.truncate import single_line

MAX_NAME = 120
MAX_LINE = 400


@dataclass(frozen=True, kw_only=True)
class DigestEntry:
    title: str
    lines: tuple[str, ...]
    url: str


def build_item_entry(item: TodayItem, today: date, time_zone: str, app_url: str) -> DigestEntry:
    """An item of Today in the sentences of that page."""
    lines = (
        _describe_absent_colleague(item),
        _end_with_full_stop(today_sentences.describe_urgency(item, today)),
        today_sentences.describe_return_from_snooze(item, today),
        today_sentences.describe_team_item(item, today) or _describe_item_matter(item),
        _describe_escalation_clock(item.escalation, time_zone) if item.kind is TodayItemKind.ESCALATION else None,
    )
    return DigestEntry(
        title=_build_entry_title(item.customer_name, item.workflow_name),
        lines=tuple(single_line(line, max_length=MAX_LINE) for line in lines if line),
        url=build_item_url(item, app_url),
    )


def build_escalation_entry(escalation: EscalationSummary, time_zone: str, app_url: str) -> DigestEntry:
    """An escalation whose first answer is due."""
    lines = (
        f"Escalated to {'you' if escalation.to_me else escalation.assigned_to_name} by {escalation.raised_by_name}.",
        escalation.ask,
        _describe_escalation_clock(escalation, time_zone),
    )
    return DigestEntry(
        title=_build_entry_title(escalation.customer_name, escalation.workflow_name),
        lines=tuple(single_line(line, max_length=MAX_LINE) for line in lines if line),
        url=_build_run_url(escalation.execution_id, app_url),
    )


def build_item_url(item: TodayItem, app_url: str) -> str:
    """The run of the item; the customer's page where it has none."""
    if item.execution_id is not None:
        return _build_run_url(item.execution_id, app_url)
    # As `lib.ui.customer.customer_url.customer_link`; a test holds them together.
    return f"{app_url}/customer?id={item.customer_id}"


def _build_run_url(execution_id: str, app_url: str) -> str:
    return f"{app_url}/run?execution={execution_id}"


def _build_entry_title(customer_name: str, workflow_name: str | None) -> str:
    names = (single_line(name, max_length=MAX_NAME) for name in (customer_name, workflow_name) if name)
    return ", ".join(names)


def _describe_absent_colleague(item: TodayItem) -> str | None:
    """For whom the person does it as a deputy."""
    if item.absence is None:
        return None
    return f"For {item.absence.person_name}, away until {format_short_date(item.absence.ends_on)}."


def _describe_item_matter(item: TodayItem) -> str | None:
    """What it is about, by its kind."""
    match item.kind:
        case TodayItemKind.ESCALATION:
            return item.escalation.ask if item.escalation else None
        case TodayItemKind.HAND_BACK:
            return item.escalation.decision if item.escalation else None
        case TodayItemKind.FOLLOW_UP if item.follow_up:
            author = "" if item.follow_up.is_own else f" (by {item.follow_up.created_by_name})"
            return f"{item.follow_up.title}{author}"
        case TodayItemKind.RUN if item.run:
            progress = f"{today_sentences.format_run_progress(item.run)}."
            return " ".join(filter(None, (progress, today_sentences.describe_start_by_itself(item.run))))
        case _:
            return item.reason_text or None


def _describe_escalation_clock(escalation: EscalationSummary | None, time_zone: str) -> str | None:
    if escalation is None:
        return None
    clock = describe_response_clock(escalation.respond_by, escalation.acknowledged_at, datetime.now(UTC), time_zone)
    return f"{escalation.severity_label}. {clock}"


def _end_with_full_stop(text: str | None) -> str | None:
    return f"{text}." if text else None
