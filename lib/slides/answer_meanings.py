"""What answers are called in texts, and what each is: `{{ answer.goals }}`. `answer_summary.py` reads them."""

from collections.abc import Mapping
from types import MappingProxyType

ANSWER_PREFIX = "answer."
ANSWER_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "goal": "The goal for this run",
        "concern": "The concern at the start of the run",
        "stands_out": "What stands out in the account",
        "wrong_data": "What is wrong in our records",
        "direction": "The direction chosen for the contract",
        "signatory": "Who signs",
        "missing_terms": "Terms that are not in our records",
        "risk": "The risk as assessed by you",
        "risk_reason": "The reason for that risk",
        "scenario": "The pricing scenario proposed",
        "walk_away_point": "The walk-away point",
        "quote_items": "The items of the quote",
        "quote_valid_until": "The last day of the quote",
        "departed_contact": "Who left",
        "departure_effect": "The effect of that on the decision",
        "new_contact": "The new executive contact",
        "unlisted_contact": "Name and title of a new executive contact who is not in the records",
        "first_step": "The first step with the new contact",
        "first_step_by": "The day of the first step",
        "stakeholder_gaps": "Gaps among the stakeholders",
        "next_moves_with": "Stakeholders with a next move",
        "goals": "The goals set with the customer",
        "goals_agreed_with": "Who agreed to the goals",
        "modules": "The modules of the growth plan",
        "growth_amount": "The planned growth",
        "why_now": "Why to grow now",
        "brief": "The headline of the brief",
        "decision_needed": "The decision the brief asks for",
        "email_to": "Whom the email is to",
        "email_subject": "The subject of the email",
        "call": "Day and time of the call",
    }
)
