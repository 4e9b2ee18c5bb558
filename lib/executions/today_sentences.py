"""Why an item of Today waits, in sentences. Plain text: names in it are escaped where it is drawn."""

from datetime import date

from lib.customers.start_reason import describe_start_reason
from lib.customers.today_items import OpenRun, TodayItem, TodayItemKind, Urgency
from lib.slides.library import get_default_slide_title
from lib.slides.stored_prices import describe_price_below_list
from lib.text.format import NO_DATA, format_date, format_days


def describe_urgency(item: TodayItem, today: date) -> str | None:
    """Why an item cannot wait, in words; None for one that can."""
    match item.urgency:
        case Urgency.OVERDUE | Urgency.DUE_TODAY:
            due_on = item.urgent_day
            if item.urgency is Urgency.DUE_TODAY:
                is_deadline = item.kind in (TodayItemKind.CUSTOMER, TodayItemKind.RENEWAL)
                return "Notice deadline today" if is_deadline else "Due today"
            return f"Overdue by {format_days((today - due_on).days)} ({format_date(due_on)})" if due_on else "Overdue"
        case Urgency.ESCALATED:
            return f"Escalated to you by {item.escalation.raised_by_name}" if item.escalation else "Escalated to you"
        case Urgency.HANDED_BACK:
            return f"Handed back by {item.escalation.assigned_to_name}" if item.escalation else "Handed back"
        case Urgency.APPROVAL:
            return f"{item.price.requested_by_name} asks for your approval" if item.price else "Waits for your approval"
        case Urgency.BACK | None:
            return None


def describe_return_from_snooze(item: TodayItem, today: date) -> str | None:
    """ "Back today, as planned." or which signal came, and why it was snoozed; None for what was not snoozed."""
    if item.woke_because is None:
        return None
    reason = f" Snoozed because: {item.snooze_reason or NO_DATA}"
    if item.planned_for is None:
        return f"Back: {item.woke_because}{reason}"
    since = "Back today" if item.planned_for == today else f"Back since {format_date(item.planned_for)}"
    planned = f"as {item.planned_by_name} planned" if item.planned_by_name else "as planned"
    return f"{since}, {planned}.{reason}"


def describe_team_item(item: TodayItem, today: date) -> str | None:
    """What a leader decides on or looks after: a price, a stuck run, a renewal nobody has begun; None for the rest."""
    match item.kind:
        case TodayItemKind.PRICE if item.price:
            price = item.price
            return describe_price_below_list(
                price.total, price.list_total, price.off_list_percent, lacks_list_price=price.lacks_list_price
            )
        case TodayItemKind.STUCK if item.stuck:
            return f"Stuck with {item.stuck.worker_name}: {item.stuck.describe(today)}"
        case TodayItemKind.RENEWAL:
            return f"At risk, and nobody has begun. {item.reason_text}".strip()
        case _:
            return None


def describe_start_by_itself(run: OpenRun) -> str | None:
    """ "Began by itself. Notice deadline in 30 days."; None where a person began the run."""
    return f"Began by itself. {describe_start_reason(run.start_reason)}." if run.start_reason else None


def format_run_progress(run: OpenRun) -> str:
    """ "At “Contract terms”, 3 of 9 slides done"."""
    title = get_default_slide_title(run.current_slide)
    return f"At “{title}”, {run.slides_done} of {run.slides} slides done"
