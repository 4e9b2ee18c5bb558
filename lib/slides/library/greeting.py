from lib.content.model import Callout, Column, ColumnKind, Fact, Facts, Table, Tone
from lib.forms.model import Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.context import SlideContext
from lib.slides.fill import fill_question
from lib.slides.model import Slide, SlideCategory, SlideId, SlideInput
from lib.text.format import format_date, humanize_code
from lib.text.truncate import single_line


def build_reason_callout(inp: SlideInput) -> Callout:
    """The strongest reason to be here today, as the priority has it."""
    reasons = sorted(inp.account.priority.reasons, key=lambda reason: -reason.points)
    strongest = next((reason for reason in reasons if reason.points > 0 and reason.kind != "arr"), None)
    if strongest is None:
        return Callout(text="Nothing presses today: a good day to look ahead.", tone=Tone.GOOD)
    return Callout(
        text=f"Why now: {single_line(strongest.sentence, max_length=400)}",
        tone=shared_sections.choose_notice_tone(inp.account),
    )


def build_overview_facts(inp: SlideInput) -> Facts:
    account, customer = inp.account, inp.account.customer
    return Facts(
        title=single_line(customer.name, max_length=120),
        items=(
            shared_sections.build_notice_fact(account),
            shared_sections.build_arr_fact(account),
            shared_sections.build_health_fact(account),
            shared_sections.build_usage_fact(account),
            Fact(label="Industry", value=single_line(customer.industry) if customer.industry else None),
            Fact(label="Customer since", value=format_date(customer.customer_since)),
            Fact(label="Owner", value=single_line(customer.owner_name)),
        ),
    )


def build_reasons_table(inp: SlideInput) -> Table:
    return Table(
        title="Why this customer, why today",
        columns=(
            Column(key="sentence", label="Reason"),
            Column(key="points", label="Priority points", kind=ColumnKind.NUMBER),
        ),
        rows=tuple(
            {"sentence": single_line(reason.sentence, max_length=400), "points": reason.points}
            for reason in inp.account.priority.reasons
            if reason.points > 0
        ),
        empty="Nothing presses today.",
        source=f"Zen priority, {inp.account.priority.score} of 100 as of {format_date(inp.account.today)}; they add up.",
    )


def build_past_runs_table(inp: SlideInput) -> Table | None:
    if not inp.account.past_runs:
        return None
    return Table(
        title="What was done before",
        columns=(
            Column(key="finished_on", label="Ended", kind=ColumnKind.DATE),
            Column(key="workflow", label="Workflow"),
            Column(key="outcome", label="Outcome"),
            Column(key="reason", label="Reason"),
        ),
        rows=tuple(
            {
                "finished_on": run.finished_on,
                "workflow": single_line(run.workflow_name, max_length=120),
                "outcome": humanize_code(run.outcome_code or run.status),
                "reason": single_line(run.outcome_reason, max_length=200) if run.outcome_reason else None,
            }
            for run in inp.account.past_runs[:5]
        ),
        empty="No earlier run.",
        source="Finished runs in Zen, newest first, five at most.",
    )


def build_form(inp: SlideInput) -> Form:
    return Form(
        title="Before you begin",
        fields=(
            Field(
                key="goal",
                label=fill_question(inp, "What would make today worth it for this customer?"),
                kind=FieldKind.LONG_TEXT,
                help="One sentence is enough; the summary shows it again at the end.",
            ),
            Field(
                key="concern",
                label="What worries you most before you look at the data?",
                kind=FieldKind.LONG_TEXT,
            ),
        ),
    )


SLIDE = Slide(
    id=SlideId.GREETING,
    title="Where we stand",
    short="Start",
    category=SlideCategory.COMMON,
    purpose="Who this is about, why now, and what is ahead.",
    sections=(build_reason_callout, build_overview_facts, build_reasons_table, build_past_runs_table),
    form=build_form,
    defaults=SlideContext(
        lead="**{{ customer.name }}** has been a customer since {{ customer.since }}. "
        "{% if contract.days_to_notice >= 0 %}The last day to act is {{ contract.notice_deadline }}, "
        "{{ contract.days_to_notice|away }}.{% elif contract.days_to_notice %}The notice deadline was "
        "{{ contract.notice_deadline }}, {{ contract.days_to_notice|away }}.{% else %}"
        "No contract is on record.{% endif %}",
        minutes=3,
    ),
)
