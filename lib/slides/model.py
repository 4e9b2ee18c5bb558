"""A slide: its builders read a `SlideInput` and return content. They fetch, write and draw nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lib.content.model import Callout, Chart, Facts, PlainText, Table, Text
from lib.customers.model import Account
from lib.forms.model import Answers, Form
from lib.slides.own_questions import OwnQuestion
from lib.slides.slide_address import get_slide_id_of_address
from lib.slides.slide_context import SlideContext
from lib.slides.stored_prices import RunPrices
from lib.slides.template_values import TemplateValues


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
    CUSTOM = "custom"


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
    """All a slide may read: the account, its context, the run's answers and revisions by address, its
    prices as stored, the person.

    `address` is the slide's own and `addresses` are those of the run, in order; `questions` are the
    company's own by address. `run_id` is empty before the run has begun. `template_values` is what
    `build_template_values` made of all this.
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
    address: str = ""
    addresses: tuple[str, ...] = ()
    questions: Mapping[str, tuple[OwnQuestion, ...]] = field(default_factory=dict)
    template_values: TemplateValues | None = field(default=None, init=False, compare=False, repr=False)

    def name_with_label(self, name: str) -> str:
        """The name of what the slide makes, with the slide's label: "email-second"."""
        return "-".join(part for part in (name, self.address.partition(":")[2]) if part)

    def list_addresses_of(self, slide_id: SlideId) -> tuple[str, ...]:
        """Where the run has this slide, in order; by its answers where the order is not known."""
        known = self.addresses or tuple(self.answers)
        return tuple(each for each in known if get_slide_id_of_address(each) == slide_id)

    def list_addresses_before(self) -> tuple[str, ...]:
        """The slides of the run before this one; none where the order is not known."""
        return self.addresses[: self.addresses.index(self.address)] if self.address in self.addresses else ()

    def find_address_of(self, slide_id: SlideId) -> str:
        """Which of several such slides is meant: this one, else the nearest before it, else the first."""
        found = self.list_addresses_of(slide_id)
        if self.address and get_slide_id_of_address(self.address) == slide_id:
            return self.address
        before = self.list_addresses_before()
        return next((each for each in reversed(found) if each in before), found[0] if found else slide_id.value)

    def revision_of(self, slide_id: SlideId) -> StepRevision:
        return self.revisions.get(self.find_address_of(slide_id), StepRevision())

    def answers_of(self, slide_id: SlideId) -> Answers:
        """The answers on another slide of the run; empty if there are none."""
        return self.answers_at(self.find_address_of(slide_id))

    def answers_at(self, address: str) -> Answers:
        """The answers on the slide at an address; empty if there are none."""
        stored = self.answers.get(address, {})
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
