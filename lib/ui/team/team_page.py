"""The page of the team: each member with their load, and the runs that do not move."""

from decimal import Decimal

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import ROLE_NAMES
from lib.companies.team_overview import MemberLoad, StuckReason, StuckRun, TeamOverview
from lib.customers.model import AT_RISK_BAND
from lib.text.format import format_count, format_date, format_money
from lib.text.html import Html
from lib.ui import empty_and_error_states, navigation, row_pages
from lib.ui.actions import buttons
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import DialogKind
from lib.ui.book.book_address import build_owner_link
from lib.ui.customer.customer_address import build_customer_link_html
from lib.ui.safe_text import draw_html, draw_row_with_buttons

FIRST_MEMBERS = 60
FIRST_STUCK_RUNS = 10
MEMBER_DIALOGS: tuple[DialogKind, ...] = ("hand_over", "absence", "change_team")
RENEWAL_DAYS = "90"

BAD = " zen-bad"
NO_WORK = Html('<p class="zen-small zen-muted">No book and no open work.</p>')

_FACT = Html('<div><p class="zen-small zen-muted">{}</p><p class="zen-strong{}">{}</p></div>')
_LINK = Html('<a class="zen-link" href="{}" target="_self">{}</a>')
_MEMBER = Html('<p><strong dir="auto">{}</strong> <span class="zen-muted">{}</span></p>{}')
_STUCK = Html('<p><strong dir="auto">{}</strong> · {}</p><p>{}</p><p class="zen-small zen-muted">{}</p>')


def draw_team(team: TeamOverview) -> None:
    """Members, largest book first, then the runs that do not move."""
    draw_html(Html('<p class="zen-muted">{}</p>').format(describe_team(team)))
    if not team.members:
        draw_html(Html('<p class="zen-muted">No one is in this team.</p>'))
    window = row_pages.get_window("team_members", len(team.members), at_first=FIRST_MEMBERS)
    for member in team.members[window.first : window.end]:
        _draw_member_row(member)
    row_pages.draw_pager("team_members", window, len(team.members), "member")
    st.markdown("## Stuck")
    draw_stuck_runs(team)


def describe_team(team: TeamOverview) -> str:
    """ "4 members · 92 customers · $6.1M ARR · 9 at risk ($610k) · 14 renewals in 90 days"."""
    members = team.members
    at_risk = sum(member.at_risk for member in members)
    parts = [
        format_count(len(members), "member"),
        format_count(sum(member.customers for member in members), "customer"),
        f"{format_money(sum(member.arr for member in members))} ARR",
    ]
    if at_risk:
        parts.append(f"{format_count(at_risk)} at risk ({format_money(sum(member.arr_at_risk for member in members))})")
    parts.append(
        f"{format_count(sum(member.renewals for member in members), 'notice deadline')} in {RENEWAL_DAYS} days"
    )
    return " · ".join(parts)


def draw_stuck_runs(team: TeamOverview) -> None:
    if not team.stuck_runs:
        empty_and_error_states.draw_empty_state(
            "Every run moves", "Nothing is overdue, unanswered or left alone.", icon=":material/check_circle:"
        )
        return
    window = row_pages.get_window("stuck_runs", len(team.stuck_runs), at_first=FIRST_STUCK_RUNS)
    for run in team.stuck_runs[window.first : window.end]:
        html = _STUCK.format(
            build_customer_link_html(str(run.customer_id), run.customer_name),
            run.workflow_name,
            describe_stuck_run(run, team),
            f"{run.worker_name} · {format_money(run.arr)} ARR",
        )
        with draw_row_with_buttons(html, key=f"stuck.{run.execution_id}"):
            navigation.draw_run_link(str(run.execution_id), "Open", of=(run.workflow_name, run.customer_name))
    row_pages.draw_pager("stuck_runs", window, len(team.stuck_runs), "run")
    if team.stuck_run_count > len(team.stuck_runs):
        st.caption(f"The {len(team.stuck_runs):,} with the most ARR of {format_count(team.stuck_run_count, 'run')}.")


def describe_stuck_run(run: StuckRun, team: TeamOverview) -> str:
    """Why a run does not move, as a sentence."""
    days = (team.today - run.since).days
    match run.reason:
        case StuckReason.NO_ANSWER:
            return f"{run.about_name} has not answered the escalation; an answer was due {format_date(run.since)}."
        case StuckReason.OVERDUE:
            return f"Overdue by {format_count(days, 'day')}, since {format_date(run.since)}."
        case StuckReason.SNOOZED_TOO_LONG:
            return f"Snoozed by {run.about_name} beyond the notice deadline, {format_date(run.since)}."
        case StuckReason.APPROVAL_WAITS:
            return f"The price {run.about_name} asked for has waited {format_count(days, 'day')} for approval."
        case StuckReason.UNTOUCHED:
            return f"Nothing has changed for {format_count(days, 'day')}."


def _draw_member_row(member: MemberLoad) -> None:
    about = f"{ROLE_NAMES[member.role]}{f' · {member.team}' if member.team else ''}"
    if member.away_until is not None:
        about += f" · away until {format_date(member.away_until)}"
    facts = _list_facts(member)
    work = Html('<div class="zen-facts">{}</div>').format(Html("").join(facts)) if facts else NO_WORK
    with draw_row_with_buttons(_MEMBER.format(member.full_name, about, work), key=f"member.{member.id}"):
        target = ActionTarget(person_id=str(member.id), person_name=member.full_name)
        buttons.draw_action_menu(
            MEMBER_DIALOGS, target, ActionSource.TEAM, of=f"member.{member.id}", about=member.full_name
        )


def _list_facts(member: MemberLoad) -> list[Html]:
    """The figures there are; those of customers lead to their rows in the book."""
    owner = str(member.id)
    to_risks = build_owner_link(owner, health=AT_RISK_BAND)
    to_renewals = build_owner_link(owner, days_from="0", days_to=RENEWAL_DAYS)
    facts = (
        ("Customers", member.customers, _build_value(member.customers, member.arr, build_owner_link(owner)), ""),
        ("At risk", member.at_risk, _build_value(member.at_risk, member.arr_at_risk, to_risks), BAD),
        (
            f"Deadlines in {RENEWAL_DAYS} days",
            member.renewals,
            _build_value(member.renewals, member.arr_renewing, to_renewals),
            "",
        ),
        ("Open runs", member.open_runs, _build_value(member.open_runs), ""),
        ("Overdue", member.overdue_runs, _build_value(member.overdue_runs), BAD),
        ("Stuck", member.stuck_runs, _build_value(member.stuck_runs), BAD),
        ("Escalations", member.escalations, _build_value(member.escalations), ""),
        ("Late follow-ups", member.late_follow_ups, _build_value(member.late_follow_ups), BAD),
    )
    return [_FACT.format(label, css, value) for label, count, value, css in facts if count]


def _build_value(count: int, arr: Decimal | None = None, link: str | None = None) -> Html:
    """ "8 · $757,935", the number as a link where its rows can be seen."""
    number = _LINK.format(link, format_count(count)) if link else Html.escape(format_count(count))
    return Html("{} · {}").format(number, format_money(arr)) if arr else number
