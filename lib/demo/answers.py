"""What was typed into the slides of past runs. The keys are those of the forms in `lib.slides`, which a test holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Any

from lib.demo import corpus
from lib.demo.contacts import Person
from lib.demo.contracts import Term
from lib.demo.days import Calendar
from lib.demo.roster import PRICES, Client

Answers = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What lay before whoever answered: the customer, the term then, and the day, counted back."""

    client: Client
    people: tuple[Person, ...]
    term: Term
    day: int
    calendar: Calendar
    dice: Random
    outcome: Mapping[str, Any]

    def says(self, topic: str) -> str:
        text: str = self.dice.choice(corpus.read("history")["texts"][topic])
        return text

    def person(self, *roles: str) -> Person:
        """Who still works there in the first of these roles that is filled."""
        there = [person for person in self.people if person.status == "active"]
        found = [person for role in roles for person in there if person.role == role]
        return (found or there)[0]

    def ahead(self, days: int) -> str:
        """A workday some days after the one of the answer."""
        return self.calendar.workday(self.day - days).isoformat()


def _greeting(desk: Desk) -> Answers:
    return {"goal": desk.says("goal"), "concern": desk.says("concern")}


def _review(desk: Desk) -> Answers:
    return {"stands_out": desk.says("stands_out"), "data_wrong": None}


def _terms(desk: Desk) -> Answers:
    return {
        "terms_read": True, "notice_intention": desk.dice.choice(("renew_as_is", "renegotiate")),
        "signer": desk.person("economic_buyer", "champion").name, "differences": None,
    }  # fmt: skip


def _risk(desk: Desk) -> Answers:
    call = (
        "high" if desk.client.archetype.mood < 6 or desk.client.troubles else desk.dice.choice(("low", "low", "medium"))
    )
    return {"own_call": call, "reason": desk.says("risk_reason"), "mitigation": desk.says("mitigation")}


def _scenarios(desk: Desk) -> Answers:
    discount, seats = desk.term.discount, desk.term.seats
    uplift = min(5, desk.client.cap) if desk.client.cap else 5
    rows = [
        {"name": "As today", "uplift": 0, "discount": discount, "seats": seats},
        {"name": "Usual uplift", "uplift": uplift, "discount": discount, "seats": seats},
        {"name": "Fewer seats, same price", "uplift": uplift, "discount": discount, "seats": round(seats * 0.85)},
    ]
    chosen = desk.dice.choice(("As today", "Usual uplift", "Usual uplift"))
    return {"scenarios": rows, "chosen": chosen, "walk_away": desk.says("walk_away")}


def _quote(desk: Desk) -> Answers:
    lines = [
        {"item": name, "seats": desk.term.seats, "price": price, "discount": desk.term.discount}
        for letter, (name, price) in PRICES[desk.client.owner.company].items()
        if letter in desk.client.letters
    ]
    return {
        "lines": lines, "valid_until": desk.ahead(28), "remarks": None,
        "agreed_by": "Carol Adeyemi" if desk.term.discount > 10 else None,
    }  # fmt: skip


def _email(desk: Desk) -> Answers:
    to, owner = desk.person("economic_buyer", "champion"), desk.client.owner
    body = (
        f"Hello {to.formal},\n\nBefore we talk about the coming year, a look back: {desk.term.seats} of your people "
        f"plan with us. I have put a proposal together and would rather walk you through it than send it without a "
        f"word.\n\nWould half an hour next week suit you?\n\nKind regards\n{owner.full_name}\n{owner.company}"
    )
    return {"to": to.email, "cc": None, "subject": f"{desk.client.name}: your year with us", "body": body}


def _call(desk: Desk) -> Answers:
    return {
        "people": [desk.person("champion").id], "subject": f"{desk.client.name}: the coming year",
        "date": desk.ahead(7), "time": desk.dice.choice(("09:30", "10:00", "14:00")),
        "time_zone": str(desk.client.about["zone"]), "minutes": 30,
        "agenda": "1. Your year\n2. What should be different\n3. Our proposal\n4. Who decides, and by when",
    }  # fmt: skip


def _summary(desk: Desk) -> Answers:
    return dict(desk.outcome)


def _departure(desk: Desk) -> Answers:
    gone = next((person for person in desk.people if person.status == "left"), None)
    return {
        "who": gone.id if gone else "other", "who_else": None if gone else "The former head of operations",
        "left_on": desk.calendar.ago(gone.gone or 0).isoformat() if gone else None,
        "influence": gone.influence if gone else 4, "effect": desk.dice.choice(("slower", "open")),
        "carried_by": [desk.person("champion").id], "why": desk.says("why_left"),
    }  # fmt: skip


def _map(desk: Desk) -> Answers:
    move = {"who": desk.person("economic_buyer").name, "move": desk.says("move"), "by": desk.ahead(14)}
    return {"gaps": desk.says("gaps"), "moves": [move]}


def _replacement(desk: Desk) -> Answers:
    return {
        "choice": desk.person("executive_sponsor", "economic_buyer").id, "other": None,
        "introduced_by": desk.person("champion", "admin").id, "first_step": desk.says("first_step"),
        "by": desk.ahead(12),
    }  # fmt: skip


def _brief(desk: Desk) -> Answers:
    return {
        "headline": f"{desk.client.name}: what we have, what we need", "situation": desk.says("stands_out"),
        "asks": "Thirty minutes, once a quarter.\nOne name for decisions between them.", "decision": None,
    }  # fmt: skip


def _goals(desk: Desk) -> Answers:
    champion = desk.person("champion")
    goals = [
        {"goal": "Planning meetings under 40 minutes", "owner": champion.name, "due": desk.ahead(90),
         "measure": "Calendar, monthly"},
        {"goal": "Every site on one board", "owner": desk.person("admin").name, "due": desk.ahead(180),
         "measure": "Boards per site"},
    ]  # fmt: skip
    return {"goals": goals, "agreed_with": champion.name}


def _growth(desk: Desk) -> Answers:
    extra = max(5, desk.term.seats // 8)
    return {
        "modules": [], "extra_seats": extra, "amount": extra * desk.term.price, "by": desk.ahead(45),
        "why": desk.says("plan_why"),
    }  # fmt: skip


ANSWERS: Mapping[str, Callable[[Desk], Answers]] = MappingProxyType({
    "greeting": _greeting, "review-account": _review, "contract-terms": _terms, "assess-risk": _risk,
    "pricing-strategy": _scenarios, "prepare-quote": _quote, "draft-email": _email, "schedule-call": _call,
    "summary": _summary, "assess-departure": _departure, "stakeholder-map": _map,
    "identify-replacement": _replacement, "executive-brief": _brief, "set-goals": _goals, "growth-plan": _growth,
})  # fmt: skip
