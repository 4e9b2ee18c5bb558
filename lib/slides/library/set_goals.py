from lib.content.model import Callout, ColumnKind, Fact, Facts, Tone
from lib.forms.model import Answers, EditableColumn, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.text.format import format_count, join_names
from lib.text.json_values import parse_date, parse_rows, parse_text
from lib.text.truncate import single_line

GOAL_COLUMNS = (
    EditableColumn(key="goal", label="Goal", required=True),
    EditableColumn(key="owner", label="Owner"),
    EditableColumn(key="due", label="Due", kind=ColumnKind.DATE),
    EditableColumn(key="measure", label="Measure"),
)


def build_goal_background_facts(slide_input: SlideInput) -> Facts:
    account = slide_input.account
    buyer, summary = account.find_contact_by_role("economic_buyer"), account.customer.summary
    return Facts(
        title="Background",
        items=(
            Fact(label="Uses us for", value=single_line(summary, max_length=400) if summary else None),
            shared_sections.build_usage_fact(account),
            shared_sections.build_health_fact(account),
            Fact(label="Who judges success", value=single_line(buyer.name, max_length=120) if buyer else None),
        ),
    )


def build_goals_form(slide_input: SlideInput) -> Form:
    return Form(
        title="Goals",
        fields=(
            Field(
                key="goals",
                label=fill_slide_question(slide_input, "What will be true in a year that is not true today?"),
                kind=FieldKind.ROWS,
                columns=GOAL_COLUMNS,
                default=[],
                required=True,
                help="The customer's goals in the customer's words. Three are enough.",
            ),
            Field(
                key="agreed_with",
                label="Who at the customer agreed to these?",
                kind=FieldKind.TEXT,
                help="Leave blank until they agree.",
            ),
        ),
    )


def build_incomplete_goals(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """The parts each goal still lacks."""
    goals = parse_rows(answers.get("goals"))
    if not goals:
        return (Callout(text="No goals yet."),)
    lacks = [(label, [_format_goal_name(goal) for goal in goals if not goal.get(key)]) for key, label in EXPECTED_PARTS]
    found = [f"{label}: {join_names(names)}." for label, names in lacks if names]
    dated = [(_format_goal_name(goal), due) for goal in goals if (due := parse_date(goal.get("due")))]
    past = [name for name, due in dated if due < slide_input.account.today]
    contract = slide_input.account.contract
    late = [name for name, due in dated if contract and due > contract.notice_deadline >= slide_input.account.today]
    if past:
        found.append(f"Due in the past: {join_names(past)}.")
    if late:
        found.append(f"Due only after the notice deadline: {join_names(late)}.")
    if not found:
        text = f"{format_count(len(goals), 'goal')}, each with an owner, a date and a measure."
        return (Callout(text=text, tone=Tone.GOOD),)
    return tuple(Callout(text=text, tone=Tone.WARNING) for text in found)


EXPECTED_PARTS = (("owner", "No owner"), ("due", "No date"), ("measure", "No measure"))


def _format_goal_name(goal: object) -> str:
    value = goal.get("goal") if hasattr(goal, "get") else None
    return single_line(parse_text(value) or "unnamed goal", max_length=60)


SLIDE = Slide(
    id=SlideId.SET_GOALS,
    title="Set goals",
    short="Goals",
    category=SlideCategory.STRATEGY,
    purpose="What the customer wants to reach: owner, date and measure.",
    sections=(build_goal_background_facts,),
    form=build_goals_form,
    results=build_incomplete_goals,
    defaults=SlideContext(
        lead="The goals are the customer's, the plan is yours. Write theirs down first.",
        minutes=10,
    ),
)
