"""What a slide says a price needs is what the database asks for: both compute the same."""

import random
from decimal import Decimal

import pytest
from psycopg.types.json import Jsonb

from lib.customers.account_repository import AccountRepository
from lib.executions.repository import ExecutionRepository
from lib.slides.pricing_scenarios import compute_pricing_scenarios, find_chosen_pricing_scenario, read_scenario_status
from lib.slides.quote_totals import compute_quote, read_quote_status
from tests.database.factories import Sql
from tests.database.test_price_approvals import run, save
from tests.support.companies import Company

pytestmark = pytest.mark.usefixtures("run")
__all__ = ["run"]

ODD = (None, "", "a lot", 0, -1, 0.005, 10**13, True, [], 1e12)


def draw(chance: random.Random, low: float, high: float, places: int = 2) -> object:
    return chance.choice(ODD) if chance.random() < 0.08 else round(chance.uniform(low, high), places)


def scenarios_of(chance: random.Random) -> list[dict[str, object]]:
    return [
        {
            "name": f"Offer {place}",
            "uplift": draw(chance, -90, 60),
            "discount": draw(chance, 0, 60),
            "seats": draw(chance, 0, 400, 0),
        }
        for place in range(chance.randint(1, 4))
    ]


def lines_of(chance: random.Random) -> list[dict[str, object]]:
    return [
        {
            "item": chance.choice(("Subscription", "Analytics", " Analytics ", "Setup", None)),
            "seats": draw(chance, -60, 300, 0),
            "price": draw(chance, -50, 900, chance.choice((0, 2, 4))),
            "discount": draw(chance, 0, 60) if chance.random() < 0.9 else draw(chance, 100, 220),
        }
        for _ in range(chance.randint(1, 5))
    ]


def test_slides_and_database_agree_on_every_price(company: Company, run: str, sql: Sql) -> None:
    chance = random.Random(20261129)
    runs, accounts = ExecutionRepository(company.csm.client), AccountRepository(company.csm.client)
    account = accounts.fetch_account(runs.fetch_run(run).customer_id)
    for _ in range(60):
        pricing = {"scenarios": scenarios_of(chance), "chosen": "Offer 0"}
        lines = {"lines": lines_of(chance)}
        for slide, answers in (("pricing-strategy", pricing), ("prepare-quote", lines)):
            sql.execute(
                """
                insert into public.workflow_step_executions (company_id, execution_id, slide_id, answers, saved_by)
                values (%s, %s, %s, %s, %s) on conflict (execution_id, slide_id) do update
                set answers = excluded.answers, revision = workflow_step_executions.revision + 1""",
                [company.id, run, slide, Jsonb(answers), company.csm.id],
            )
        prices = runs.fetch_run(run).prices
        chosen = find_chosen_pricing_scenario(account, pricing)
        assert chosen
        assert prices.scenario
        assert prices.scenario.off_list_percent == chosen.off_list_percent, pricing
        status = read_scenario_status(account, chosen, prices.scenario)
        assert (status.approval is not None) is chosen.needs_other_approval, pricing
        quote = compute_quote(lines, account)
        assert prices.quote
        assert (prices.quote.off_list_percent or Decimal(0)) == quote.off_list_percent, lines
        quoted = read_quote_status(account, quote, prices.quote)
        assert (quoted.approval is not None) is account.rules.needs_discount_approval(quote.off_list_percent), lines


def test_figures_that_are_not_the_stored_ones_are_not_approved(company: Company, run: str) -> None:
    runs, accounts = ExecutionRepository(company.csm.client), AccountRepository(company.csm.client)
    row = {"name": "Offer", "uplift": 0, "discount": 8, "seats": 100}
    save(company.csm, run, "pricing-strategy", {"scenarios": [row], "chosen": "Offer"})
    execution = runs.fetch_run(run)
    account = accounts.fetch_account(execution.customer_id)
    (typed,) = compute_pricing_scenarios(account, {"scenarios": [row | {"discount": 15}]})
    status = read_scenario_status(account, typed, execution.prices.scenario)
    assert (status.approver, status.approval) == ("manager", None)
