"""The questions of a library slide without a customer: their keys, kinds and labels."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from lib.customers.company_codes_and_limits import CompanyRules
from lib.customers.model import Account, Customer, Health, Priority
from lib.forms.model import Field
from lib.slides.model import Slide, SlideInput
from lib.slides.slide_context import SlideContext

_ANY_DAY = date(2026, 1, 1)
EMPTY_ACCOUNT = Account(
    today=_ANY_DAY, company_name="",
    customer=Customer(
        id="", name="", owner_id="", owner_name="", segment="mid", customer_since=_ANY_DAY, time_zone="UTC"
    ),
    health=Health(score=None, band=None, parts=()), priority=Priority(score=0, reasons=()),
    rules=CompanyRules(
        outcome_codes=(), severities=(), skip_reasons=(), approval_bands=(), own_discount_limit=Decimal(0)
    ),
)  # fmt: skip
"""An account of nobody, for forms that need one only for their choices."""


_ASKED_BY_TEXT = "Asked by the text of the slide"


@cache
def find_key_of_slide_question(slide: Slide) -> str | None:
    """The key of the question that the text `question` of the context words; None where that heads the form."""
    context = slide.defaults.merge(SlideContext(question=_ASKED_BY_TEXT))
    slide_input = SlideInput(account=EMPTY_ACCOUNT, context=context, category="renewal", person_name="")
    return next((field.key for field in slide.form(slide_input).fields if field.label == _ASKED_BY_TEXT), None)


@cache
def list_slide_fields(slide: Slide) -> Mapping[str, Field]:
    """The questions of the slide's own form by key; they are the same for every account."""
    slide_input = SlideInput(account=EMPTY_ACCOUNT, context=slide.defaults, category="renewal", person_name="")
    return MappingProxyType({field.key: field for field in slide.form(slide_input).fields})
