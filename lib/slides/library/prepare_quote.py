import csv
import io
from datetime import date
from decimal import Decimal

from lib.content.model import Callout, Cell, Column, ColumnKind, Fact, Facts, Table, Tone
from lib.forms.model import Answers, EditableColumn, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.context import SlideContext
from lib.slides.documents import build_filename
from lib.slides.fill import fill_question
from lib.slides.model import Document, Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.pricing_scenarios import MAX_SEATS
from lib.slides.quote_totals import EXPANSION_CATEGORY, Quote, QuoteLine, compute_quote, suggest_lines
from lib.text.format import format_change, format_count, format_money, format_percent, format_yes_no
from lib.text.truncate import single_line

VALIDITY_DAYS = 30
LINE_COLUMNS = (
    EditableColumn(key="item", label="Item", required=True),
    EditableColumn(key="seats", label="Seats", kind=ColumnKind.NUMBER, required=True, minimum=0, maximum=MAX_SEATS),
    EditableColumn(
        key="price", label="List price per seat", kind=ColumnKind.MONEY, required=True, minimum=0, maximum=1e10
    ),
    EditableColumn(key="discount", label="Discount", kind=ColumnKind.PERCENT, minimum=0, maximum=100, default=0),
)


def build_current_terms(inp: SlideInput) -> Facts:
    return Facts(
        title="What they pay today",
        items=(shared_sections.build_arr_fact(inp.account), shared_sections.build_notice_fact(inp.account)),
    )


def build_price_list(inp: SlideInput) -> Table:
    bought = set(inp.account.contract.modules) if inp.account.contract else set()
    return Table(
        title="Price list",
        columns=(
            Column(key="module", label="Module"),
            Column(key="price", label="USD per seat and year", kind=ColumnKind.MONEY),
            Column(key="bought", label="They have it"),
        ),
        rows=tuple(
            {
                "module": single_line(module.name, max_length=120),
                "price": module.annual_price_per_seat,
                "bought": format_yes_no(module.name in bought),
            }
            for module in inp.account.price_list
        ),
        empty="The company has no price list yet: no data.",
        source="The company's price list.",
    )


def build_form(inp: SlideInput) -> Form:
    return Form(
        title="Quote",
        fields=(
            Field(
                key="lines",
                label=fill_question(inp, "Lines"),
                kind=FieldKind.ROWS,
                columns=LINE_COLUMNS,
                default=suggest_lines(inp),
                required=True,
                help="Began from the scenario you chose, or from the contract. Prices are USD per seat and year.",
            ),
            Field(
                key="valid_until",
                label="Valid until",
                kind=FieldKind.DATE,
                default=_default_validity(inp),
                required=True,
            ),
            Field(
                key="agreed_by",
                label="Who agreed to the discount?",
                kind=FieldKind.TEXT,
                help="Needed as soon as a line is above what you may agree to yourself.",
                required_when=lambda answers: compute_quote(answers).approver != "CSM",
            ),
            Field(key="remarks", label="Remarks on the quote", kind=FieldKind.LONG_TEXT),
        ),
    )


def build_totals(inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    quote = compute_quote(answers)
    sections: list[Section] = [_lines_table(quote), _total_facts(inp, quote)]
    if quote.unpriced_count:
        text = f"{format_count(quote.unpriced_count, 'line')} without seats or price; the total leaves them out."
        sections.append(Callout(text=text, tone=Tone.WARNING))
    return tuple(sections)


def build_documents(inp: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """The quote as a spreadsheet."""
    quote = compute_quote(answers)
    if not quote.lines:
        return ()
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["Quote for", _csv_cell(inp.account.customer.name)])
    writer.writerow(["Valid until", _csv_cell(str(answers.get("valid_until") or ""))])
    writer.writerow([])
    writer.writerow(["Item", "Seats", "List price per seat and year (USD)", "Discount (%)", "USD a year"])
    for line in quote.lines:
        writer.writerow([_csv_cell(line.item), line.seats, line.price, line.discount, line.total])
    writer.writerow(["Total", "", "", "", quote.total])
    name = build_filename("quote", inp.account.customer.name, "csv")
    content = table.getvalue().encode("utf-8-sig")
    return (Document(filename=name, media_type="text/csv", content=content, label="Download the quote"),)


def _csv_cell(text: str) -> str:
    """Text a spreadsheet does not take for a formula."""
    shown = single_line(text, max_length=500)
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@") else shown


def _lines_table(quote: Quote) -> Table:
    return Table(
        title="Lines",
        columns=(
            Column(key="item", label="Item"),
            Column(key="seats", label="Seats", kind=ColumnKind.NUMBER),
            Column(key="price", label="List price per seat", kind=ColumnKind.MONEY),
            Column(key="discount", label="Discount", kind=ColumnKind.PERCENT),
            Column(key="total", label="USD a year", kind=ColumnKind.MONEY),
        ),
        rows=tuple(_line_row(line) for line in quote.lines),
        empty="The quote has no lines yet.",
        source="Seats × list price × (1 − discount), to the dollar.",
    )


def _line_row(line: QuoteLine) -> dict[str, Cell]:
    return {
        "item": line.item,
        "seats": line.seats,
        "price": line.price,
        "discount": line.discount,
        "total": line.total,
    }


def _total_facts(inp: SlideInput, quote: Quote) -> Facts:
    priced = len(quote.lines) > quote.unpriced_count
    total = quote.total if priced else None
    change = _arr_change(inp, total)
    return Facts(
        title="Totals",
        items=(
            Fact(label="At list price", value=f"{format_money(quote.list_total)} a year" if priced else None),
            Fact(label="Discount", value=format_percent(quote.discount) if quote.discount is not None else None),
            Fact(label="Total", value=f"{format_money(total)} a year" if priced else None),
            Fact(label="Against today's ARR", value=format_change(change) if change is not None else None),
            Fact(label="Agreed by", value=quote.approver.value, note="by the largest discount of any line"),
        ),
    )


def _arr_change(inp: SlideInput, total: Decimal | None) -> Decimal | None:
    """What the quote changes; an expansion's comes on top."""
    if total is None or inp.account.contract is None:
        return None
    return total if inp.category == EXPANSION_CATEGORY else total - inp.account.contract.arr


def _default_validity(inp: SlideInput) -> str:
    """A month, or the day before the notice deadline where that is sooner."""
    today, contract = inp.account.today, inp.account.contract
    last = min(date.max.toordinal(), today.toordinal() + VALIDITY_DAYS)
    if contract and contract.notice_deadline > today:
        last = min(last, contract.notice_deadline.toordinal() - 1)
    return date.fromordinal(last).isoformat()


SLIDE = Slide(
    id=SlideId.PREPARE_QUOTE,
    title="Prepare the quote",
    short="Quote",
    category=SlideCategory.ACTION,
    purpose="Lines, totals, and who has to agree.",
    sections=(build_current_terms, build_price_list),
    form=build_form,
    results=build_totals,
    documents=build_documents,
    defaults=SlideContext(
        lead="A quote is read by people who were not in the meeting: keep the lines few and the names theirs.",
        minutes=10,
    ),
)
