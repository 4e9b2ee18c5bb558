"""The quote as it goes to the customer: number, revision, parties, lines and totals."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import blake2b

from lib.forms.model import Answers
from lib.slides.model import SlideId, SlideInput
from lib.slides.quote_totals import Quote, compute_quote, read_quote_status
from lib.slides.shared_sections import find_contact, format_contact
from lib.slides.stored_prices import PriceStatus, describe_decision, describe_price_status
from lib.text.format import round_half_up
from lib.text.json_values import parse_date, parse_integer, parse_text
from lib.text.truncate import single_line

NUMBER_CHARACTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""Without vowels, so that no number is a word, and without what is read for another: 0, 1, L."""


@dataclass(frozen=True, kw_only=True)
class QuoteDocument:
    """What a quote says; amounts are in `quote`, what its price needs and who approved it in `status`."""

    number: str
    revision: int
    dated: date
    valid_until: date | None
    seller: str
    seller_contact: tuple[str, ...]
    customer: str
    contact: str
    term_months: int | None
    quote: Quote
    status: PriceStatus
    remarks: str

    @property
    def is_draft(self) -> bool:
        return bool(self.status.approver)

    @property
    def reference(self) -> str:
        return f"{self.number}, revision {self.revision}"

    @property
    def draft_title(self) -> str:
        """What kind of draft it is, in two or three words; empty if it is an offer."""
        if not self.is_draft:
            return ""
        return "Draft, not approved" if self.status.is_denied else "Draft, awaiting approval"

    @property
    def draft_reason(self) -> str:
        """Why it is no offer yet, in a sentence; empty if it is one."""
        if not self.is_draft:
            return ""
        return f"This price is no offer until it is approved: {self.status.approver}."

    @property
    def approved_by(self) -> str:
        """Who approved the price, and when; empty if nobody had to."""
        approval = self.status.approval
        return describe_decision(approval) if approval and self.status.is_approved else ""

    @property
    def term_total(self) -> Decimal | None:
        """USD over the whole term, if that is not one year."""
        if self.term_months in (None, 12):
            return None
        return round_half_up(self.quote.total * Decimal(self.term_months or 0) / 12, "0.01")


def build_quote_document(slide_input: SlideInput, answers: Answers) -> QuoteDocument:
    """The quote's document from the answers of its slide. The number is the run's, the revision the slide's."""
    account, revision = slide_input.account, slide_input.revision_of(SlideId.PREPARE_QUOTE)
    quote = compute_quote(answers, account)
    contact = find_contact(account, answers.get("contact"))
    return QuoteDocument(
        number=build_quote_number(slide_input.run_id),
        revision=revision.number + 1,
        dated=revision.saved_on or account.today,
        valid_until=parse_date(answers.get("valid_until")),
        seller=single_line(account.company_name, max_length=120),
        seller_contact=tuple(
            single_line(text, max_length=254) for text in (slide_input.person_name, slide_input.person_email) if text
        ),
        customer=single_line(account.customer.name, max_length=200),
        contact=format_contact(contact) if contact else "",
        term_months=parse_integer(answers.get("term_months")),
        quote=quote,
        status=read_quote_status(account, quote, slide_input.prices.quote),
        remarks=parse_text(answers.get("remarks")) or "",
    )


def build_quote_number(run_id: str) -> str:
    """ "Q-7ZK2-MQBX": the same for every quote of a run, and no other run's (38 bits). Empty before a run begins."""
    if not run_id:
        return ""
    number = int.from_bytes(blake2b(run_id.encode(), digest_size=8).digest())
    code = "".join(
        NUMBER_CHARACTERS[number // len(NUMBER_CHARACTERS) ** place % len(NUMBER_CHARACTERS)] for place in range(8)
    )
    return f"Q-{code[:4]}-{code[4:]}"


def describe_quote_status(document: QuoteDocument) -> str:
    """Its number and revision, and whether it is an offer yet."""
    if document.is_draft:
        text = describe_price_status(document.status).rstrip(".")
        return f"{document.reference}. {text}. Until it is approved, the quote is marked as a draft."
    approved = f" Approved by {document.approved_by}." if document.approved_by else ""
    return f"{document.reference}.{approved} Each change that is saved gives it a new revision."
