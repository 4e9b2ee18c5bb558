from typing import Any

from pydantic import Field

from lib.chat.tools.tool_parameters import NoParameters, ReadOnlyTool, ToolParameters
from lib.content.model import Chart, Table
from lib.llm.tools import ToolOutput
from lib.slides import shared_sections
from lib.slides.library.pricing_strategy import build_scenario_comparison
from lib.slides.pricing_scenarios import MAX_SEATS, Scenario, compute_pricing_scenarios, suggest_pricing_scenarios
from lib.slides.stored_prices import describe_needed_approval
from lib.text.format import format_count, format_date, format_days, format_money, format_percent, join_names
from lib.text.truncate import single_line

OWN_SCENARIO_NAME = "As you asked"


class ContractTerms(ReadOnlyTool):
    name = "contract_terms"
    description = "The contract in force: notice deadline, renewal date, term, auto-renewal, price, caps, modules."
    parameters = NoParameters

    def run(self, arguments: NoParameters) -> ToolOutput:
        contract = self.account.contract
        if contract is None:
            return ToolOutput(text=shared_sections.describe_notice_deadline(self.account))
        renews = "auto-renews" if contract.auto_renews else "ends unless it is renewed"
        cap = contract.uplift_cap_percent
        capped = f"may rise by {format_percent(cap)} at most" if cap is not None else "is not capped"
        text = (
            f"{shared_sections.describe_notice_deadline(self.account)} The contract {renews}; the price {capped}."
            f" ARR is {format_money(contract.arr)} for {format_count(contract.seats, 'seat')}."
        )
        details = (
            f"Term {format_count(contract.term_months, 'month')}, {format_date(contract.starts_on)} to"
            f" {format_date(contract.ends_on)}; notice {format_days(contract.notice_days)}; list price"
            f" {format_money(contract.annual_price_per_seat)} per seat and year; discount"
            f" {format_percent(contract.discount_percent)}; modules {single_line(join_names(contract.modules))}."
        )
        return ToolOutput(text=f"{text}\n\n{details}")


class RenewalScenarioParameters(ToolParameters):
    uplift_percent: float | None = Field(default=None, ge=-90, le=200, description="Rise of the list price, in percent")
    discount_percent: float | None = Field(default=None, ge=0, le=100, description="Discount off the price, in percent")
    seats: int | None = Field(default=None, ge=0, le=MAX_SEATS, description="Number of seats")


class RenewalScenarios(ReadOnlyTool):
    name = "renewal_scenarios"
    description = (
        "ARR of the renewal in several scenarios beside today's, and who has to agree to the discount. Give uplift,"
        " discount or seats to add a scenario of your own. Shows a chart and a table."
    )
    parameters = RenewalScenarioParameters

    def run(self, arguments: RenewalScenarioParameters) -> ToolOutput:
        contract = self.account.contract
        if contract is None:
            return ToolOutput(text="There is no contract on record, so no scenario can be priced: no data.")
        rows = suggest_pricing_scenarios(self.account)
        own = _build_scenario_row(arguments)
        if own:
            rows = [rows[0], own]
        answers = {"scenarios": rows}
        scenarios = compute_pricing_scenarios(self.account, answers)
        sections = build_scenario_comparison(self.context.slide_input(), answers)
        charts = tuple(section for section in sections if isinstance(section, Chart))
        tables = tuple(section for section in sections if isinstance(section, Table))
        first = (
            f"ARR is {format_money(contract.arr)} today. {' '.join(_describe_scenario(each) for each in scenarios[1:])}"
        )
        return ToolOutput(text=first.strip(), blocks=(*charts, *tables))


def _build_scenario_row(arguments: RenewalScenarioParameters) -> dict[str, Any] | None:
    values = {
        "uplift": arguments.uplift_percent,
        "discount": arguments.discount_percent,
        "seats": arguments.seats,
    }
    if all(value is None for value in values.values()):
        return None
    return {"name": OWN_SCENARIO_NAME, **values}


def _describe_scenario(scenario: Scenario) -> str:
    seats = format_count(scenario.seats, "seat")
    terms = f"{seats}, uplift {format_percent(scenario.uplift)}, discount {format_percent(scenario.discount)}"
    cap = ", above the agreed cap" if scenario.is_above_cap else ""
    approval = (
        f"needs {describe_needed_approval(scenario.approver)}"
        if scenario.needs_other_approval
        else "no approval needed"
    )
    return f"{scenario.name} ({terms}{cap}): {format_money(scenario.arr)}, {approval}."
