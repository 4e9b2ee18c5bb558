from decimal import Decimal

from lib.content.model import (
    Callout,
    Cell,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Fact,
    Facts,
    Point,
    Series,
    Table,
    Tone,
)
from lib.customers.account_rankings import list_unbought_product_modules
from lib.forms.model import Answers, Field, FieldKind, Form, Option
from lib.slides import growth_amounts, shared_sections
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.pricing_scenarios import MAX_SEATS
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.text.format import format_count, format_date, format_money, format_percent
from lib.text.json_values import parse_number
from lib.text.regional_format import get_currency
from lib.text.truncate import single_line


def build_seats_facts(slide_input: SlideInput) -> Facts:
    account, week = slide_input.account, slide_input.account.latest_usage
    contract = account.contract
    unused = max(0, week.seats - week.active_users) if week else None
    return Facts(
        title="Seats",
        items=(
            Fact(label="Bought", value=format_count(contract.seats, "seat") if contract else None),
            shared_sections.build_usage_fact(account),
            Fact(label="Unused", value=format_count(unused, "seat") if unused is not None else None),
            Fact(
                label="Price today", value=_find_price_per_seat(slide_input), note="per seat and year, after discount"
            ),
        ),
    )


def build_seat_usage_callout(slide_input: SlideInput) -> Callout | None:
    week = slide_input.account.latest_usage
    if week is None:
        return Callout(text="No usage feed: it is unknown whether seats are short or spare.")
    share = format_percent(round(100 * week.utilisation))
    if week.utilisation > growth_amounts.SATURATED_SHARE:
        return Callout(text=f"Saturated: {share} of seats are in use, so new people cannot get one.", tone=Tone.GOOD)
    if week.utilisation < growth_amounts.ROOMY_SHARE:
        text = f"{share} of seats are in use: raise usage before offering more."
        return Callout(text=text, tone=Tone.WARNING)
    return Callout(text=f"{share} of seats are in use: a healthy share, with room to grow.")


def build_product_modules_table(slide_input: SlideInput) -> Table:
    return Table(
        title="Modules not bought",
        columns=(
            Column(key="module", label="Module"),
            Column(key="price", label="Per seat and year", kind=ColumnKind.MONEY),
            Column(key="amount", label="Per year, every seat", kind=ColumnKind.MONEY),
        ),
        rows=tuple(
            {
                "module": single_line(module.name, max_length=120),
                "price": module.annual_price_per_seat,
                "amount": growth_amounts.compute_module_price(slide_input.account, module),
            }
            for module in list_unbought_product_modules(slide_input.account)
        ),
        empty="Every module is bought." if slide_input.account.price_list else "No price list yet: no data.",
        source="The company's price list × seats of the current contract.",
    )


def build_product_modules_chart(slide_input: SlideInput) -> Chart:
    amounts = [
        (module.name, growth_amounts.compute_module_price(slide_input.account, module))
        for module in list_unbought_product_modules(slide_input.account)
    ]
    points = tuple(
        Point(
            x=single_line(name, max_length=60),
            y=float(amount) if amount is not None else None,
            label=format_money(amount),
        )
        for name, amount in sorted(amounts, key=lambda entry: -(entry[1] or 0))
    )
    return Chart(
        title="ARR each module would add",
        kind=ChartKind.BAR,
        series=(Series(name="ARR", points=points),),
        x_label="Module",
        y_label=f"{get_currency()} a year",
        y_format="$,.0f",
        empty="No module to compare, or no seats on record to price it.",
        source=f"Price list × seats, as of {format_date(slide_input.account.today)}.",
    )


def build_growth_plan_form(slide_input: SlideInput) -> Form:
    names = [module.name for module in list_unbought_product_modules(slide_input.account)]
    return Form(
        title="Growth plan",
        fields=(
            Field(
                key="modules",
                label=fill_slide_question(slide_input, "Which modules would help them?"),
                kind=FieldKind.MULTI,
                options=tuple(
                    Option(value=name, label=single_line(name, max_length=120)) for name in dict.fromkeys(names)
                ),
            ),
            Field(
                key="extra_seats",
                label="Extra seats",
                kind=FieldKind.WHOLE,
                minimum=0,
                maximum=MAX_SEATS,
                default=growth_amounts.suggest_extra_seats(slide_input.account),
                help="Suggested only above 90% usage: enough seats to bring it back to 80%.",
            ),
            Field(
                key="amount",
                label="Planned amount",
                kind=FieldKind.MONEY,
                minimum=0,
                maximum=10**11,
                help=f"{get_currency()} a year on top of today's ARR. The computed amount is shown below.",
            ),
            Field(key="by", label="Decision by", kind=FieldKind.DATE),
            Field(key="why", label="Why would they want it now?", kind=FieldKind.LONG_TEXT, required=True),
        ),
    )


def build_growth_plan_amounts(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """The computed amount of the choice, beside the planned amount."""
    chosen = growth_amounts.list_chosen_modules(slide_input.account, answers)
    seat_count = growth_amounts.count_seats_after(slide_input.account, answers)
    rows: list[dict[str, Cell]] = [
        {
            "item": single_line(module.name, max_length=120),
            "amount": growth_amounts.compute_module_price(slide_input.account, module, seat_count),
        }
        for module in chosen
    ]
    if growth_amounts.count_extra_seats(answers):
        more = format_count(growth_amounts.count_extra_seats(answers), "more seat")
        rows.append({"item": more, "amount": growth_amounts.compute_extra_seats_price(slide_input.account, answers)})
    computed, planned = (
        growth_amounts.compute_growth_plan_price(slide_input.account, answers),
        parse_number(answers.get("amount")),
    )
    table = Table(
        title="Computed amount",
        columns=(
            Column(key="item", label="Item"),
            Column(key="amount", label="A year", kind=ColumnKind.MONEY),
        ),
        rows=tuple(rows),
        empty="Nothing chosen yet.",
        source="Modules at list price on every seat, new ones included; seats at today's price and discount.",
    )
    return table, _build_growth_total_facts(computed, planned)


def _build_growth_total_facts(computed: Decimal | None, planned: Decimal | None) -> Facts:
    return Facts(
        title="Amount",
        items=(
            Fact(label="Computed", value="nothing chosen" if computed is None else f"{format_money(computed)} a year"),
            Fact(label="Planned", value="not set" if planned is None else f"{format_money(planned)} a year"),
        ),
    )


def _find_price_per_seat(slide_input: SlideInput) -> str | None:
    contract = slide_input.account.contract
    if contract is None:
        return None
    return format_money(contract.annual_price_per_seat * (1 - contract.discount_percent / 100))


SLIDE = Slide(
    id=SlideId.GROWTH_PLAN,
    title="Growth plan",
    short="Growth",
    category=SlideCategory.STRATEGY,
    purpose="Where they have outgrown what they bought, and what growth is worth.",
    sections=(build_seat_usage_callout, build_seats_facts, build_product_modules_table, build_product_modules_chart),
    form=build_growth_plan_form,
    results=build_growth_plan_amounts,
    defaults=SlideContext(
        lead="Growth the customer asks for lasts. Start with what they cannot do today.",
        minutes=8,
    ),
)
