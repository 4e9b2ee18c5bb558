from lib.content.model import Column, ColumnKind, Fact, Facts, Table
from lib.customers.customer_record_kinds import RecordKind
from lib.forms.model import Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.model import Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.text.format import format_date
from lib.text.truncate import single_line

RUNS_SHOWN = 5


def build_account_overview_facts(slide_input: SlideInput) -> Facts:
    account, customer = slide_input.account, slide_input.account.customer
    return Facts(
        title=single_line(customer.name, max_length=120),
        items=(
            shared_sections.build_arr_fact(account),
            shared_sections.build_health_fact(account),
            shared_sections.build_usage_fact(account),
            Fact(label="Industry", value=single_line(customer.industry) if customer.industry else None),
            Fact(label="Customer since", value=format_date(customer.customer_since)),
            Fact(label="Owner", value=single_line(customer.owner_name)),
        ),
    )


def build_priority_reasons_table(slide_input: SlideInput) -> Table:
    priority = slide_input.account.priority
    return Table(
        title="Why now",
        columns=(
            Column(key="sentence", label="Reason"),
            Column(key="points", label="Priority points", kind=ColumnKind.NUMBER),
        ),
        rows=tuple(
            {"sentence": single_line(reason.sentence, max_length=400), "points": reason.points}
            for reason in priority.reasons
            if reason.points > 0
        ),
        empty="Nothing is urgent today.",
        source=f"Zen priority, {priority.score} of 100 as of {format_date(slide_input.account.today)}.",
    )


def build_past_runs_table(slide_input: SlideInput) -> Table | None:
    if not slide_input.account.past_runs:
        return None
    return Table(
        title="Earlier runs",
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
                "outcome": slide_input.account.rules.format_outcome(
                    run.outcome_code, otherwise=run.status.capitalize()
                ),
                "reason": single_line(run.outcome_reason, max_length=200) if run.outcome_reason else None,
            }
            for run in slide_input.account.past_runs[:RUNS_SHOWN]
        ),
        empty="No earlier runs.",
        source=shared_sections.describe_shown_records(
            slide_input.account,
            RecordKind.PAST_RUNS,
            min(RUNS_SHOWN, len(slide_input.account.past_runs)),
            "Finished runs in Zen, newest first",
        ),
    )


def build_greeting_form(slide_input: SlideInput) -> Form:
    return Form(
        title="Before you begin",
        fields=(
            Field(
                key="goal",
                label=fill_slide_question(slide_input, "What would make today worthwhile for this customer?"),
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
    purpose="The customer, why now, and the goal of this run.",
    sections=(build_priority_reasons_table, build_account_overview_facts, build_past_runs_table),
    form=build_greeting_form,
    defaults=SlideContext(
        lead="**{{ customer.name }}** has been a customer since {{ customer.since }}."
        "{% if not contract.renewal_date %} No contract is on record.{% endif %}",
        minutes=3,
    ),
)
