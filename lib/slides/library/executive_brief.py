from lib.accounts.model import Account
from lib.content.model import Callout, Fact, Facts, Table, Text, Tone
from lib.forms.model import Answers, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.answer_summary import build_answers_table
from lib.slides.documents import render_html_page
from lib.slides.model import Document, Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question, fill_template_text
from lib.text.file_names import build_filename
from lib.text.format import NO_DATA, format_date, join_names
from lib.text.json_values import parse_text
from lib.text.markdown_escape import escape_plain_markdown, escape_plain_markdown_lines
from lib.text.truncate import single_line, truncate

DEFAULT_HEADLINE = "{{ customer.name }}: where we stand and our ask"
DEFAULT_SITUATION = """{{ customer.name }} has been a customer since {{ customer.since }}.
{% if usage.percent %}{{ usage.percent }} of the seats are in use.{% endif %}"""
MAX_PART_LENGTH = 8000
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
        f"**{label}**\n\n{escape_plain_markdown_lines(truncate(text, MAX_PART_LENGTH))}"
        for label, text in _list_answered_brief_parts(answers)
    ]
    sections: list[Section] = [Text(markdown="\n\n".join(blocks))] if blocks else []
    if _has_figures_included(answers):
        sections.append(Facts(title="Figures in the brief", items=_build_figure_facts(slide_input)))
    missing = _list_missing_brief_parts(answers)
    if missing:
        text = f"Not written yet, so not in the brief: {join_names(missing)}."
        sections.append(Callout(text=text, tone=Tone.WARNING))
    return tuple(sections)


def build_brief_documents(slide_input: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """The brief as HTML that prints on one sheet and fetches nothing. Unanswered parts are left out."""
    headline = parse_text(answers.get("headline"))
    if not headline:
        return ()
    content = render_html_page(
        "executive_brief.html",
        headline=single_line(headline, max_length=MAX_PART_LENGTH),
        parts=[(title, _split_brief_lines(text)) for title, text in _list_answered_brief_parts(answers)],
        figures=_build_figure_facts(slide_input) if _has_figures_included(answers) else (),
        no_data=NO_DATA,
        day=format_date(slide_input.account.today),
    )
    name = build_filename("brief", slide_input.account.customer.name, "html")
    return (Document(filename=name, media_type="text/html", build=lambda: content, label="Download the brief"),)


def _split_brief_lines(text: str) -> list[str]:
    return [single_line(line, max_length=MAX_PART_LENGTH) for line in text.splitlines()]


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
