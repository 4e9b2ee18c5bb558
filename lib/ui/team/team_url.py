"""Which rows of the team are shown, in the page's address: a link or a reload shows the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from lib.customers.team_overview import TeamFigure
from lib.server.page_urls import PagePath


@dataclass(frozen=True, kw_only=True)
class TeamView:
    """The rows behind a figure, of a person or of all; no figure: the members."""

    figure: TeamFigure | None = None
    person_id: str | None = None


def parse_team_view(params: Mapping[str, str]) -> TeamView:
    """The view in an address; what cannot be read is left out."""
    figure = params.get("show")
    if figure not in set(TeamFigure):
        return TeamView()
    try:
        return TeamView(figure=TeamFigure(figure), person_id=str(UUID(params.get("person") or "")))
    except ValueError:
        return TeamView(figure=TeamFigure(figure))


def build_team_link(figure: TeamFigure, person_id: str | None = None) -> str:
    """The address of the rows behind a figure: "/team?show=overdue&person=4f1c…"."""
    given = {"show": figure.value} | ({"person": person_id} if person_id else {})
    return f"/{PagePath.TEAM}?{urlencode(given)}"
