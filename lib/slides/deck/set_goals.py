from lib.slides import answers as read
from lib.slides import words
from lib.slides.context import SlideContext
from lib.slides.deck import parts
from lib.slides.filling import question
from lib.slides.model import (
    Answers,
    Callout,
    Column,
    ColumnKind,
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
    Tone,
)

GOALS = (
    Column(key="goal", label="Goal", required=True),
    Column(key="owner", label="Owner"),
    Column(key="due", label="Due", kind=ColumnKind.DATE),
    Column(key="measure", label="How we will know"),
)


def background(inp: SlideInput) -> Facts:
    account = inp.account
    buyer, summary = account.contact("economic_buyer"), account.customer.summary
    return Facts(
        title="What the goals should serve",
        items=(
            Fact(label="They use us for", value=words.plain(summary, most=400) if summary else None),
            parts.usage_fact(account),
            parts.health_fact(account),
            parts.notice_fact(account),
            Fact(label="Who judges success", value=words.plain(buyer.name, most=120) if buyer else None),
        ),
    )


def form(inp: SlideInput) -> Form:
    return Form(
        title="Goals",
        fields=(
            Field(
                key="goals",
                label=question(inp, "What will be true in a year that is not true today?"),
                kind=FieldKind.ROWS,
                columns=GOALS,
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


def checked(inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """What the goals still lack, each named."""
    goals = read.rows(answers.get("goals"))
    if not goals:
        return (Callout(text="No goal yet."),)
    lacks = [(label, [_name(goal) for goal in goals if not goal.get(key)]) for key, label in LACKS]
    found = [f"{label}: {words.listed(names)}." for label, names in lacks if names]
    dated = [(_name(goal), due) for goal in goals if (due := read.day(goal.get("due")))]
    past = [name for name, due in dated if due < inp.account.today]
    contract = inp.account.contract
    late = [name for name, due in dated if contract and due > contract.notice_deadline >= inp.account.today]
    if past:
        found.append(f"Due in the past: {words.listed(past)}.")
    if late:
        found.append(f"Due only after the notice deadline: {words.listed(late)}.")
    if not found:
        text = f"{words.count(len(goals), 'goal')}, each with an owner, a date and a measure."
        return (Callout(text=text, tone=Tone.GOOD),)
    return tuple(Callout(text=text, tone=Tone.WARNING) for text in found)


LACKS = (("owner", "Without an owner"), ("due", "Without a date"), ("measure", "Without a measure"))


def _name(goal: object) -> str:
    value = goal.get("goal") if hasattr(goal, "get") else None
    return words.plain(read.text(value) or "unnamed goal", most=60)


SLIDE = Slide(
    id=SlideId.SET_GOALS,
    title="Set goals",
    short="Goals",
    category=SlideCategory.STRATEGY,
    purpose="What the customer wants to reach, who owns it, and how both will know.",
    sections=(background,),
    form=form,
    results=checked,
    defaults=SlideContext(
        lead="Goals belong to the customer; the plan belongs to you. Write down theirs first.",
        minutes=10,
    ),
)
