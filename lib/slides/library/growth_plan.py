from decimal import Decimal

from lib.accounts.account_queries import list_unbought_modules
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
from lib.forms.model import Answers, Field, FieldKind, Form, Option
from lib.slides import growth_amounts, shared_sections
from lib.slides.context import SlideContext
from lib.slides.fill import fill_question
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.pricing_scenarios import MAX_SEATS
from lib.text.format import format_count, format_date, format_money, format_percent
from lib.text.json_values import parse_number
from lib.text.truncate import single_line


def build_seats_facts(inp: SlideInput) -> Facts:
    account, week = inp.account, inp.account.latest_usage
    contract = account.contract
    unused = max(0, week.seats - week.active_users) if week else None
    return Facts(
        title="Seats",
        items=(
            Fact(label="Bought", value=format_count(contract.seats, "seat") if contract else None),
            shared_sections.build_usage_fact(account),
            Fact(label="Unused", value=format_count(unused, "seat") if unused is not None else None),
            Fact(label="Price today", value=_price_per_seat(inp), note="per seat and year, after discount"),
        ),
    )


def build_usage_callout(inp: SlideInput) -> Callout | None:
    week = inp.account.latest_usage
    if week is None:
        return Callout(text="No usage feed: whether seats are short or spare is not known.")
    share = format_percent(round(100 * week.utilisation))
    if week.utilisation > growth_amounts.SATURATED_SHARE:
        return Callout(text=f"Saturated: {share} of the seats are in use, so new people find none.", tone=Tone.GOOD)
    if week.utilisation < growth_amounts.ROOMY_SHARE:
        text = f"{share} of the seats are in use: earn the seats they have before offering more."
        return Callout(text=text, tone=Tone.WARNING)
    return Callout(text=f"{share} of the seats are in use: a healthy share, with some room left.")


def build_modules_table(inp: SlideInput) -> Table:
    return Table(
        title="Modules they do not have",
        columns=(
            Column(key="module", label="Module"),
            Column(key="price", label="USD per seat and year", kind=ColumnKind.MONEY),
            Column(key="amount", label="USD a year on every seat", kind=ColumnKind.MONEY),
        ),
        rows=tuple(
            {
                "module": single_line(module.name, max_length=120),
                "price": module.annual_price_per_seat,
                "amount": growth_amounts.price_module(inp.account, module),
            }
            for module in list_unbought_modules(inp.account)
        ),
        empty="They have every module on the price list." if inp.account.price_list else "No price list yet: no data.",
        source="The company's price list × seats in the contract in force.",
    )


def build_modules_chart(inp: SlideInput) -> Chart:
    amounts = [
        (module.name, growth_amounts.price_module(inp.account, module)) for module in list_unbought_modules(inp.account)
    ]
    known = sorted(amounts, key=lambda entry: -(entry[1] or 0))
    return Chart(
        title="What each module would add",
        kind=ChartKind.BAR,
        series=(
            Series(
                name="ARR",
                points=tuple(
                    Point(
                        x=single_line(name, max_length=60),
                        y=float(amount) if amount is not None else None,
                        label=format_money(amount),
                    )
                    for name, amount in known
                ),
            ),
        ),
        x_label="Module",
        y_label="USD a year",
        y_format="$,.0f",
        empty="Nothing to compare: no module is open, or there are no seats on record to price it for.",
        source=f"Price list × seats, as of {format_date(inp.account.today)}.",
    )


def build_form(inp: SlideInput) -> Form:
    names = [module.name for module in list_unbought_modules(inp.account)]
    return Form(
        title="The plan",
        fields=(
            Field(
                key="modules",
                label=fill_question(inp, "Which modules would help them?"),
                kind=FieldKind.MULTI,
                options=tuple(
                    Option(value=name, label=single_line(name, max_length=120)) for name in dict.fromkeys(names)
                ),
            ),
            Field(
                key="extra_seats",
                label="More seats",
                kind=FieldKind.WHOLE,
                minimum=0,
                maximum=MAX_SEATS,
                default=_suggest_extra_seats(inp),
                help="Suggested only where more than 90% are in use: enough to bring it back to 80%.",
            ),
            Field(
                key="amount",
                label="Amount you plan with",
                kind=FieldKind.MONEY,
                minimum=0,
                maximum=1e11,
                help="USD a year, on top of today's ARR. The computed amount is shown below.",
            ),
            Field(key="by", label="Decided by", kind=FieldKind.DATE),
            Field(key="why", label="Why would they want it now?", kind=FieldKind.LONG_TEXT, required=True),
        ),
    )


def build_amounts(inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """What the choice comes to, beside the amount planned with."""
    chosen = growth_amounts.list_chosen_modules(inp.account, answers)
    seat_count = growth_amounts.count_seats_after(inp.account, answers)
    rows: list[dict[str, Cell]] = [
        {
            "item": single_line(module.name, max_length=120),
            "amount": growth_amounts.price_module(inp.account, module, seat_count),
        }
        for module in chosen
    ]
    if growth_amounts.count_extra_seats(answers):
        more = format_count(growth_amounts.count_extra_seats(answers), "more seat")
        rows.append({"item": more, "amount": growth_amounts.price_extra_seats(inp.account, answers)})
    computed, planned = growth_amounts.price_plan(inp.account, answers), parse_number(answers.get("amount"))
    table = Table(
        title="What it comes to",
        columns=(
            Column(key="item", label="Item"),
            Column(key="amount", label="USD a year", kind=ColumnKind.MONEY),
        ),
        rows=tuple(rows),
        empty="Nothing chosen yet.",
        source="Modules at list price on every seat, new ones included; seats at today's price and discount.",
    )
    return table, _total_facts(computed, planned)


def _total_facts(computed: Decimal | None, planned: Decimal | None) -> Facts:
    return Facts(
        title="Amount",
        items=(
            Fact(
                label="Computed",
                value=f"{format_money(computed)} a year" if computed is not None else "nothing chosen",
            ),
            Fact(
                label="Planned with",
                value=f"{format_money(planned)} a year" if planned is not None else "not set",
            ),
        ),
    )


def _suggest_extra_seats(inp: SlideInput) -> int:
    week = inp.account.latest_usage
    if week is None or week.utilisation <= growth_amounts.SATURATED_SHARE:
        return 0
    return max(0, round(week.active_users / 0.8) - week.seats)


def _price_per_seat(inp: SlideInput) -> str | None:
    contract = inp.account.contract
    if contract is None:
        return None
    return format_money(contract.annual_price_per_seat * (1 - contract.discount_percent / 100))


SLIDE = Slide(
    id=SlideId.GROWTH_PLAN,
    title="Growth plan",
    short="Growth",
    category=SlideCategory.STRATEGY,
    purpose="Where they have outgrown what they bought, and what it is worth.",
    sections=(build_usage_callout, build_seats_facts, build_modules_table, build_modules_chart),
    form=build_form,
    results=build_amounts,
    defaults=SlideContext(
        lead="Growth that the customer asks for lasts. Begin with what they cannot do today.",
        minutes=8,
    ),
)
