"""The page of the team: each member with their load, and the runs that do not move."""

from decimal import Decimal

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import ROLE_NAMES
from lib.customers.model import AT_RISK_BAND
from lib.customers.team_overview import MemberLoad, TeamFigure, TeamOverview
from lib.services import Services
from lib.text.format import format_count, format_date, format_money
from lib.text.html import Html
from lib.ui import row_pager
from lib.ui.actions import buttons
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import DialogKind
from lib.ui.book.book_url import build_owner_link
from lib.ui.safe_text import draw_html, draw_row_with_buttons
from lib.ui.team.team_rows import draw_figure_rows, draw_stuck_runs, draw_team_escalations
from lib.ui.team.team_url import TeamView, build_team_link

FIRST_MEMBERS = 60
MEMBER_DIALOGS: tuple[DialogKind, ...] = ("hand_over", "absence", "change_team")
RENEWAL_DAYS = "90"

BAD = " zen-bad"
NO_WORK = Html('<p class="zen-small zen-muted">No book and no open work.</p>')

_FACT = Html('<div><p class="zen-small zen-muted">{}</p><p class="zen-strong{}">{}</p></div>')
_LINK = Html('<a class="zen-link" href="{}" target="_self">{}</a>')
_MEMBER = Html('<p><strong dir="auto">{}</strong> <span class="zen-muted">{}</span></p>{}')


def draw_team_members(team: TeamOverview, view: TeamView, services: Services) -> None:
    """Members, largest book first, open escalations, stuck runs; or the rows behind the figure that was pressed."""
    time_zone = services.person.time_zone
    draw_html(Html('<p class="zen-muted">{}</p>').format(describe_team(team)))
    if view.figure is not None:
        draw_figure_rows(team, view, services.team, time_zone)
        return
    if not team.members:
        draw_html(Html('<p class="zen-muted">No one is in this team.</p>'))
    window = row_pager.get_row_window("team_members", len(team.members), at_first=FIRST_MEMBERS)
    for member in team.members[window.first : window.end]:
        _draw_member_row(member)
    row_pager.draw_row_pager("team_members", window, len(team.members), "member")
    if team.escalations:
        st.markdown("## Escalations")
        draw_team_escalations(team, team.escalations, time_zone)
    st.markdown("## Stuck")
    draw_stuck_runs(team, team.stuck_runs)


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


def _draw_member_row(member: MemberLoad) -> None:
    about = f"{ROLE_NAMES[member.role]}{f' · {member.team}' if member.team else ''}"
    if member.away_until is not None:
        about += f" · away until {format_date(member.away_until)}"
    facts = _list_member_figures(member)
    work = Html('<div class="zen-facts">{}</div>').format(Html("").join(facts)) if facts else NO_WORK
    with draw_row_with_buttons(_MEMBER.format(member.full_name, about, work), key=f"member.{member.id}"):
        target = ActionTarget(person_id=str(member.id), person_name=member.full_name)
        buttons.draw_action_menu(
            MEMBER_DIALOGS, target, ActionSource.TEAM, of=f"member.{member.id}", about=member.full_name
        )


def _list_member_figures(member: MemberLoad) -> list[Html]:
    """The figures there are. Each leads to its rows: customers in the book, work on this page."""
    owner = str(member.id)
    to_risks = build_owner_link(owner, health=AT_RISK_BAND)
    to_renewals = build_owner_link(owner, days_from="0", days_to=RENEWAL_DAYS)
    facts = (
        (
            "Customers",
            member.customers,
            _build_count_and_arr_html(member.customers, member.arr, build_owner_link(owner)),
            "",
        ),
        ("At risk", member.at_risk, _build_count_and_arr_html(member.at_risk, member.arr_at_risk, to_risks), BAD),
        (
            f"Deadlines in {RENEWAL_DAYS} days",
            member.renewals,
            _build_count_and_arr_html(member.renewals, member.arr_renewing, to_renewals),
            "",
        ),
        ("Open runs", member.open_runs, _build_work_link(owner, TeamFigure.OPEN, member.open_runs), ""),
        ("Overdue", member.overdue_runs, _build_work_link(owner, TeamFigure.OVERDUE, member.overdue_runs), BAD),
        ("Snoozed", member.snoozed_runs, _build_work_link(owner, TeamFigure.SNOOZED, member.snoozed_runs), ""),
        ("Stuck", member.stuck_runs, _build_work_link(owner, TeamFigure.STUCK, member.stuck_runs), BAD),
        ("Escalations", member.escalations, _build_work_link(owner, TeamFigure.ESCALATIONS, member.escalations), ""),
        (
            "Late follow-ups",
            member.late_follow_ups,
            _build_work_link(owner, TeamFigure.LATE_FOLLOW_UPS, member.late_follow_ups),
            BAD,
        ),
    )
    return [_FACT.format(label, css, value) for label, count, value, css in facts if count]


def _build_count_and_arr_html(count: int, arr: Decimal, link: str) -> Html:
    """ "8 · $757,935", the number as a link to its customers."""
    number = _LINK.format(link, format_count(count))
    return Html("{} · {}").format(number, format_money(arr)) if arr else number


def _build_work_link(person_id: str, figure: TeamFigure, count: int) -> Html:
    return _LINK.format(build_team_link(figure, person_id), format_count(count))
