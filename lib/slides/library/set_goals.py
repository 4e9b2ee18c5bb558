from lib.content.model import Callout, ColumnKind, Fact, Facts, Tone
from lib.forms.model import Answers, EditableColumn, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.context import SlideContext
from lib.slides.fill import fill_question
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.text.format import format_count, join_names
from lib.text.json_values import parse_date, parse_rows, parse_text
from lib.text.truncate import single_line

GOAL_COLUMNS = (
    EditableColumn(key="goal", label="Goal", required=True),
    EditableColumn(key="owner", label="Owner"),
    EditableColumn(key="due", label="Due", kind=ColumnKind.DATE),
    EditableColumn(key="measure", label="How we will know"),
)


def build_background(inp: SlideInput) -> Facts:
    account = inp.account
    buyer, summary = account.find_contact("economic_buyer"), account.customer.summary
    return Facts(
        title="What the goals should serve",
        items=(
            Fact(label="They use us for", value=single_line(summary, max_length=400) if summary else None),
            shared_sections.build_usage_fact(account),
            shared_sections.build_health_fact(account),
            shared_sections.build_notice_fact(account),
            Fact(label="Who judges success", value=single_line(buyer.name, max_length=120) if buyer else None),
        ),
    )


def build_form(inp: SlideInput) -> Form:
    return Form(
        title="Goals",
        fields=(
            Field(
                key="goals",
                label=fill_question(inp, "What will be true in a year that is not true today?"),
                kind=FieldKind.ROWS,
                columns=GOAL_COLUMNS,
                default=[],
                required=True,
                help="The customer's goals in the customer's words. Three are plenty.",
            ),
            Field(
                key="agreed_with",
                label="Who at the customer agreed to these?",
                kind=FieldKind.TEXT,
                help="Leave it empty while they are still ours alone.",
            ),
        ),
    )


def check_goals(inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """What the goals still lack, each named."""
    goals = parse_rows(answers.get("goals"))
    if not goals:
        return (Callout(text="No goal yet."),)
    lacks = [(label, [_goal_name(goal) for goal in goals if not goal.get(key)]) for key, label in EXPECTED_PARTS]
    found = [f"{label}: {join_names(names)}." for label, names in lacks if names]
    dated = [(_goal_name(goal), due) for goal in goals if (due := parse_date(goal.get("due")))]
    past = [name for name, due in dated if due < inp.account.today]
    contract = inp.account.contract
    late = [name for name, due in dated if contract and due > contract.notice_deadline >= inp.account.today]
    if past:
        found.append(f"Due in the past: {join_names(past)}.")
    if late:
        found.append(f"Due only after the notice deadline: {join_names(late)}.")
    if not found:
        text = f"{format_count(len(goals), 'goal')}, each with an owner, a date and a measure."
        return (Callout(text=text, tone=Tone.GOOD),)
    return tuple(Callout(text=text, tone=Tone.WARNING) for text in found)


EXPECTED_PARTS = (("owner", "Without an owner"), ("due", "Without a date"), ("measure", "Without a measure"))


def _goal_name(goal: object) -> str:
    value = goal.get("goal") if hasattr(goal, "get") else None
    return single_line(parse_text(value) or "unnamed goal", max_length=60)


SLIDE = Slide(
    id=SlideId.SET_GOALS,
    title="Set goals",
    short="Goals",
    category=SlideCategory.STRATEGY,
    purpose="What the customer wants to reach, who owns it, and how both will know.",
    sections=(build_background,),
    form=build_form,
    results=check_goals,
    defaults=SlideContext(
        lead="Goals belong to the customer; the plan belongs to you. Write down theirs first.",
        minutes=10,
    ),
)
