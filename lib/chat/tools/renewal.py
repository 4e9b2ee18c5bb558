from typing import Any

from pydantic import Field

from lib.chat.figures import chart_block, table_block
from lib.chat.tools.base import Arguments, Looking, Nothing
from lib.llm.tools import Answer
from lib.slides import words
from lib.slides.deck import parts
from lib.slides.deck.pricing_strategy import compared
from lib.slides.deck.scenarios import MOST_SEATS, Scenario, scenarios_of, suggested
from lib.slides.model import Chart, Table

NAME = "As you asked"


class ContractTerms(Looking):
    name = "contract_terms"
    description = "The contract in force: notice deadline, renewal date, term, auto-renewal, price, caps, modules."
    parameters = Nothing

    def run(self, arguments: Nothing) -> Answer:
        contract = self.account.contract
        if contract is None:
            return Answer(text=parts.notice_sentence(self.account))
        renews = "renews by itself" if contract.auto_renews else "ends unless it is renewed"
        cap = contract.uplift_cap_percent
        capped = f"may rise by {words.percent(cap)} at most" if cap is not None else "is not capped"
        text = (
            f"{parts.notice_sentence(self.account)} The contract {renews}; the price {capped}."
            f" ARR is {words.money(contract.arr)} for {words.count(contract.seats, 'seat')}."
        )
        details = (
            f"Term {words.count(contract.term_months, 'month')}, {words.day(contract.starts_on)} to"
            f" {words.day(contract.ends_on)}; notice {words.days(contract.notice_days)}; list price"
            f" {words.money(contract.annual_price_per_seat)} per seat and year; discount"
            f" {words.percent(contract.discount_percent)}; modules {words.plain(words.listed(contract.modules))}."
        )
        return Answer(text=f"{text}\n\n{details}")


class Terms(Arguments):
    uplift_percent: float | None = Field(default=None, ge=-90, le=200, description="Rise of the list price, in percent")
    discount_percent: float | None = Field(default=None, ge=0, le=100, description="Discount off the price, in percent")
    seats: int | None = Field(default=None, ge=0, le=MOST_SEATS, description="Number of seats")


class RenewalScenarios(Looking):
    name = "renewal_scenarios"
    description = (
        "ARR of the renewal in several scenarios beside today's, and who has to agree to the discount. Give uplift,"
        " discount or seats to add a scenario of your own. Shows a chart and a table."
    )
    parameters = Terms

    def run(self, arguments: Terms) -> Answer:
        contract = self.account.contract
        if contract is None:
            return Answer(text="There is no contract on record, so no scenario can be priced: no data.")
        rows = suggested(self.account)
        own = _row(arguments)
        if own:
            rows = [rows[0], own]
        answers = {"scenarios": rows}
        scenarios = scenarios_of(self.account, answers)
        sections = compared(self.scene.input(), answers)
        payload = (
            *(chart_block(section) for section in sections if isinstance(section, Chart)),
            *(table_block(section) for section in sections if isinstance(section, Table)),
        )
        first = f"ARR is {words.money(contract.arr)} today. {' '.join(_told(each) for each in scenarios[1:])}"
        return Answer(text=first.strip(), payload=payload)


def _row(arguments: Terms) -> dict[str, Any] | None:
    given = {
        "uplift": arguments.uplift_percent,
        "discount": arguments.discount_percent,
        "seats": arguments.seats,
    }
    if all(value is None for value in given.values()):
        return None
    return {"name": NAME, **given}


def _told(scenario: Scenario) -> str:
    seats = words.count(scenario.seats, "seat")
    terms = f"{seats}, uplift {words.percent(scenario.uplift)}, discount {words.percent(scenario.discount)}"
    cap = ", above the agreed cap" if scenario.above_cap else ""
    return f"{scenario.name} ({terms}{cap}): {words.money(scenario.arr)}, to be agreed by the {scenario.approver}."
