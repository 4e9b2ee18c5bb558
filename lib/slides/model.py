"""A slide: its builders read a `SlideInput` and return content. They fetch, write and draw nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lib.accounts.model import Account
from lib.content.model import Callout, Chart, Facts, PlainText, Table, Text
from lib.forms.model import Answers, Form
from lib.slides.slide_context import SlideContext


class SlideId(StrEnum):
    GREETING = "greeting"
    REVIEW_ACCOUNT = "review-account"
    SUMMARY = "summary"
    PREPARE_QUOTE = "prepare-quote"
    DRAFT_EMAIL = "draft-email"
    SCHEDULE_CALL = "schedule-call"
    ASSESS_DEPARTURE = "assess-departure"
    IDENTIFY_REPLACEMENT = "identify-replacement"
    ASSESS_RISK = "assess-risk"
    CONTRACT_TERMS = "contract-terms"
    PRICING_STRATEGY = "pricing-strategy"
    STAKEHOLDER_MAP = "stakeholder-map"
    SET_GOALS = "set-goals"
    GROWTH_PLAN = "growth-plan"
    EXECUTIVE_BRIEF = "executive-brief"


class SlideCategory(StrEnum):
    COMMON = "common"
    ACTION = "action"
    RISK = "risk"
    RENEWAL = "renewal"
    STRATEGY = "strategy"


@dataclass(frozen=True, kw_only=True)
class SlideInput:
    """All a slide may read: the account, its context, the run's answers by slide id, the person."""

    account: Account
    context: SlideContext
    category: str
    person_name: str
    answers: Mapping[str, Answers] = field(default_factory=dict)

    def answers_of(self, slide_id: SlideId) -> Answers:
        """The answers on another slide of the run; empty if there are none."""
        stored = self.answers.get(slide_id, {})
        return stored if isinstance(stored, Mapping) else {}


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file to download, made from the current answers: a quote, an email, a brief."""

    filename: str
    media_type: str
    content: bytes
    label: str


Section = Text | PlainText | Callout | Facts | Table | Chart
SectionBuilder = Callable[[SlideInput], Section | None]
FormBuilder = Callable[[SlideInput], Form]
ResultBuilder = Callable[[SlideInput, Answers], tuple[Section, ...]]
DocumentBuilder = Callable[[SlideInput, Answers], tuple[Document, ...]]


@dataclass(frozen=True, kw_only=True)
class Slide:
    """An entry of the library.

    `sections` are drawn above the form; `results` below it, from the current answers; `documents` are offered for
    download. `short` is its name in narrow places.
    """

    id: SlideId
    title: str
    short: str
    category: SlideCategory
    purpose: str
    sections: tuple[SectionBuilder, ...]
    form: FormBuilder
    defaults: SlideContext
    results: ResultBuilder | None = None
    documents: DocumentBuilder | None = None
