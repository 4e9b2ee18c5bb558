from lib.content.model import Callout, Chart, Column, ColumnKind, Fact, Facts, Table
from lib.customers.account_rankings import list_remaining_contacts
from lib.customers.customer_record_kinds import RecordKind, count_all_records
from lib.forms.answer_validation import is_blank_answer
from lib.forms.model import Answers, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.text.format import format_date, format_number, humanize_code
from lib.text.truncate import single_line

NOTES_SHOWN = 5
MAX_NOTE_LENGTH = 400


def build_account_key_facts(slide_input: SlideInput) -> Facts:
    account = slide_input.account
    summary = account.customer.summary
    return Facts(
        title="Key facts",
        items=(
            shared_sections.build_arr_fact(account),
            shared_sections.build_health_fact(account),
            shared_sections.build_usage_fact(account),
            build_nps_fact(slide_input),
            Fact(label="Uses us for", value=single_line(summary, max_length=400) if summary else None),
            Fact(label="Competitor", value=single_line(account.customer.competitor or "") or "none known"),
        ),
    )


def build_nps_fact(slide_input: SlideInput) -> Fact:
    """The net promoter score with its number of answers."""
    answers = slide_input.account.surveys
    if not answers:
        return Fact(label="NPS", value=None, note="No survey answers.")
    promoters = sum(answer.score >= 9 for answer in answers)
    detractors = sum(answer.score <= 6 for answer in answers)
    score = round(100 * (promoters - detractors) / len(answers))
    total = count_all_records(slide_input.account, RecordKind.SURVEYS)
    cut = (
        f", the latest {format_number(len(answers))} of {format_number(total)} answers" if len(answers) < total else ""
    )
    return Fact(
        label="NPS",
        value=f"{score:+d}, n = {len(answers)}" if score else f"0, n = {len(answers)}",
        note=f"{format_date(answers[-1].responded_on)} to {format_date(answers[0].responded_on)}{cut}",
    )


def build_account_usage_chart(slide_input: SlideInput) -> Chart:
    return shared_sections.build_usage_chart(slide_input.account)


def build_account_health_table(slide_input: SlideInput) -> Table:
    return shared_sections.build_health_table(slide_input.account)


def build_account_tickets_table(slide_input: SlideInput) -> Table:
    return shared_sections.build_tickets_table(slide_input.account)


def build_account_contacts_table(slide_input: SlideInput) -> Table:
    return shared_sections.build_contacts_table(
        "Contacts", list_remaining_contacts(slide_input.account), "No contacts on record: no data."
    )


def build_account_notes_table(slide_input: SlideInput) -> Table:
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
                "kind": humanize_code(note.kind),
                "author": single_line(note.author_name, max_length=120),
                "body": single_line(note.body[: 4 * MAX_NOTE_LENGTH], max_length=MAX_NOTE_LENGTH),
            }
            for note in slide_input.account.notes[:NOTES_SHOWN]
        ),
        empty="No notes yet.",
        source=shared_sections.describe_shown_records(
            slide_input.account,
            RecordKind.NOTES,
            min(NOTES_SHOWN, len(slide_input.account.notes)),
            "Notes in Zen, newest first",
        ),
    )


def build_account_review_form(slide_input: SlideInput) -> Form:
    return Form(
        title="Your assessment",
        fields=(
            Field(
                key="stands_out",
                label=fill_slide_question(slide_input, "What stands out?"),
                kind=FieldKind.LONG_TEXT,
                required=True,
            ),
            Field(
                key="data_wrong",
                label="Is anything wrong or missing in the data?",
                kind=FieldKind.LONG_TEXT,
                help=f"Name the figure and what it should be. {_build_data_question_note(slide_input, 'It becomes')}",
            ),
        ),
    )


def build_data_question_receiver(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """To whom the answer about our records went; nothing without one."""
    if is_blank_answer(answers.get("data_wrong")):
        return ()
    return (Callout(text=_build_data_question_note(slide_input, "What you say about our records is")),)


def _build_data_question_note(slide_input: SlideInput, what_is_it: str) -> str:
    return f"{what_is_it} a follow-up for {single_line(slide_input.account.data_keeper or 'an admin', max_length=120)}."


SLIDE = Slide(
    id=SlideId.REVIEW_ACCOUNT,
    title="Review the account",
    short="Account",
    category=SlideCategory.COMMON,
    purpose="Key facts, usage, health, tickets and contacts.",
    sections=(
        build_account_key_facts,
        build_account_usage_chart,
        build_account_health_table,
        build_account_tickets_table,
        build_account_contacts_table,
        build_account_notes_table,
    ),
    form=build_account_review_form,
    results=build_data_question_receiver,
    defaults=SlideContext(
        lead="Read the account before forming a view. "
        "{% if usage.percent %}{{ usage.percent }} of the seats are in use; {% endif %}"
        '{{ tickets.open|count("ticket") }} {{ "is" if tickets.open == 1 else "are" }} open.',
        minutes=8,
    ),
)
