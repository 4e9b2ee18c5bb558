"""Ranks who could take over from a contact who left, by points anybody can check by hand."""

from dataclasses import dataclass

from lib.customers.account_rankings import list_remaining_contacts
from lib.customers.model import Account, Contact

RANKING_FORMULA = (
    "Influence 0-5 (0 when not known); sentiment positive 3, neutral 1; role economic buyer or executive sponsor 3, "
    "champion 2; contact within 30 days 2, within 90 days 1; already named as the successor 3. At most 16."
)
SENTIMENT_POINTS = {"positive": 3, "neutral": 1}
ROLE_POINTS = {"economic_buyer": 3, "executive_sponsor": 3, "champion": 2}
NAMED_SUCCESSOR_POINTS = 3


@dataclass(frozen=True, kw_only=True)
class SuccessorCandidate:
    """`reasons` are the addends of `points`, in words."""

    contact: Contact
    points: int
    reasons: tuple[str, ...]


def rank_successor_candidates(account: Account) -> tuple[SuccessorCandidate, ...]:
    """Everybody who did not leave, best first; ties by name."""
    successors = {contact.replaced_by for contact in account.contacts if contact.replaced_by}
    candidates = (
        _score_successor_candidate(account, contact, contact.id in successors)
        for contact in list_remaining_contacts(account)
    )
    return tuple(sorted(candidates, key=lambda candidate: (-candidate.points, candidate.contact.name)))


def _score_successor_candidate(account: Account, contact: Contact, is_successor: bool) -> SuccessorCandidate:
    addends = [
        (contact.influence or 0, f"influence {contact.influence}" if contact.influence else "influence unknown"),
        (SENTIMENT_POINTS.get(contact.sentiment or "", 0), contact.sentiment or "sentiment unknown"),
        (ROLE_POINTS.get(contact.role, 0), contact.role.replace("_", " ")),
        _score_last_contact(account, contact),
        (NAMED_SUCCESSOR_POINTS if is_successor else 0, "named as the successor" if is_successor else ""),
    ]
    reasons = tuple(f"{reason} (+{points})" if points else reason for points, reason in addends if reason)
    return SuccessorCandidate(contact=contact, points=sum(points for points, _ in addends), reasons=reasons)


def _score_last_contact(account: Account, contact: Contact) -> tuple[int, str]:
    if contact.last_contact_on is None:
        return 0, "never contacted"
    days = (account.today - contact.last_contact_on).days
    return 2 if days <= 30 else 1 if days <= 90 else 0, f"last contact {days} days ago"
