from dataclasses import replace
from datetime import date
from decimal import Decimal

from lib.content.model import Callout, Cell, Column, ColumnKind, Fact, Facts, Table, Tone
from lib.customers.account_rankings import choose_recipient, list_remaining_contacts
from lib.customers.model import Account
from lib.forms.model import Answers, EditableColumn, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.pricing_scenarios import MAX_SEATS
from lib.slides.quote_document import build_quote_document, describe_quote_status
from lib.slides.quote_files import build_quote_files, find_quote_problems, find_quote_warnings
from lib.slides.quote_totals import (
    EXPANSION_CATEGORY,
    Quote,
    QuoteLine,
    compute_quote,
    find_list_price,
    read_quote_status,
    suggest_quote_lines,
)
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.slides.stored_prices import NO_LIST_PRICE, describe_price_status
from lib.text.format import (
    format_change,
    format_exact_change,
    format_exact_money,
    format_money,
    format_percent,
    format_yes_no,
    round_half_up,
)
from lib.text.regional_format import get_currency
from lib.text.truncate import single_line

VALIDITY_DAYS = 30
ITEM = EditableColumn(key="item", label="Item", required=True)
SEATS = EditableColumn(key="seats", label="Seats", kind=ColumnKind.NUMBER, required=True, minimum=0, maximum=MAX_SEATS)
PRICE = EditableColumn(
    key="price", label="List price per seat", kind=ColumnKind.MONEY, required=True, minimum=0, maximum=10**10
)
DISCOUNT = EditableColumn(key="discount", label="Discount", kind=ColumnKind.PERCENT, minimum=0, maximum=100, default=0)


def build_current_terms_facts(slide_input: SlideInput) -> Facts:
    return Facts(
        title="Current terms",
        items=(shared_sections.build_arr_fact(slide_input.account),),
    )


def build_price_list_table(slide_input: SlideInput) -> Table:
    bought = set(slide_input.account.contract.modules) if slide_input.account.contract else set()
    return Table(
        title="Price list",
        columns=(
            Column(key="module", label="Module"),
            Column(key="price", label="Per seat and year", kind=ColumnKind.MONEY),
            Column(key="bought", label="Bought"),
        ),
        rows=tuple(
            {
                "module": single_line(module.name, max_length=120),
                "price": module.annual_price_per_seat,
                "bought": format_yes_no(module.name in bought),
            }
            for module in slide_input.account.price_list
        ),
        empty="There is no price list yet: no data.",
        source="The company's price list.",
    )


def build_quote_form(slide_input: SlideInput) -> Form:
    contract, recipient = slide_input.account.contract, choose_recipient(slide_input.account)
    return Form(
        title="Quote",
        fields=(
            Field(
                key="lines",
                label=fill_slide_question(slide_input, "Lines"),
                kind=FieldKind.ROWS,
                columns=(ITEM, SEATS, _build_price_column(slide_input.account), DISCOUNT),
                default=suggest_quote_lines(slide_input),
                required=True,
                help="From the scenario you chose, or from the contract. "
                f"Prices are {get_currency()} per seat and year.",
            ),
            Field(
                key="valid_until",
                label="Valid until",
                kind=FieldKind.DATE,
                default=_choose_default_quote_validity(slide_input),
                required=True,
            ),
            Field(
                key="term_months",
                label="Term in months",
                kind=FieldKind.WHOLE,
                default=contract.term_months if contract else 12,
                minimum=1,
                maximum=120,
            ),
            Field(
                key="contact",
                label="Addressed to",
                kind=FieldKind.CHOICE,
                options=shared_sections.build_contact_options(list_remaining_contacts(slide_input.account)),
                default=recipient.id if recipient else None,
            ),
            Field(
                key="remarks",
                label="Remarks on the quote",
                kind=FieldKind.LONG_TEXT,
                help="Printed on the quote as typed.",
            ),
        ),
    )


def _build_price_column(account: Account) -> EditableColumn:
    """The price, compared with that of the module in the price list, else with the contract's."""
    return replace(PRICE, usual=lambda row: find_list_price(account, row.get("item")), usual_name="list price")


def build_quote_totals(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    quote = compute_quote(answers, slide_input.account)
    sections: list[Section] = [_build_quote_lines_table(quote), _build_quote_total_facts(slide_input, quote)]
    if quote.lines:
        document = build_quote_document(slide_input, answers)
        problems = [*find_quote_problems(document), *find_quote_warnings(document, slide_input.account.today)]
        sections += [Callout(text=problem, tone=Tone.WARNING) for problem in problems]
        sections += [Callout(text=describe_quote_status(document))] if document.number else []
    return tuple(sections)


def _build_quote_lines_table(quote: Quote) -> Table:
    return Table(
        title="Lines",
        columns=(
            Column(key="item", label="Item"),
            Column(key="seats", label="Seats", kind=ColumnKind.NUMBER),
            Column(key="price", label="Price per seat", kind=ColumnKind.MONEY),
            Column(key="discount", label="Discount", kind=ColumnKind.PERCENT),
            Column(key="off_list", label="Below list", kind=ColumnKind.PERCENT),
            Column(key="total", label="A year", kind=ColumnKind.MONEY),
        ),
        rows=tuple(_build_quote_line_row(line) for line in quote.lines),
        empty="The quote has no lines yet.",
        source="Seats × price × (1 − discount), to the cent. Below list: against the price list or the contract.",
    )


def _build_quote_line_row(line: QuoteLine) -> dict[str, Cell]:
    return {
        "item": line.item,
        "seats": line.seats,
        "price": line.price,
        "discount": line.discount,
        "off_list": None if line.lacks_list_price else line.off_list_percent,
        "total": line.total,
    }


def _build_quote_total_facts(slide_input: SlideInput, quote: Quote) -> Facts:
    priced = len(quote.lines) > quote.unpriced_count
    total = quote.total if priced else None
    change = _compute_arr_change(slide_input, total)
    amounts = [amount for amount in (quote.list_total, total, change) if amount is not None]
    is_whole = all(amount == amount.to_integral_value() for amount in amounts)
    say, say_change = (format_money, format_change) if is_whole else (format_exact_money, format_exact_change)
    return Facts(
        title="Totals",
        items=(
            Fact(label="At list price", value=f"{say(quote.list_total)} a year" if priced else None),
            Fact(label="Discount", value=format_percent(quote.discount) if quote.discount is not None else None),
            Fact(label="Total", value=f"{say(total)} a year" if priced else None),
            Fact(label="Against today's ARR", value=say_change(change) if change is not None else None),
            _build_approval_fact(slide_input, quote),
        ),
    )


def _build_approval_fact(slide_input: SlideInput, quote: Quote) -> Fact:
    status = read_quote_status(slide_input.account, quote, slide_input.prices.quote)
    described = describe_price_status(status)
    if status.approver:
        return Fact(label="Needs approval", value=status.approver, note=described)
    if described:
        return Fact(label="Approval", value="Approved", note=described)
    if status.lacks_list_price:
        return Fact(label="Approval", value="No approval needed", note=f"{NO_LIST_PRICE}.")
    limit = slide_input.account.rules.own_discount_limit
    note = f"Within your limit of {format_percent(limit)}." if quote.off_list_percent <= limit else None
    return Fact(label="Approval", value="No approval needed", note=note)


def _compute_arr_change(slide_input: SlideInput, total: Decimal | None) -> Decimal | None:
    """The change of ARR to the cent; none below a dollar. An expansion's quote comes on top of the contract."""
    if total is None or slide_input.account.contract is None:
        return None
    change = total if slide_input.category == EXPANSION_CATEGORY else total - slide_input.account.contract.arr
    return change if round_half_up(change, "1") else Decimal(0)


def _choose_default_quote_validity(slide_input: SlideInput) -> str:
    """In a month, or the day before the notice deadline if that is sooner."""
    today, contract = slide_input.account.today, slide_input.account.contract
    last = min(date.max.toordinal(), today.toordinal() + VALIDITY_DAYS)
    if contract and contract.notice_deadline > today:
        last = min(last, contract.notice_deadline.toordinal() - 1)
    return date.fromordinal(last).isoformat()


SLIDE = Slide(
    id=SlideId.PREPARE_QUOTE,
    title="Prepare the quote",
    short="Quote",
    category=SlideCategory.ACTION,
    purpose="Lines, totals and the approval needed.",
    sections=(build_current_terms_facts, build_price_list_table),
    form=build_quote_form,
    results=build_quote_totals,
    documents=build_quote_files,
    defaults=SlideContext(
        lead="A quote is read by people who were not in the meeting: few lines, named as the customer names them.",
        minutes=10,
    ),
)
