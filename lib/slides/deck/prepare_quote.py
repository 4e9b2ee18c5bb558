import csv
import io
from datetime import date
from decimal import Decimal

from lib.slides import words
from lib.slides.context import SlideContext
from lib.slides.deck import parts
from lib.slides.deck.quote import EXPANSION, Line, Quote, quote_of, suggested_lines
from lib.slides.deck.scenarios import MOST_SEATS
from lib.slides.files import filename
from lib.slides.filling import question
from lib.slides.model import (
    Answers,
    Callout,
    Cell,
    Column,
    ColumnKind,
    Document,
    Fact,
    Facts,
    Field,
    FieldKind,
    Form,
    Section,
    Slide,
    SlideCategory,
    SlideId,
    SlideInput,
    Table,
    Tone,
)

VALID_DAYS = 30
LINES = (
    Column(key="item", label="Item", required=True),
    Column(key="seats", label="Seats", kind=ColumnKind.NUMBER, required=True, minimum=0, maximum=MOST_SEATS),
    Column(key="price", label="List price per seat", kind=ColumnKind.MONEY, required=True, minimum=0, maximum=1e10),
    Column(key="discount", label="Discount", kind=ColumnKind.PERCENT, minimum=0, maximum=100, default=0),
)


def today(inp: SlideInput) -> Facts:
    return Facts(
        title="What they pay today",
        items=(parts.arr_fact(inp.account), parts.notice_fact(inp.account)),
    )


def price_list(inp: SlideInput) -> Table:
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
                "module": words.plain(module.name, most=120),
                "price": module.annual_price_per_seat,
                "bought": words.yes_no(module.name in bought),
            }
            for module in inp.account.price_list
        ),
        empty="The company has no price list yet: no data.",
        source="The company's price list.",
    )


def form(inp: SlideInput) -> Form:
    return Form(
        title="Quote",
        fields=(
            Field(
                key="lines",
                label=question(inp, "Lines"),
                kind=FieldKind.ROWS,
                columns=LINES,
                default=suggested_lines(inp),
                required=True,
                help="Began from the scenario you chose, or from the contract. Prices are USD per seat and year.",
            ),
            Field(
                key="valid_until",
                label="Valid until",
                kind=FieldKind.DATE,
                default=_valid_until(inp),
                required=True,
            ),
            Field(
                key="agreed_by",
                label="Who agreed to the discount?",
                kind=FieldKind.TEXT,
                help="Needed as soon as a line is above what you may agree to yourself.",
                required_when=lambda answers: quote_of(answers).approver != "CSM",
            ),
            Field(key="remarks", label="Remarks on the quote", kind=FieldKind.LONG_TEXT),
        ),
    )


def totals(inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    quote = quote_of(answers)
    sections: list[Section] = [_table(quote), _totals(inp, quote)]
    if quote.unpriced:
        text = f"{words.count(quote.unpriced, 'line')} without seats or price; the total leaves them out."
        sections.append(Callout(text=text, tone=Tone.WARNING))
    return tuple(sections)


def documents(inp: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """The quote as a spreadsheet."""
    quote = quote_of(answers)
    if not quote.lines:
        return ()
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["Quote for", _cell(inp.account.customer.name)])
    writer.writerow(["Valid until", _cell(str(answers.get("valid_until") or ""))])
    writer.writerow([])
    writer.writerow(["Item", "Seats", "List price per seat and year (USD)", "Discount (%)", "USD a year"])
    for line in quote.lines:
        writer.writerow([_cell(line.item), line.seats, line.price, line.discount, line.total])
    writer.writerow(["Total", "", "", "", quote.total])
    name = filename("quote", inp.account.customer.name, "csv")
    content = table.getvalue().encode("utf-8-sig")
    return (Document(filename=name, media_type="text/csv", content=content, label="Download the quote"),)


def _cell(text: str) -> str:
    """Text a spreadsheet does not take for a formula."""
    shown = words.plain(text, most=500)
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@") else shown


def _table(quote: Quote) -> Table:
    return Table(
        title="Lines",
        columns=(
            Column(key="item", label="Item"),
            Column(key="seats", label="Seats", kind=ColumnKind.NUMBER),
            Column(key="price", label="List price per seat", kind=ColumnKind.MONEY),
            Column(key="discount", label="Discount", kind=ColumnKind.PERCENT),
            Column(key="total", label="USD a year", kind=ColumnKind.MONEY),
        ),
        rows=tuple(_row(line) for line in quote.lines),
        empty="The quote has no lines yet.",
        source="Seats × list price × (1 − discount), to the dollar.",
    )


def _row(line: Line) -> dict[str, Cell]:
    return {
        "item": line.item,
        "seats": line.seats,
        "price": line.price,
        "discount": line.discount,
        "total": line.total,
    }


def _totals(inp: SlideInput, quote: Quote) -> Facts:
    priced = len(quote.lines) > quote.unpriced
    total = quote.total if priced else None
    change = _change(inp, total)
    return Facts(
        title="Totals",
        items=(
            Fact(label="At list price", value=f"{words.money(quote.list_total)} a year" if priced else None),
            Fact(label="Discount", value=words.percent(quote.discount) if quote.discount is not None else None),
            Fact(label="Total", value=f"{words.money(total)} a year" if priced else None),
            Fact(label="Against today's ARR", value=words.change(change) if change is not None else None),
            Fact(label="Agreed by", value=quote.approver.value, note="by the largest discount of any line"),
        ),
    )


def _change(inp: SlideInput, total: Decimal | None) -> Decimal | None:
    """What the quote changes; an expansion's comes on top."""
    if total is None or inp.account.contract is None:
        return None
    return total if inp.category == EXPANSION else total - inp.account.contract.arr


def _valid_until(inp: SlideInput) -> str:
    """A month, or the day before the notice deadline where that is sooner."""
    today, contract = inp.account.today, inp.account.contract
    last = min(date.max.toordinal(), today.toordinal() + VALID_DAYS)
    if contract and contract.notice_deadline > today:
        last = min(last, contract.notice_deadline.toordinal() - 1)
    return date.fromordinal(last).isoformat()


SLIDE = Slide(
    id=SlideId.PREPARE_QUOTE,
    title="Prepare the quote",
    short="Quote",
    category=SlideCategory.ACTION,
    purpose="Lines, totals, and who has to agree.",
    sections=(today, price_list),
    form=form,
    results=totals,
    documents=documents,
    defaults=SlideContext(
        lead="A quote is read by people who were not in the meeting: keep the lines few and the names theirs.",
        minutes=10,
    ),
)
