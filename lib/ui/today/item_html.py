"""What an item of Today says, as HTML: what it is, why it waits, and its figures with their names."""

from datetime import UTC, date, datetime

from lib.customers.model import HealthBand
from lib.customers.today_items import EscalationSummary, TodayItem, TodayItemKind, Urgency
from lib.executions import today_sentences
from lib.executions.escalation_clock import describe_response_clock
from lib.text.format import format_short_date
from lib.text.html import Html, build_icon_html
from lib.ui import theme
from lib.ui.customer.customer_url import build_customer_link_html
from lib.ui.today import sentences

SCORE_LIMITS = (
    "Priority: the higher, the more urgent. Up to 40 points for the notice deadline, 30 for ARR, and 30 for all "
    "signals together. Health runs the other way: the higher, the better."
)
URGENCY_ICONS = {
    Urgency.ESCALATED: ":material/priority_high:",
    Urgency.HANDED_BACK: ":material/reply:",
    Urgency.APPROVAL: ":material/sell:",
    Urgency.OVERDUE: ":material/error:",
    Urgency.DUE_TODAY: ":material/today:",
    Urgency.BACK: ":material/notifications_active:",
}
_LINE = Html('<p dir="auto">{}</p>')
_SMALL = Html('<p class="zen-small zen-muted">{}</p>')


def build_item_html(item: TodayItem, today: date, time_zone: str, *, show_owner: bool) -> Html:
    """Customer and health, why it cannot wait, what it is about, and the figures."""
    band = HealthBand(item.health_band) if item.health_band else None
    health = theme.build_health_badge_html(item.health_score, band) if item.score is not None else Html("")
    is_about_customer = item.score is not None and item.kind is not TodayItemKind.FOLLOW_UP
    facts = (
        item.workflow_name or ("no workflow fits" if item.kind is TodayItemKind.CUSTOMER else None),
        sentences.format_priority(item) if is_about_customer else None,
        sentences.format_arr_and_deadline(item) if is_about_customer else None,
        item.owner_name if show_owner else None,
    )
    return Html("<h3>{} {}</h3>{}{}{}{}").format(
        build_customer_link_html(item.customer_id, item.customer_name),
        health,
        _build_absence_html(item),
        _build_urgency_html(item, today),
        Html("").join(_LINE.format(line) for line in _describe_item(item, today)),
        Html("").join((_build_clock_html(item, time_zone), _SMALL.format(" · ".join(part for part in facts if part)))),
    )


def _build_absence_html(item: TodayItem) -> Html:
    """For whom the person does it as a deputy."""
    if item.absence is None:
        return Html("")
    text = f"for {item.absence.person_name}, away until {format_short_date(item.absence.ends_on)}"
    return _SMALL.format(Html("{}{}").format(build_icon_html(":material/beach_access:"), text))


def _build_urgency_html(item: TodayItem, today: date) -> Html:
    text = today_sentences.describe_urgency(item, today)
    if item.urgency is None or text is None:
        return Html("")
    tone = "zen-bad" if item.urgency is Urgency.OVERDUE else "zen-strong"
    return Html('<p class="{}">{}{}</p>').format(tone, build_icon_html(URGENCY_ICONS[item.urgency]), text)


def _describe_item(item: TodayItem, today: date) -> list[str | Html]:
    lines: list[str | Html] = []
    if (back := today_sentences.describe_return_from_snooze(item, today)) is not None:
        lines.append(Html("{}{}").format(build_icon_html(URGENCY_ICONS[Urgency.BACK]), back))
    match item.kind:
        case TodayItemKind.ESCALATION if item.escalation:
            lines.append(item.escalation.ask)
        case TodayItemKind.HAND_BACK if item.escalation:
            lines.append(Html("<strong>{}</strong>").format(item.escalation.decision or ""))
        case TodayItemKind.FOLLOW_UP if item.follow_up:
            author = "" if item.follow_up.is_own else f" (by {item.follow_up.created_by_name})"
            lines.append(Html("<strong>{}</strong>{}").format(item.follow_up.title, author))
        case TodayItemKind.RUN if item.run:
            lines.append(f"{today_sentences.format_run_progress(item.run)}.")
            if (start := today_sentences.describe_start_by_itself(item.run)) is not None:
                lines.append(start)
        case TodayItemKind.CUSTOMER if item.reason_text:
            lines.append(item.reason_text)
        case _ if (text := today_sentences.describe_team_item(item, today)) is not None:
            lines.append(text)
    return lines


def _build_clock_html(item: TodayItem, time_zone: str) -> Html:
    match item.kind, item.escalation:
        case TodayItemKind.ESCALATION, EscalationSummary() as escalation:
            return build_escalation_clock_html(escalation, time_zone)
        case TodayItemKind.HAND_BACK, EscalationSummary() as escalation:
            return _SMALL.format(f"You asked: {escalation.ask}")
        case _:
            return Html("")


def build_escalation_clock_html(escalation: EscalationSummary, time_zone: str) -> Html:
    """Severity and response clock of an open escalation, and whose turn it is."""
    clock = describe_response_clock(escalation.respond_by, escalation.acknowledged_at, datetime.now(UTC), time_zone)
    assignee = "" if escalation.to_me else f" Assigned to {escalation.assigned_to_name}."
    text = f"{escalation.severity_label}. {clock}{assignee}"
    if escalation.is_overdue:
        return Html('<p class="zen-small zen-bad">{}{}</p>').format(build_icon_html(":material/error:"), text)
    return _SMALL.format(text)


def build_score_html(item: TodayItem) -> Html:
    """The priority as a sum; signals over the cap are listed below it."""
    rows = Html("").join(
        Html('<tr><td class="zen-number">{}</td><td>{}</td></tr>').format(reason.points, reason.sentence)
        for reason in sentences.select_score_parts(item.reasons)
    )
    over_cap = sentences.describe_signals_over_cap(item.reasons)
    version = f", by rule version {item.rule_version}" if item.rule_version is not None else ""
    return Html(
        '<div class="zen-table"><table><thead><tr><th class="zen-number">Points</th><th>Reason</th></tr></thead>'
        '<tbody>{}<tr class="zen-total"><td class="zen-number">{}</td><td>of 100{}</td></tr></tbody></table></div>'
        "{}{}"
    ).format(
        rows,
        item.score,
        version,
        _SMALL.format(SCORE_LIMITS),
        _SMALL.format(f"Also on record, over the limit: {over_cap}") if over_cap else "",
    )
