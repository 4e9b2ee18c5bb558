"""Narrowing the cards of the catalogue. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from lib.ui.catalogue.workflow_cards import CardState, WorkflowCard


@dataclass(frozen=True, kw_only=True)
class CardFilters:
    """What the list is narrowed to; None is any."""

    text: str = ""
    category: str | None = None
    origin: str | None = None
    state: CardState | None = None


def filter_workflow_cards(cards: Iterable[WorkflowCard], filters: CardFilters) -> tuple[WorkflowCard, ...]:
    """Those that match every filter, in whose name, description or slide titles every word stands."""
    words = filters.text.casefold().split()
    return tuple(
        card
        for card in cards
        if filters.category in (None, card.content.category)
        and filters.origin in (None, card.origin)
        and filters.state in (None, card.state)
        and all(word in _build_searchable_text(card) for word in words)
    )


def _build_searchable_text(card: WorkflowCard) -> str:
    return " ".join((card.content.name, card.content.description, *card.slide_titles)).casefold()
