"""A slide: its builders read a `SlideInput` and return content. They fetch, write and draw nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lib.content.model import Callout, Chart, Facts, PlainText, Table, Text
from lib.customers.model import Account
from lib.forms.model import Answers, Form
from lib.slides.slide_context import SlideContext
from lib.slides.stored_prices import RunPrices


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
class StepRevision:
    """How often a slide's answers were saved, and the day of the last time; `number` 0 is never."""

    number: int = 0
    saved_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class SlideInput:
    """All a slide may read: the account, its context, the run's answers and revisions by slide id, its
    prices as stored, the person.

    `run_id` is empty before the run has begun.
    """

    account: Account
    context: SlideContext
    category: str
    person_name: str
    answers: Mapping[str, Answers] = field(default_factory=dict)
    person_email: str = ""
    run_id: str = ""
    revisions: Mapping[str, StepRevision] = field(default_factory=dict)
    prices: RunPrices = field(default_factory=RunPrices)

    def revision_of(self, slide_id: SlideId) -> StepRevision:
        return self.revisions.get(slide_id, StepRevision())

    def answers_of(self, slide_id: SlideId) -> Answers:
        """The answers on another slide of the run; empty if there are none."""
        stored = self.answers.get(slide_id, {})
        return stored if isinstance(stored, Mapping) else {}


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file to download, made from the current answers: a quote, an email, a brief. `build` makes it when asked."""

    filename: str
    media_type: str
    label: str
    build: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class MailLink:
    """A link that opens the email in a mail program."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class TextToCopy:
    """A text with a button that copies it."""

    label: str
    text: str


SlideOutput = Document | MailLink | TextToCopy
"""How what a slide made leaves Zen."""

Section = Text | PlainText | Callout | Facts | Table | Chart
SectionBuilder = Callable[[SlideInput], Section | None]
FormBuilder = Callable[[SlideInput], Form]
ResultBuilder = Callable[[SlideInput, Answers], tuple[Section, ...]]
DocumentBuilder = Callable[[SlideInput, Answers], tuple[SlideOutput, ...]]


@dataclass(frozen=True, kw_only=True)
class Slide:
    """An entry of the library.

    `sections` are drawn above the form; `results` below it, from the current answers; `documents` are what can be
    downloaded, opened or copied. `short` is its name in narrow places.
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
