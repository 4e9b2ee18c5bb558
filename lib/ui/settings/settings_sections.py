"""The sections of the settings: which one is shown, and what they all are drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import streamlit as st

from lib.companies.company_settings import CompanySettings
from lib.companies.score_rules import ScoreKind, ScoreRule
from lib.customers.company_codes_and_limits import CompanyRules
from lib.services import Services
from lib.ui import page_cache
from lib.ui.page_cache import Cached
from lib.ui.session_keys import SETTINGS, SETTINGS_SECTION
from lib.ui.settings.approval_limits_section import draw_limits_section
from lib.ui.settings.calendar_section import draw_calendar_section
from lib.ui.settings.codes_and_limits_view import draw_code_lists
from lib.ui.settings.event_tokens_section import draw_event_tokens_section
from lib.ui.settings.model_budget_section import draw_model_budget_section
from lib.ui.settings.reasons_and_outcomes_section import draw_codes_section
from lib.ui.settings.score_rules_section import draw_score_rules_section
from lib.ui.settings.workflow_suggestions_section import draw_suggestions_section


@dataclass(frozen=True, kw_only=True)
class LoadedSettings:
    settings: CompanySettings
    score_rules: Mapping[ScoreKind, ScoreRule]
    rules: CompanyRules


class DrawSection(Protocol):
    def __call__(self, loaded: LoadedSettings, services: Services, *, may_edit: bool, time_zone: str) -> None: ...


def load_settings(services: Services) -> Cached[LoadedSettings]:
    """All of them, in three requests; none within a minute. Raises as `page_cache.load_for_page`."""

    def fetch_all() -> LoadedSettings:
        return LoadedSettings(
            settings=services.company_settings.fetch_settings(),
            score_rules=services.score_rules.fetch_score_rules(),
            rules=services.accounts.fetch_company_rules(),
        )

    return page_cache.load_for_page(SETTINGS, fetch_all, skeleton_height=480)


def choose_section() -> str:
    names = list(SECTIONS)
    chosen = st.segmented_control(
        "Section", names, default=names[0], key=SETTINGS_SECTION, label_visibility="collapsed", required=True
    )
    return chosen or names[0]


def _draw_calendar(loaded: LoadedSettings, services: Services, *, may_edit: bool, time_zone: str) -> None:
    draw_calendar_section(loaded.settings, services, may_edit=may_edit)


def _draw_health(loaded: LoadedSettings, services: Services, *, may_edit: bool, time_zone: str) -> None:
    rule = loaded.score_rules[ScoreKind.HEALTH]
    draw_score_rules_section(ScoreKind.HEALTH, rule, services, may_edit=may_edit, time_zone=time_zone)


def _draw_priority(loaded: LoadedSettings, services: Services, *, may_edit: bool, time_zone: str) -> None:
    rule = loaded.score_rules[ScoreKind.PRIORITY]
    draw_score_rules_section(ScoreKind.PRIORITY, rule, services, may_edit=may_edit, time_zone=time_zone)


def _draw_suggestions(loaded: LoadedSettings, services: Services, *, may_edit: bool, time_zone: str) -> None:
    draw_suggestions_section(services, may_edit=may_edit, time_zone=time_zone)


def _draw_codes(loaded: LoadedSettings, services: Services, *, may_edit: bool, time_zone: str) -> None:
    if may_edit:
        draw_limits_section(loaded.rules, loaded.settings.revision, services)
        draw_codes_section(loaded.rules, loaded.settings.revision, services)
    else:
        draw_code_lists(loaded.rules)


def _draw_model_budget(loaded: LoadedSettings, services: Services, *, may_edit: bool, time_zone: str) -> None:
    draw_model_budget_section(loaded.settings, services, may_edit=may_edit)


def _draw_event_tokens(loaded: LoadedSettings, services: Services, *, may_edit: bool, time_zone: str) -> None:
    draw_event_tokens_section(services, may_edit=may_edit, time_zone=time_zone)


SECTIONS: Mapping[str, DrawSection] = {
    "Company": _draw_calendar,
    "Health": _draw_health,
    "Priority": _draw_priority,
    "Suggestions": _draw_suggestions,
    "Codes and limits": _draw_codes,
    "Model": _draw_model_budget,
    "Events": _draw_event_tokens,
}
