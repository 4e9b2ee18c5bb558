"""Which team the page shows: all of the company, or one. The address is the only place it is kept."""

from collections.abc import Mapping

import streamlit as st

from lib.companies.invitation_list import MAX_TEAM_CHARS
from lib.customers.team_overview import TeamOverview
from lib.services import Services
from lib.text.truncate import single_line
from lib.ui import page_cache
from lib.ui.page_cache import Cached
from lib.ui.session_keys import TEAM, TEAM_FILTER

TEAM_PARAM = "team"
ALL_TEAMS = "All teams"


def parse_team_param(params: Mapping[str, str]) -> str | None:
    """The team in an address; None for all."""
    return single_line(params.get(TEAM_PARAM) or "")[:MAX_TEAM_CHARS].strip() or None


def load_team_overview(services: Services, team: str | None) -> Cached[TeamOverview]:
    """The members of a team, or all. One request, none within a minute."""
    page_cache.drop_value_of_other_subject(TEAM, team)
    return page_cache.load_for_page(TEAM, lambda: services.team.fetch_team_overview(team), skeleton_height=480)


def draw_team_filter(overview: TeamOverview, team: str | None) -> None:
    """A choice of the company's teams; nothing where there are none."""
    if not overview.teams and team is None:
        return
    names = {name.casefold(): name for name in sorted(overview.teams, key=str.casefold)}
    chosen = names.setdefault(team.casefold(), team) if team else None
    st.session_state[TEAM_FILTER] = chosen
    st.selectbox(
        "Team", [None, *names.values()], key=TEAM_FILTER, format_func=lambda name: single_line(name or ALL_TEAMS),
        # To Streamlit None is nothing chosen, and its words the placeholder.
        placeholder=ALL_TEAMS, label_visibility="collapsed", width=220, on_change=_choose_team,
    )  # fmt: skip


def _choose_team() -> None:
    """A callback: the address names the chosen team."""
    chosen = st.session_state[TEAM_FILTER]
    if chosen:
        st.query_params[TEAM_PARAM] = chosen
    else:
        st.query_params.pop(TEAM_PARAM, None)
