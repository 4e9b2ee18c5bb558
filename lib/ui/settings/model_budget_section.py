"""What each person and the company may use of the language model in a month: for an admin to change."""

from decimal import Decimal
from typing import Any

import streamlit as st

from lib.auth.time_zone import list_time_zones
from lib.companies.company_settings import CompanySettings, ModelUseOfCompany
from lib.errors import ZenError
from lib.forms.model import FieldKind
from lib.llm.model_budget import BudgetUnit, ModelUse, compute_use
from lib.llm.model_settings import ModelPrice
from lib.services import Services, get_model_settings
from lib.text.format import format_cost, format_count
from lib.text.local_time import format_time_zone
from lib.ui import page_cache
from lib.ui.actions.action_state import get_action_state
from lib.ui.actions.dialog_state import FlashMessage
from lib.ui.session_keys import SETTINGS_MODEL_USE
from lib.ui.settings import settings_draft
from lib.ui.settings.number_field import draw_number_field
from lib.ui.settings.settings_draft import SettingsDraft

SECTION = "model_budget"
MAX_BUDGET = 999_999_999_999
UTC = "UTC"


def draw_model_budget_section(settings: CompanySettings, services: Services, *, may_edit: bool) -> None:
    """The fields, what was used this month, and for an admin a button to save. One request, none within a minute."""
    model = get_model_settings()
    price = model.find_price(model.model)
    unit = BudgetUnit.USD if price else BudgetUnit.TOKENS
    base = _build_budgets(settings, unit)
    draft = settings_draft.get_settings_draft(SECTION, base, settings.revision)
    settings_draft.draw_settings_conflict(draft, base, settings.revision)
    with st.container(width=640, gap="small", key="settings_model_budget"):
        st.markdown(
            "Limits for one calendar month. A warning appears in the chat at 80%. At 100% no model is asked: the "
            "built-in assistant, written answers and actions go on working."
        )
        if not model.has_model:
            st.caption("No model is set up here, so nothing is used.")
        if settings.model_budget_unit != unit and _has_budget(settings):
            st.caption("The stored limits are in another unit and still hold. Saving replaces them.")
        _draw_budget_fields(draft, unit, is_disabled=not may_edit)
        if not may_edit:
            st.caption("An admin of your company can change these.")
            return
        _draw_use_of_month(services, unit, price)
        settings_draft.draw_draft_error(draft)
        with st.container(horizontal=True, gap="small"):
            key = draft.button_key("save")
            is_clicked = st.button("Save", key=key, type="primary", disabled=not draft.can_be_sent)
            settings_draft.draw_discard_settings_button(draft)
    if is_clicked:
        _save_budgets(draft, services)
        st.rerun()


def _has_budget(settings: CompanySettings) -> bool:
    return settings.model_budget_per_person is not None or settings.model_budget_of_company is not None


def _build_budgets(settings: CompanySettings, unit: BudgetUnit) -> dict[str, Any]:
    """As they are saved; without amounts if those stored are in another unit."""
    is_same = settings.model_budget_unit == unit
    amounts = (settings.model_budget_per_person, settings.model_budget_of_company) if is_same else (None, None)
    return {
        "unit": unit.value,
        "per_person": _to_number(amounts[0]),
        "of_company": _to_number(amounts[1]),
        "time_zone": settings.time_zone,
    }


def _to_number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _draw_budget_fields(draft: SettingsDraft, unit: BudgetUnit, *, is_disabled: bool) -> None:
    name = "USD" if unit is BudgetUnit.USD else "tokens"
    kind = FieldKind.DECIMAL if unit is BudgetUnit.USD else FieldKind.WHOLE
    draft.invalid_fields.clear()
    amounts: dict[str, float | None] = {}
    for column, key, label in zip(
        st.columns(2),
        ("per_person", "of_company"),
        (f"Each person, {name} a month", f"Whole company, {name} a month"),
        strict=True,
    ):
        stored = draft.base[key]
        with column:
            amounts[key] = _to_number(
                draw_number_field(
                    draft, key, label, None if stored is None else Decimal(str(stored)),
                    least=1, most=MAX_BUDGET, kind=kind, is_disabled=is_disabled, is_optional=True,
                )
            )  # fmt: skip
    st.caption("Empty: no limit.")
    zones = [UTC, *(zone for _, names in list_time_zones() for zone in names)]
    stored_zone = draft.base["time_zone"]
    zone = st.selectbox(
        "Months begin at midnight in",
        zones if stored_zone in zones else [stored_zone, *zones],
        index=zones.index(stored_zone) if stored_zone in zones else 0,
        format_func=format_time_zone,
        key=draft.field_key("time_zone"),
        disabled=is_disabled,
    )
    draft.content = {"unit": unit.value, **amounts, "time_zone": zone}


def _draw_use_of_month(services: Services, unit: BudgetUnit, price: ModelPrice | None) -> None:
    """What the company used this month, to choose a limit by."""
    try:
        use = page_cache.load_with_max_age(
            SETTINGS_MODEL_USE, services.company_settings.fetch_model_use, page_cache.CACHE_SECONDS
        ).value
    except ZenError:
        st.caption("What was used this month could not be loaded.")
        return
    st.caption(describe_model_use(use, unit, price))


def describe_model_use(use: ModelUseOfCompany, unit: BudgetUnit, price: ModelPrice | None) -> str:
    """ "Used this month: 12,400 tokens, $0.31"."""
    tokens = f"Used this month: {format_count(use.tokens, 'token')}"
    if unit is BudgetUnit.TOKENS:
        return f"{tokens}."
    counted = ModelUse(tokens=use.tokens, usd=use.usd, tokens_without_cost=use.tokens_without_cost)
    cost = format_cost(compute_use(counted, unit, price))
    estimated = ", partly estimated" if use.tokens_without_cost else ""
    return f"{tokens}, {cost}{estimated}."


def _save_budgets(draft: SettingsDraft, services: Services) -> None:
    actions = get_action_state()
    with actions.commands.lock:
        try:
            services.company_settings.save_model_budgets(draft.content, revision=draft.revision)
        except ZenError as error:
            draft.error = error
            actions.mark_data_changed()
            return
        settings_draft.close_settings_draft(SECTION)
        actions.record_success(FlashMessage(text="The model budget is saved."))
