from lib.accounts.reading import remaining
from lib.slides import words
from lib.slides.context import SlideContext
from lib.slides.deck import parts
from lib.slides.filling import question
from lib.slides.model import (
    Chart,
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
)

NOTES_SHOWN = 5
LONGEST_NOTE = 400


def key_facts(inp: SlideInput) -> Facts:
    account = inp.account
    summary = account.customer.summary
    return Facts(
        title="Key facts",
        items=(
            parts.arr_fact(account),
            parts.notice_fact(account),
            parts.health_fact(account),
            parts.usage_fact(account),
            survey(inp),
            Fact(label="They use us for", value=words.plain(summary, most=400) if summary else None),
            Fact(label="Competitor", value=words.plain(account.customer.competitor or "") or "none known"),
        ),
    )


def survey(inp: SlideInput) -> Fact:
    """NPS, always with n."""
    answers = inp.account.surveys
    if not answers:
        return Fact(label="NPS", value=None, note="No survey answers.")
    promoters = sum(answer.score >= 9 for answer in answers)
    detractors = sum(answer.score <= 6 for answer in answers)
    score = round(100 * (promoters - detractors) / len(answers))
    return Fact(
        label="NPS",
        value=f"{score:+d}, n = {len(answers)}" if score else f"0, n = {len(answers)}",
        note=f"{words.day(answers[-1].responded_on)} to {words.day(answers[0].responded_on)}",
    )


def usage(inp: SlideInput) -> Chart:
    return parts.usage_chart(inp.account)


def health(inp: SlideInput) -> Table:
    return parts.health_table(inp.account)


def tickets(inp: SlideInput) -> Table:
    return parts.tickets_table(inp.account)


def contacts(inp: SlideInput) -> Table:
    return parts.contacts_table("Contacts", remaining(inp.account), "No contact is on record: no data.")


def notes(inp: SlideInput) -> Table:
    return Table(
        title="Latest notes",
        columns=(
            Column(key="happened_on", label="Day", kind=ColumnKind.DATE),
            Column(key="kind", label="Kind"),
            Column(key="author", label="By"),
            Column(key="body", label="Note"),
        ),
        rows=tuple(
            {
                "happened_on": note.happened_on,
                "kind": words.spoken(note.kind),
                "author": words.plain(note.author_name, most=120),
                "body": words.plain(note.body[: 4 * LONGEST_NOTE], most=LONGEST_NOTE),
            }
            for note in inp.account.notes[:NOTES_SHOWN]
        ),
        empty="Nobody has written a note yet.",
        source=f"Notes in Zen, newest first, {NOTES_SHOWN} at most, each cut at {LONGEST_NOTE} characters.",
    )


def form(inp: SlideInput) -> Form:
    return Form(
        title="Your reading",
        fields=(
            Field(key="stands_out", label=question(inp, "What stands out?"), kind=FieldKind.LONG_TEXT, required=True),
            Field(
                key="data_wrong",
                label="Is anything wrong or missing in the data?",
                kind=FieldKind.LONG_TEXT,
                help="Name the figure and what it should be; it is passed on with the run.",
            ),
        ),
    )


SLIDE = Slide(
    id=SlideId.REVIEW_ACCOUNT,
    title="Review the account",
    short="Account",
    category=SlideCategory.COMMON,
    purpose="Key facts, usage, health, tickets and people, before any opinion.",
    sections=(key_facts, usage, health, tickets, contacts, notes),
    form=form,
    defaults=SlideContext(
        lead="Read the account before forming a view. "
        "{% if usage.percent %}{{ usage.percent }} of the seats are in use; {% endif %}"
        '{{ tickets.open|count("ticket") }} {{ "is" if tickets.open == 1 else "are" }} open.',
        minutes=8,
    ),
)
