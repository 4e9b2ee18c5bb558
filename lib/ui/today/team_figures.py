"""The team in figures, on Today of who leads it; each leads to its rows."""

from collections.abc import Sequence

from lib.customers.model import AT_RISK_BAND
from lib.customers.team_overview import TeamFigure
from lib.customers.today_overview import TeamFigures, TodayOverview
from lib.text.format import format_count, format_money
from lib.text.html import Html
from lib.ui import page_links
from lib.ui.book.book_url import build_owner_link
from lib.ui.safe_text import draw_html
from lib.ui.team.team_url import build_team_link

TEAM_OWNER = "team"

_HEAD = Html('<h2>Team</h2><div class="zen-facts">{}</div>')
_FIGURE = Html(
    '<div><p class="zen-small zen-muted">{}</p><p class="zen-strong{}">'
    '<a class="zen-link" href="{}" target="_self">{}</a>{}</p></div>'
)


def draw_team_figures(overview: TodayOverview) -> None:
    """Nothing for a CSM, and nothing while the company has no customers."""
    if overview.team is not None and overview.team.customers:
        draw_html(_HEAD.format(Html("").join(_list_team_figures(overview.team))))
        page_links.draw_team_link("Who has what, and what is stuck")


def _list_team_figures(team: TeamFigures) -> Sequence[Html]:
    to_risks = build_owner_link(TEAM_OWNER, health=AT_RISK_BAND)
    arr = f" · {format_money(team.arr_at_risk)} ARR" if team.arr_at_risk else ""
    work = (
        ("Open runs", TeamFigure.OPEN, team.open_runs, False),
        ("Overdue", TeamFigure.OVERDUE, team.overdue_runs, True),
        ("Stuck", TeamFigure.STUCK, team.stuck_runs, True),
        ("Escalations waiting", TeamFigure.ESCALATIONS, team.escalations, False),
    )
    return [
        *(
            _build_team_figure_html(label, count, build_team_link(figure), is_bad=is_bad)
            for label, figure, count, is_bad in work
        ),
        _build_team_figure_html("At risk", team.at_risk, to_risks, arr, is_bad=True),
    ]


def _build_team_figure_html(label: str, count: int, link: str, suffix: str = "", *, is_bad: bool) -> Html:
    return _FIGURE.format(label, " zen-bad" if is_bad and count else "", link, format_count(count), suffix)
