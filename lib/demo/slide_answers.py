"""What was typed into the slides of past runs. The keys are those of the forms in `lib.slides`, which a test holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Any

from lib.demo import data_files
from lib.demo.contacts import DemoContact
from lib.demo.contracts import ContractTerm
from lib.demo.customers import PRICES, DemoCustomer
from lib.demo.demo_calendar import DemoCalendar

DemoAnswers = dict[str, Any]

SITE_WITH_WAITING_PRICE = "orchard-vale"
"""Where the open run proposes a price that the CSM may not give alone."""


@dataclass(frozen=True, kw_only=True)
class AnswerContext:
    """What lay before whoever answered: the customer, the term then, and the day, counted back."""

    customer: DemoCustomer
    people: tuple[DemoContact, ...]
    term: ContractTerm
    day: int
    calendar: DemoCalendar
    random: Random
    outcome: Mapping[str, Any]

    def pick_answer_text(self, topic: str) -> str:
        text: str = self.random.choice(data_files.read_data_file("history")["texts"][topic])
        return text

    def find_contact_by_role(self, *roles: str) -> DemoContact:
        """Who still works there in the first of these roles that is filled."""
        there = [person for person in self.people if person.status == "active"]
        found = [person for role in roles for person in there if person.role == role]
        return (found or there)[0]

    def format_workday_ahead(self, days: int) -> str:
        """A workday some days after the one of the answer."""
        return self.calendar.workday_near(self.day - days).isoformat()


def _generate_greeting_answers(context: AnswerContext) -> DemoAnswers:
    return {"goal": context.pick_answer_text("goal"), "concern": context.pick_answer_text("concern")}


def _generate_review_account_answers(context: AnswerContext) -> DemoAnswers:
    return {"stands_out": context.pick_answer_text("stands_out"), "data_wrong": None}


def _generate_contract_terms_answers(context: AnswerContext) -> DemoAnswers:
    return {
        "terms_read": True,
        "notice_intention": context.random.choice(("renew_as_is", "renegotiate")),
        "signer": context.find_contact_by_role("economic_buyer", "champion").name,
        "differences": None,
    }


def _generate_assess_risk_answers(context: AnswerContext) -> DemoAnswers:
    call = (
        "high"
        if context.customer.archetype.mood < 6 or context.customer.troubles
        else context.random.choice(("low", "low", "medium"))
    )
    return {
        "own_call": call,
        "reason": context.pick_answer_text("risk_reason"),
        "mitigation": context.pick_answer_text("mitigation"),
    }


def _generate_pricing_strategy_answers(context: AnswerContext) -> DemoAnswers:
    discount, seats = context.term.discount, context.term.seats
    uplift = min(5, context.customer.cap) if context.customer.cap else 5
    rows = [
        {"name": "As today", "uplift": 0, "discount": discount, "seats": seats},
        {"name": "Usual uplift", "uplift": uplift, "discount": discount, "seats": seats},
        {"name": "Fewer seats, same price", "uplift": uplift, "discount": discount, "seats": round(seats * 0.85)},
    ]
    chosen = context.random.choice(("As today", "Usual uplift", "Usual uplift"))
    if context.customer.site == SITE_WITH_WAITING_PRICE and context.outcome["outcome_code"] is None:
        chosen = "Two years, 15% off"
        rows.append({"name": chosen, "uplift": 0, "discount": 15, "seats": seats})
    return {"scenarios": rows, "chosen": chosen, "walk_away": context.pick_answer_text("walk_away")}


def _generate_prepare_quote_answers(context: AnswerContext) -> DemoAnswers:
    lines = [
        {"item": name, "seats": context.term.seats, "price": price, "discount": context.term.discount}
        for letter, (name, price) in PRICES[context.customer.owner.company].items()
        if letter in context.customer.module_letters
    ]
    return {
        "lines": lines,
        "term_months": context.term.months,
        "valid_until": context.format_workday_ahead(28),
        "remarks": None,
    }


def _generate_draft_email_answers(context: AnswerContext) -> DemoAnswers:
    to, owner = context.find_contact_by_role("economic_buyer", "champion"), context.customer.owner
    body = (
        f"Hi {to.short_name},\n\n{context.term.seats} people on your team now plan with us, so before your renewal "
        f"I'd like to look back at the year with you. I've put together a proposal, and I'd rather walk you through "
        f"it than just send it over.\n\nDo you have half an hour next week?\n\nBest regards,\n{owner.full_name}\n"
        f"{owner.company}"
    )
    return {"to": to.email, "cc": None, "subject": f"{context.customer.name}: your year with us", "body": body}


def _generate_schedule_call_answers(context: AnswerContext) -> DemoAnswers:
    return {
        "people": [context.find_contact_by_role("champion").id],
        "subject": f"{context.customer.name}: the coming year",
        "date": context.format_workday_ahead(7),
        "time": context.random.choice(("09:30", "10:00", "14:00")),
        "time_zone": str(context.customer.about["zone"]),
        "minutes": 30,
        "agenda": "1. Your year with us\n2. What should change\n3. Our proposal\n4. Who decides, and by when",
    }


def _generate_summary_answers(context: AnswerContext) -> DemoAnswers:
    return dict(context.outcome)


def _generate_assess_departure_answers(context: AnswerContext) -> DemoAnswers:
    gone = next((person for person in context.people if person.status == "left"), None)
    return {
        "who": gone.id if gone else "other",
        "who_else": None if gone else "The former head of operations",
        "left_on": context.calendar.days_ago(gone.left_days_ago or 0).isoformat() if gone else None,
        "influence": gone.influence if gone else 4,
        "effect": context.random.choice(("slower", "open")),
        "carried_by": [context.find_contact_by_role("champion").id],
        "why": context.pick_answer_text("why_left"),
    }


def _generate_stakeholder_map_answers(context: AnswerContext) -> DemoAnswers:
    move = {
        "who": context.find_contact_by_role("economic_buyer").name,
        "move": context.pick_answer_text("move"),
        "by": context.format_workday_ahead(14),
    }
    return {"gaps": context.pick_answer_text("gaps"), "moves": [move]}


def _generate_identify_replacement_answers(context: AnswerContext) -> DemoAnswers:
    return {
        "choice": context.find_contact_by_role("executive_sponsor", "economic_buyer").id,
        "other": None,
        "introduced_by": context.find_contact_by_role("champion", "admin").id,
        "first_step": context.pick_answer_text("first_step"),
        "by": context.format_workday_ahead(12),
    }


def _generate_executive_brief_answers(context: AnswerContext) -> DemoAnswers:
    return {
        "headline": f"{context.customer.name}: what we have, what we need",
        "situation": context.pick_answer_text("stands_out"),
        "asks": "Thirty minutes, once a quarter.\nOne name for decisions between them.",
        "decision": None,
    }


def _generate_set_goals_answers(context: AnswerContext) -> DemoAnswers:
    champion = context.find_contact_by_role("champion")
    goals = [
        {
            "goal": "Planning meetings under 40 minutes",
            "owner": champion.name,
            "due": context.format_workday_ahead(90),
            "measure": "Calendar, monthly",
        },
        {
            "goal": "Every site on one board",
            "owner": context.find_contact_by_role("admin").name,
            "due": context.format_workday_ahead(180),
            "measure": "Boards per site",
        },
    ]
    return {"goals": goals, "agreed_with": champion.name}


def _generate_growth_plan_answers(context: AnswerContext) -> DemoAnswers:
    extra = max(5, context.term.seats // 8)
    return {
        "modules": [],
        "extra_seats": extra,
        "amount": extra * context.term.price,
        "by": context.format_workday_ahead(45),
        "why": context.pick_answer_text("plan_why"),
    }


ANSWERS_BY_SLIDE: Mapping[str, Callable[[AnswerContext], DemoAnswers]] = MappingProxyType(
    {
        "greeting": _generate_greeting_answers,
        "review-account": _generate_review_account_answers,
        "contract-terms": _generate_contract_terms_answers,
        "assess-risk": _generate_assess_risk_answers,
        "pricing-strategy": _generate_pricing_strategy_answers,
        "prepare-quote": _generate_prepare_quote_answers,
        "draft-email": _generate_draft_email_answers,
        "schedule-call": _generate_schedule_call_answers,
        "summary": _generate_summary_answers,
        "assess-departure": _generate_assess_departure_answers,
        "stakeholder-map": _generate_stakeholder_map_answers,
        "identify-replacement": _generate_identify_replacement_answers,
        "executive-brief": _generate_executive_brief_answers,
        "set-goals": _generate_set_goals_answers,
        "growth-plan": _generate_growth_plan_answers,
    }
)
