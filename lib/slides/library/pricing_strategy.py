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
    ReferenceLine,
    Series,
    Table,
    Tone,
)
from lib.customers.arr_computation import compute_percentage
from lib.customers.company_codes_and_limits import ADMIN_WITH_PROOF
from lib.customers.model import Contract
from lib.forms.model import Answers, EditableColumn, Field, FieldKind, Form, Option
from lib.slides import shared_sections
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.pricing_scenarios import (
    MAX_SEATS,
    Scenario,
    compute_pricing_scenarios,
    find_chosen_pricing_scenario,
    read_scenario_status,
    suggest_pricing_scenarios,
)
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.slides.stored_prices import describe_price_status
from lib.text.format import format_money, format_percent, join_names
from lib.text.regional_format import get_currency

SCENARIO_COLUMNS = (
    EditableColumn(key="name", label="Scenario", required=True),
    EditableColumn(key="uplift", label="Uplift", kind=ColumnKind.PERCENT, minimum=-90, maximum=200),
    EditableColumn(key="discount", label="Discount", kind=ColumnKind.PERCENT, minimum=0, maximum=100),
    EditableColumn(key="seats", label="Seats", kind=ColumnKind.NUMBER, minimum=0, maximum=MAX_SEATS),
)


def build_current_pricing_facts(slide_input: SlideInput) -> Facts:
    contract = slide_input.account.contract
    cap = contract.uplift_cap_percent if contract else None
    return Facts(
        title="Current terms",
        items=(
            shared_sections.build_arr_fact(slide_input.account),
            Fact(label="Uplift cap", value=_format_uplift_cap(contract, cap)),
            shared_sections.build_usage_fact(slide_input.account),
        ),
    )


def build_approval_limits_facts(slide_input: SlideInput) -> Facts:
    bands = slide_input.account.rules.approval_bands
    items = [Fact(label=f"Up to {format_percent(band.up_to_percent)}", value=band.approver) for band in bands]
    above = f"Above {format_percent(bands[-1].up_to_percent)}" if bands else "Any"
    return Facts(title="Approval limits", items=(*items, Fact(label=above, value=ADMIN_WITH_PROOF)))


def build_pricing_form(slide_input: SlideInput) -> Form:
    stored = slide_input.answers_of(SlideId.PRICING_STRATEGY)
    names = dict.fromkeys(scenario.name for scenario in compute_pricing_scenarios(slide_input.account, stored))
    return Form(
        title="Scenarios",
        fields=(
            Field(
                key="scenarios",
                label="Scenarios to compare",
                kind=FieldKind.ROWS,
                columns=SCENARIO_COLUMNS,
                default=suggest_pricing_scenarios(slide_input.account),
                help="Leave blank to keep today's terms. The discount applies to the list price after uplift.",
            ),
            Field(
                key="chosen",
                label=fill_slide_question(slide_input, "Which one do you propose?"),
                kind=FieldKind.CHOICE,
                options=tuple(Option(value=name, label=name) for name in names),
                required=bool(names),
            ),
            Field(
                key="walk_away",
                label="What is your walk-away point, and why?",
                kind=FieldKind.LONG_TEXT,
            ),
        ),
    )


def build_scenario_comparison(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    scenarios, contract = compute_pricing_scenarios(slide_input.account, answers), slide_input.account.contract
    over = [scenario.name for scenario in scenarios if scenario.is_above_cap]
    warnings: list[Section] = []
    if over and contract:
        text = f"Above the agreed cap of {format_percent(contract.uplift_cap_percent)}: {join_names(over)}."
        warnings.append(Callout(text=text, tone=Tone.WARNING))
    warnings += _build_chosen_price_callout(slide_input, answers)
    return (_build_scenario_chart(scenarios, contract), _build_scenario_table(scenarios, contract), *warnings)


def _build_chosen_price_callout(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """What the proposed price needs, before it is saved and after."""
    account, chosen = slide_input.account, find_chosen_pricing_scenario(slide_input.account, answers)
    status = read_scenario_status(account, chosen, slide_input.prices.scenario) if chosen else None
    text = describe_price_status(status) if status else ""
    tone = Tone.WARNING if status and status.approver else Tone.NEUTRAL
    return (Callout(text=text, tone=tone),) if text else ()


def _build_scenario_chart(scenarios: tuple[Scenario, ...], contract: Contract | None) -> Chart:
    points = tuple(
        Point(
            x=scenario.name,
            y=float(scenario.arr) if scenario.arr is not None else None,
            label=format_money(scenario.arr),
            tone=Tone.WARNING if scenario.is_above_cap else Tone.NEUTRAL,
        )
        for scenario in scenarios
    )
    now = ReferenceLine(y=float(contract.arr), label=f"Today {format_money(contract.arr)}") if contract else None
    return Chart(
        title="ARR in each scenario",
        kind=ChartKind.BAR,
        series=(Series(name="ARR", points=points),),
        x_label="Scenario",
        y_label=f"{get_currency()} a year",
        y_format="$,.0f",
        empty="Without a contract and seats no scenario can be priced: no data.",
        reference=now,
        source="Seats × list price × (1 + uplift) × (1 − discount), from the current contract.",
    )


def _build_scenario_table(scenarios: tuple[Scenario, ...], contract: Contract | None) -> Table:
    return Table(
        title="Compared with today",
        columns=(
            Column(key="name", label="Scenario"),
            Column(key="arr", label="ARR", kind=ColumnKind.MONEY),
            Column(key="change", label="Change", kind=ColumnKind.MONEY),
            Column(key="share", label="Change in %", kind=ColumnKind.PERCENT),
            Column(key="discount", label="Discount", kind=ColumnKind.PERCENT),
            Column(key="off_list", label="Below list", kind=ColumnKind.PERCENT),
            Column(key="approver", label="Needs approval"),
            Column(key="cap", label="Uplift cap"),
        ),
        rows=tuple(_build_scenario_row(scenario, contract) for scenario in scenarios),
        empty="No scenarios yet.",
        source="Today's ARR is that of the current contract.",
    )


def _build_scenario_row(scenario: Scenario, contract: Contract | None) -> dict[str, Cell]:
    change = scenario.arr - contract.arr if scenario.arr is not None and contract else None
    return {
        "name": scenario.name,
        "arr": scenario.arr,
        "change": change,
        "share": compute_percentage(change, contract.arr) if change is not None and contract else None,
        "discount": scenario.discount,
        "off_list": scenario.off_list_percent,
        "approver": scenario.approver if scenario.needs_other_approval else "no",
        "cap": _describe_uplift_cap_status(scenario, contract),
    }


def _describe_uplift_cap_status(scenario: Scenario, contract: Contract | None) -> str | None:
    if contract is None:
        return None
    if contract.uplift_cap_percent is None:
        return "no cap"
    return "above the cap" if scenario.is_above_cap else "within"


def _format_uplift_cap(contract: Contract | None, cap: Decimal | None) -> str | None:
    if contract is None:
        return None
    return format_percent(cap) if cap is not None else "not capped"


SLIDE = Slide(
    id=SlideId.PRICING_STRATEGY,
    title="Pricing strategy",
    short="Pricing",
    category=SlideCategory.RENEWAL,
    purpose="Offers compared: what each is worth, and the approval it needs.",
    sections=(build_current_pricing_facts, build_approval_limits_facts),
    form=build_pricing_form,
    results=build_scenario_comparison,
    defaults=SlideContext(
        lead="Compare before you promise. Today's ARR is {{ contract.arr }}"
        "{% if contract.uplift_cap %}; the price may rise by {{ contract.uplift_cap }} at most{% endif %}.",
        minutes=10,
    ),
)
