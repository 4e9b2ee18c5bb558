from lib.slides import words
from lib.slides.context import SlideContext
from lib.slides.deck import parts
from lib.slides.filling import question
from lib.slides.model import (
    Callout,
    Column,
    ColumnKind,
    Fact,
    Facts,
    Field,
    FieldKind,
    Form,
    Slide,
    SlideCategory,
    SlideId,
    SlideInput,
    Table,
    Tone,
)


def why_now(inp: SlideInput) -> Callout:
    """The strongest reason to be here today, as the priority has it."""
    reasons = sorted(inp.account.priority.reasons, key=lambda reason: -reason.points)
    strongest = next((reason for reason in reasons if reason.points > 0 and reason.kind != "arr"), None)
    if strongest is None:
        return Callout(text="Nothing presses today: a good day to look ahead.", tone=Tone.GOOD)
    return Callout(text=f"Why now: {words.plain(strongest.sentence, most=400)}", tone=parts.notice_tone(inp.account))


def at_a_glance(inp: SlideInput) -> Facts:
    account, customer = inp.account, inp.account.customer
    return Facts(
        title=words.plain(customer.name, most=120),
        items=(
            parts.notice_fact(account),
            parts.arr_fact(account),
            parts.health_fact(account),
            parts.usage_fact(account),
            Fact(label="Industry", value=words.plain(customer.industry) if customer.industry else None),
            Fact(label="Customer since", value=words.day(customer.customer_since)),
            Fact(label="Owner", value=words.plain(customer.owner_name)),
        ),
    )


def reasons(inp: SlideInput) -> Table:
    return Table(
        title="Why this customer, why today",
        columns=(
            Column(key="sentence", label="Reason"),
            Column(key="points", label="Priority points", kind=ColumnKind.NUMBER),
        ),
        rows=tuple(
            {"sentence": words.plain(reason.sentence, most=400), "points": reason.points}
            for reason in inp.account.priority.reasons
            if reason.points > 0
        ),
        empty="Nothing presses today.",
        source=f"Zen priority, {inp.account.priority.score} of 100 as of {words.day(inp.account.today)}; they add up.",
    )


def earlier_runs(inp: SlideInput) -> Table | None:
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
                "workflow": words.plain(run.workflow_name, most=120),
                "outcome": words.spoken(run.outcome_code or run.status),
                "reason": words.plain(run.outcome_reason, most=200) if run.outcome_reason else None,
            }
            for run in inp.account.past_runs[:5]
        ),
        empty="No earlier run.",
        source="Finished runs in Zen, newest first, five at most.",
    )


def form(inp: SlideInput) -> Form:
    return Form(
        title="Before you begin",
        fields=(
            Field(
                key="goal",
                label=question(inp, "What would make today worth it for this customer?"),
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
    sections=(why_now, at_a_glance, reasons, earlier_runs),
    form=form,
    defaults=SlideContext(
        lead="**{{ customer.name }}** has been a customer since {{ customer.since }}. "
        "{% if contract.days_to_notice >= 0 %}The last day to act is {{ contract.notice_deadline }}, "
        "{{ contract.days_to_notice|away }}.{% elif contract.days_to_notice %}The notice deadline was "
        "{{ contract.notice_deadline }}, {{ contract.days_to_notice|away }}.{% else %}"
        "No contract is on record.{% endif %}",
        minutes=3,
    ),
)
