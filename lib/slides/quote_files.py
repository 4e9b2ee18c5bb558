"""The quote as files, a PDF and a spreadsheet of the same values, and what keeps it from being one."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from lib.content.model import Cell, ColumnKind
from lib.files.pdf import list_texts, render_pdf
from lib.files.pdf_fonts import describe_characters, find_missing_characters
from lib.files.spreadsheet_writer import MAX_CELL_LENGTH, XLSX_MEDIA_TYPE, Sheet, SheetRow, build_xlsx
from lib.forms.model import Answers
from lib.slides.model import Document, SlideInput
from lib.slides.quote_document import QuoteDocument, build_quote_document
from lib.slides.quote_totals import Quote, QuoteLine
from lib.text.file_names import build_filename
from lib.text.format import format_count, format_date, format_exact_money, format_exact_percent, format_number
from lib.text.regional_format import get_currency, get_regional_format, keep_regional_format

TEMPLATE = Path(__file__).parent / "templates" / "quote.typ"
LINE_LABELS = ("Item", "Seats", "List price per seat", "List price per year", "Discount", "Price per year")
LINE_KINDS = (
    ColumnKind.TEXT,
    ColumnKind.NUMBER,
    ColumnKind.MONEY,
    ColumnKind.MONEY,
    ColumnKind.PERCENT,
    ColumnKind.MONEY,
)


def find_quote_problems(document: QuoteDocument) -> tuple[str, ...]:
    """Why the quote cannot be downloaded, a sentence each."""
    quote = document.quote
    if not quote.lines:
        return ("The quote has no lines yet.",)
    if quote.unpriced_count:
        lines = format_count(quote.unpriced_count, "line")
        return (f"{lines} without seats or price. Complete the quote to download it.",)
    if not document.number:
        return ("Start the run to download the quote: it gives the quote its number.",)
    missing = find_missing_characters(list_texts(build_pdf_values(document)))
    if missing:
        return (f"No font here can print {describe_characters(missing)}. Replace it to download the PDF.",)
    return ()


def find_quote_warnings(document: QuoteDocument, today: date) -> tuple[str, ...]:
    """What is odd about a quote that can be downloaded all the same."""
    is_expired = document.valid_until is not None and document.valid_until < today
    return ("“Valid until” is in the past.",) if is_expired else ()


def build_quote_files(slide_input: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """The PDF and the spreadsheet; none before the run or without a price, no PDF without a glyph."""
    document = build_quote_document(slide_input, answers)
    if not document.quote.lines or document.quote.unpriced_count or not document.number:
        return ()
    pdf = build_quote_pdf_file(slide_input, answers)
    spreadsheet = Document(
        filename=_build_quote_filename(document, "xlsx"),
        media_type=XLSX_MEDIA_TYPE,
        build=keep_regional_format(partial(build_quote_spreadsheet, document)),
        label="Download spreadsheet",
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
        "draft_title": document.draft_title,
        "draft_reason": document.draft_reason,
        "terms": _list_quote_terms(document),
        "columns": list(LINE_LABELS),
        "lines": [_format_quote_line(line) for line in quote.lines],
        "totals": [
            ["Total at list price", format_exact_money(quote.list_total)],
            [_format_discount_label(quote), format_exact_money(quote.total - quote.list_total)],
        ],
        "total": ["Total per year", _format_total(quote)],
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
        ("Date", document.dated),
    ]
    about += [("Valid until", document.valid_until)] if document.valid_until else []
    about += [("Seller", document.seller), ("Contact", ", ".join(document.seller_contact))]
    about += [("Customer", document.customer), ("Addressed to", document.contact or None)]
    about += [("Currency", get_currency()), ("Term in months", document.term_months)]
    if document.is_draft:
        about.append(("Status", f"{document.draft_title}. {document.draft_reason}"))
    elif document.approved_by:
        about.append(("Approved by", document.approved_by))
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
    remarks = [document.remarks[at : at + MAX_CELL_LENGTH] for at in range(0, len(document.remarks), MAX_CELL_LENGTH)]
    rows += [SheetRow(cells=("Remarks", part)) for part in remarks]
    return build_xlsx(Sheet(name="Quote", rows=tuple(rows), widths=(38, 28, 20, 20, 12, 20)))


def _format_total(quote: Quote) -> str:
    """ "USD $84,500.00": several countries have a dollar."""
    total, regional = format_exact_money(quote.total), get_regional_format()
    return f"{regional.currency} {total}" if "$" in regional.currency_symbol else total


def _build_quote_filename(document: QuoteDocument, extension: str) -> str:
    name = f"{document.customer} {document.number} r{document.revision}"
    return build_filename("quote-draft" if document.is_draft else "quote", name, extension)


def _list_quote_terms(document: QuoteDocument) -> list[list[str]]:
    terms = [["Number", document.number], ["Revision", str(document.revision)], ["Date", format_date(document.dated)]]
    terms += [["Valid until", format_date(document.valid_until)]] if document.valid_until else []
    terms += [["Term", format_count(document.term_months, "month")]] if document.term_months else []
    terms += [["Approved by", document.approved_by]] if document.approved_by else []
    return [*terms, ["Currency", get_currency()]]


def _list_further_totals(document: QuoteDocument) -> list[list[str]]:
    total = document.term_total
    return [] if total is None else [[_format_term_label(document), format_exact_money(total)]]


def _format_term_label(document: QuoteDocument) -> str:
    return f"Total over {format_count(document.term_months, 'month')}"


def _list_quote_notes(document: QuoteDocument) -> list[str]:
    notes = [f"All amounts in {get_currency()}, per year unless stated otherwise, before taxes."]
    if document.valid_until and not document.is_draft:
        notes.append(f"This quote is valid until {format_date(document.valid_until)}.")
    return notes


def _format_discount_label(quote: Quote) -> str:
    share = quote.discount
    return "Discount" if not share else f"Discount ({format_number(share)}% overall)"


def _format_quote_line(line: QuoteLine) -> list[str]:
    return [
        line.item,
        format_number(line.seats) if line.seats is not None else "",
        format_exact_money(line.price),
        format_exact_money(line.list_total),
        format_exact_percent(line.discount),
        format_exact_money(line.total),
    ]


def _list_line_cells(line: QuoteLine) -> tuple[Cell, ...]:
    return (line.item, line.seats, line.price, line.list_total, line.discount, line.total)
