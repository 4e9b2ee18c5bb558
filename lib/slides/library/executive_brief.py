from lib.content.model import Callout, Fact, Facts, Table, Text, Tone
from lib.customers.model import Account
from lib.forms.model import Answers, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.answer_summary import build_answers_table
from lib.slides.brief_document import Brief, build_brief_file, find_brief_problems
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput, SlideOutput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question, fill_template_text
from lib.text.format import NO_DATA, format_date, join_names
from lib.text.json_values import parse_text
from lib.text.markdown_escape import escape_plain_markdown, escape_plain_markdown_lines
from lib.text.truncate import single_line, truncate

DEFAULT_HEADLINE = "{{ customer.name }}: where we stand and our ask"
DEFAULT_SITUATION = """{{ customer.name }} has been a customer since {{ customer.since }}.
{% if usage.percent %}{{ usage.percent }} of the seats are in use.
{% endif %}{% if answer.goals %}What we agreed to reach: {{ answer.goals }}.{% endif %}"""
MAX_PREVIEW_CHARS = 20_000
BRIEF_PARTS = (("situation", "Situation"), ("asks", "Our ask"), ("decision", "Decision needed"))


def build_brief_figures(slide_input: SlideInput) -> Facts:
    """The figures of the brief, and the health score, which is internal and never on it."""
    return Facts(
        title="Figures",
        items=(*_build_figure_facts(slide_input), shared_sections.build_health_fact(slide_input.account)),
    )


def build_answers_so_far_table(slide_input: SlideInput) -> Table:
    return build_answers_table(slide_input, "Answers so far")


def build_brief_form(slide_input: SlideInput) -> Form:
    context = slide_input.context
    return Form(
        title="Brief",
        fields=(
            Field(
                key="headline",
                label="Headline",
                kind=FieldKind.TEXT,
                default=single_line(
                    fill_template_text(slide_input, context.subject or DEFAULT_HEADLINE, ""), max_length=300
                ),
                required=True,
            ),
            Field(
                key="situation",
                label="Situation",
                kind=FieldKind.LONG_TEXT,
                default=fill_template_text(slide_input, context.body or DEFAULT_SITUATION, ""),
                required=True,
                help="Four lines at most.",
            ),
            Field(
                key="asks",
                label=fill_slide_question(slide_input, "What are you asking for?"),
                kind=FieldKind.LONG_TEXT,
                required=True,
                help="One per line.",
            ),
            Field(key="decision", label="Decision needed, by whom and when", kind=FieldKind.TEXT),
            Field(
                key="with_figures",
                label="Include our figures?",
                kind=FieldKind.YES_NO,
                default=False,
                help="ARR, notice deadline and seats in use: for internal readers.",
            ),
        ),
    )


def build_brief_preview(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """The brief as it will read, then the parts that are missing."""
    blocks = [f"### {escape_plain_markdown(headline)}"] if (headline := parse_text(answers.get("headline"))) else []
    blocks += [
        f"**{label}**\n\n{escape_plain_markdown_lines(truncate(text, MAX_PREVIEW_CHARS))}"
        for label, text in _list_answered_brief_parts(answers)
    ]
    sections: list[Section] = [Text(markdown="\n\n".join(blocks))] if blocks else []
    if _has_figures_included(answers):
        sections.append(Facts(title="Figures in the brief", items=_build_figure_facts(slide_input)))
    brief, missing = _read_brief(slide_input, answers), _list_missing_brief_parts(answers)
    problems = [f"Not written yet, so not in the brief: {join_names(missing)}."] if missing else []
    problems += find_brief_problems(brief) if brief else []
    return (*sections, *(Callout(text=text, tone=Tone.WARNING) for text in problems))


def build_brief_documents(slide_input: SlideInput, answers: Answers) -> tuple[SlideOutput, ...]:
    """The brief as a PDF of one page. Unanswered parts are left out."""
    brief = _read_brief(slide_input, answers)
    document = build_brief_file(brief) if brief else None
    return (document,) if document else ()


def _read_brief(slide_input: SlideInput, answers: Answers) -> Brief | None:
    """The brief as answered; None without a headline."""
    headline, account = parse_text(answers.get("headline")), slide_input.account
    if not headline:
        return None
    facts = _build_figure_facts(slide_input) if _has_figures_included(answers) else ()
    return Brief(
        customer=single_line(account.customer.name, max_length=200),
        headline=single_line(headline, max_length=500),
        parts=tuple(_list_answered_brief_parts(answers)),
        figures=tuple((fact.label, fact.value or NO_DATA) for fact in facts),
        author=single_line(account.company_name, max_length=120),
        day=format_date(account.today),
    )


def _list_answered_brief_parts(answers: Answers) -> list[tuple[str, str]]:
    """Title and text of each part that is not empty."""
    return [(label, text) for key, label in BRIEF_PARTS if (text := parse_text(answers.get(key)))]


def _list_missing_brief_parts(answers: Answers) -> list[str]:
    parts = (("headline", "Headline"), *BRIEF_PARTS)
    return [label for key, label in parts if not parse_text(answers.get(key))]


def _has_figures_included(answers: Answers) -> bool:
    """True if the person chose to include our figures: the reader may be a customer."""
    return answers.get("with_figures") is True


def _build_figure_facts(slide_input: SlideInput) -> tuple[Fact, ...]:
    account = slide_input.account
    return (
        shared_sections.build_arr_fact(account),
        _build_notice_deadline_fact(account),
        shared_sections.build_usage_fact(account),
    )


def _build_notice_deadline_fact(account: Account) -> Fact:
    contract = account.contract
    return Fact(label="Notice deadline", value=format_date(contract.notice_deadline) if contract else None)


SLIDE = Slide(
    id=SlideId.EXECUTIVE_BRIEF,
    title="Executive brief",
    short="Brief",
    category=SlideCategory.STRATEGY,
    purpose="One page for a reader with five minutes.",
    sections=(build_brief_figures, build_answers_so_far_table),
    form=build_brief_form,
    results=build_brief_preview,
    documents=build_brief_documents,
    defaults=SlideContext(
        lead="One page, one decision. Leave out what does not lead to it.",
        subject=DEFAULT_HEADLINE,
        body=DEFAULT_SITUATION,
        minutes=10,
    ),
)
