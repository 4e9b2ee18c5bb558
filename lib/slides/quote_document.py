"""The quote as it goes to the customer: a PDF and a spreadsheet of the same values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from lib.content.model import Cell, ColumnKind
from lib.files.glyphs import describe_characters, find_missing_characters
from lib.files.pdf import list_texts, render_pdf
from lib.files.spreadsheet import XLSX_MEDIA_TYPE, Sheet, SheetRow, build_xlsx
from lib.forms.model import Answers
from lib.slides.model import Document, SlideId, SlideInput
from lib.slides.quote_totals import Quote, QuoteLine, compute_quote
from lib.slides.shared_sections import find_contact, format_contact
from lib.text.file_names import build_filename
from lib.text.format import (
    format_count,
    format_date,
    format_exact_money,
    format_exact_percent,
    format_number,
    round_half_up,
)
from lib.text.json_values import parse_date, parse_integer, parse_text
from lib.text.truncate import single_line

TEMPLATE = Path(__file__).parent / "templates" / "quote.typ"
CURRENCY = "USD"
LINE_LABELS = ("Item", "Seats", "List price per seat", "List price per year", "Discount", "Price per year")
LINE_KINDS = (
    ColumnKind.TEXT,
    ColumnKind.NUMBER,
    ColumnKind.MONEY,
    ColumnKind.MONEY,
    ColumnKind.PERCENT,
    ColumnKind.MONEY,
)
NUMBER_CHARACTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""Without vowels, so that no number is a word, and without what is read for another: 0, 1, L."""

MAX_REMARKS_LENGTH = 20_000


@dataclass(frozen=True, kw_only=True)
class QuoteDocument:
    """What a quote says. `needed_approver` is empty within a CSM's own limit; amounts are in `quote`."""

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
    needed_approver: str
    stated_approver: str
    remarks: str

    @property
    def is_draft(self) -> bool:
        return bool(self.needed_approver)

    @property
    def reference(self) -> str:
        return f"{self.number}, revision {self.revision}"

    @property
    def term_total(self) -> Decimal | None:
        """USD over the whole term, if that is not one year."""
        if self.term_months in (None, 12):
            return None
        return round_half_up(self.quote.total * Decimal(self.term_months or 0) / 12, "0.01")


def build_quote_document(slide_input: SlideInput, answers: Answers) -> QuoteDocument:
    """The quote's document from the answers of its slide. The number is the run's, the revision the slide's."""
    account, revision = slide_input.account, slide_input.revision_of(SlideId.PREPARE_QUOTE)
    quote = compute_quote(answers, account.rules)
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
        needed_approver=quote.approver if quote.needs_other_approval else "",
        stated_approver=single_line(parse_text(answers.get("agreed_by")) or "", max_length=200),
        remarks=(parse_text(answers.get("remarks")) or "")[:MAX_REMARKS_LENGTH],
    )


def build_quote_number(run_id: str) -> str:
    """ "Q-7ZK2-MQBX": the same for every quote of a run, and no other run's (38 bits)."""
    number = int.from_bytes(blake2b(run_id.encode(), digest_size=8).digest())
    code = "".join(
        NUMBER_CHARACTERS[number // len(NUMBER_CHARACTERS) ** place % len(NUMBER_CHARACTERS)] for place in range(8)
    )
    return f"Q-{code[:4]}-{code[4:]}"


def find_quote_problems(document: QuoteDocument) -> tuple[str, ...]:
    """Why the quote cannot be downloaded, a sentence each."""
    quote = document.quote
    if not quote.lines:
        return ("The quote has no lines yet.",)
    if quote.unpriced_count:
        lines = format_count(quote.unpriced_count, "line")
        return (f"{lines} without seats or price. Complete the quote to download it.",)
    missing = find_missing_characters(list_texts(build_pdf_values(document)))
    if missing:
        return (f"No font here can print {describe_characters(missing)}. Replace it to download the PDF.",)
    return ()


def build_quote_files(slide_input: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """The PDF and the spreadsheet; none while a line has no price, no PDF while a character cannot be printed."""
    document = build_quote_document(slide_input, answers)
    if not document.quote.lines or document.quote.unpriced_count:
        return ()
    pdf = build_quote_pdf_file(slide_input, answers)
    spreadsheet = Document(
        filename=_build_quote_filename(document, "xlsx"),
        media_type=XLSX_MEDIA_TYPE,
        build=partial(build_quote_spreadsheet, document),
        label="Download as spreadsheet",
    )
    return (pdf, spreadsheet) if pdf else (spreadsheet,)


def build_quote_pdf_file(slide_input: SlideInput, answers: Answers) -> Document | None:
    """The PDF; None if `find_quote_problems` has one."""
    document = build_quote_document(slide_input, answers)
    if find_quote_problems(document):
        return None
    return Document(
        filename=_build_quote_filename(document, "pdf"),
        media_type="application/pdf",
        build=partial(render_pdf, TEMPLATE, build_pdf_values(document)),
        label="Download the quote",
    )


def build_pdf_values(document: QuoteDocument) -> dict[str, Any]:
    """What `quote.typ` reads, every amount as text."""
    quote = document.quote
    return {
        "title": f"Quote {document.reference} for {document.customer}",
        "author": document.seller,
        "seller": document.seller,
        "seller_contact": list(document.seller_contact),
        "customer": document.customer,
        "contact": document.contact,
        "reference": document.reference,
        "is_draft": document.is_draft,
        "draft_reason": _describe_draft_quote(document) if document.is_draft else "",
        "terms": _list_quote_terms(document),
        "columns": list(LINE_LABELS),
        "lines": [_format_quote_line(line) for line in quote.lines],
        "totals": [
            ["Total at list price", format_exact_money(quote.list_total)],
            [_format_discount_label(quote), format_exact_money(quote.total - quote.list_total)],
        ],
        "total": ["Total per year", f"{CURRENCY} {format_exact_money(quote.total)}"],
        "further": _list_further_totals(document),
        "remarks": document.remarks,
        "notes": _list_quote_notes(document),
    }


def build_quote_spreadsheet(document: QuoteDocument) -> bytes:
    """The same quote with its numbers as numbers."""
    quote, labels = document.quote, len(LINE_LABELS)
    about: list[tuple[str, Cell]] = [
        ("Quote", document.number),
        ("Revision", document.revision),
        ("Dated", document.dated),
    ]
    about += [("Valid until", document.valid_until)] if document.valid_until else []
    about += [("Seller", document.seller), ("Contact", ", ".join(document.seller_contact))]
    about += [("Customer", document.customer), ("Addressed to", document.contact or None)]
    about += [("Currency", CURRENCY), ("Term in months", document.term_months)]
    if document.is_draft:
        about.append(("Status", f"Draft, not an offer. {_describe_draft_quote(document)}"))
    elif document.stated_approver:
        about.append(("Approved by", document.stated_approver))
    blank: tuple[Cell, ...] = (None,) * (labels - 2)
    rows = [SheetRow(cells=entry) for entry in about if entry[1] is not None]
    rows += [SheetRow(cells=()), SheetRow(cells=LINE_LABELS, is_bold=True)]
    rows += [SheetRow(cells=_list_line_cells(line), kinds=LINE_KINDS) for line in quote.lines]
    totals = [("Total at list price", quote.list_total), ("Discount", quote.total - quote.list_total)]
    totals += [("Total per year", quote.total)]
    totals += [(_format_term_label(document), document.term_total)] if document.term_total is not None else []
    rows += [
        SheetRow(cells=(label, *blank, amount), kinds=LINE_KINDS, is_bold=label == "Total per year")
        for label, amount in totals
    ]
    rows += [SheetRow(cells=()), *(SheetRow(cells=(note,)) for note in _list_quote_notes(document))]
    if document.remarks:
        rows += [SheetRow(cells=()), SheetRow(cells=("Remarks", document.remarks))]
    return build_xlsx(Sheet(name="Quote", rows=tuple(rows), widths=(38, 28, 20, 20, 12, 20)))


def _build_quote_filename(document: QuoteDocument, extension: str) -> str:
    name = f"{document.customer} {document.number} r{document.revision}"
    return build_filename("quote-draft" if document.is_draft else "quote", name, extension)


def _list_quote_terms(document: QuoteDocument) -> list[list[str]]:
    terms = [["Number", document.number], ["Revision", str(document.revision)], ["Date", format_date(document.dated)]]
    terms += [["Valid until", format_date(document.valid_until)]] if document.valid_until else []
    terms += [["Term", format_count(document.term_months, "month")]] if document.term_months else []
    is_approved = document.stated_approver and not document.is_draft
    terms += [["Approved by", document.stated_approver]] if is_approved else []
    return [*terms, ["Currency", CURRENCY]]


def _describe_draft_quote(document: QuoteDocument) -> str:
    text = f"The discount needs approval: {document.needed_approver}."
    noted = document.stated_approver
    return f"{text} Noted as approved by {noted}; the approval itself is not on record." if noted else text


def _list_further_totals(document: QuoteDocument) -> list[list[str]]:
    total = document.term_total
    return [] if total is None else [[_format_term_label(document), format_exact_money(total)]]


def _format_term_label(document: QuoteDocument) -> str:
    return f"Total over {format_count(document.term_months, 'month')}"


def _list_quote_notes(document: QuoteDocument) -> list[str]:
    notes = [f"All amounts in {CURRENCY}, per year unless stated otherwise, before taxes."]
    if document.valid_until and not document.is_draft:
        notes.append(f"This quote is valid until {format_date(document.valid_until)}.")
    return notes


def _format_discount_label(quote: Quote) -> str:
    share = quote.discount
    return "Discount" if not share else f"Discount ({format_number(share)}% overall)"


def _format_quote_line(line: QuoteLine) -> list[str]:
    return [
        line.item,
        f"{line.seats:,f}" if line.seats is not None else "",
        format_exact_money(line.price),
        format_exact_money(line.list_total),
        format_exact_percent(line.discount),
        format_exact_money(line.total),
    ]


def _list_line_cells(line: QuoteLine) -> tuple[Cell, ...]:
    return (line.item, line.seats, line.price, line.list_total, line.discount, line.total)
