from html import escape as html

from lib.content.model import Callout, Fact, Facts, Table, Text, Tone
from lib.forms.model import Answers, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.answer_summary import summarize_answers
from lib.slides.context import SlideContext
from lib.slides.documents import build_filename
from lib.slides.fill import fill_question, fill_text
from lib.slides.model import Document, Section, Slide, SlideCategory, SlideId, SlideInput
from lib.text.escape import escape_plain_markdown, escape_plain_markdown_lines
from lib.text.format import NO_DATA, format_date, join_names
from lib.text.json_values import parse_text
from lib.text.truncate import single_line, truncate

DEFAULT_HEADLINE = "{{ customer.name }}: where we stand and what we ask"
DEFAULT_SITUATION = """{{ customer.name }} has been a customer since {{ customer.since }}.
{% if usage.percent %}{{ usage.percent }} of the seats are in use.{% endif %}"""
BRIEF_PARTS = (("situation", "Situation"), ("asks", "What we ask"), ("decision", "Decision needed"))


def build_figures(inp: SlideInput) -> Facts:
    """Health is for us: it is shown here, and is not on the page."""
    return Facts(title="Figures", items=(*_figure_facts(inp), shared_sections.build_health_fact(inp.account)))


def build_answer_summary(inp: SlideInput) -> Table:
    return summarize_answers(inp, "What this run has found so far")


def build_form(inp: SlideInput) -> Form:
    context = inp.context
    return Form(
        title="One page",
        fields=(
            Field(
                key="headline",
                label="Headline",
                kind=FieldKind.TEXT,
                default=single_line(fill_text(inp, context.subject or DEFAULT_HEADLINE, ""), max_length=300),
                required=True,
            ),
            Field(
                key="situation",
                label="Situation",
                kind=FieldKind.LONG_TEXT,
                default=fill_text(inp, context.body or DEFAULT_SITUATION, ""),
                required=True,
                help="Four lines an executive reads standing.",
            ),
            Field(
                key="asks",
                label=fill_question(inp, "What do you ask of them?"),
                kind=FieldKind.LONG_TEXT,
                required=True,
                help="One a line.",
            ),
            Field(key="decision", label="Decision needed, by whom and when", kind=FieldKind.TEXT),
            Field(
                key="with_figures",
                label="Put our figures on the page?",
                kind=FieldKind.YES_NO,
                default=False,
                help="ARR, notice deadline and seats in use: for a reader of our own.",
            ),
        ),
    )


def build_preview(inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """The page as it will read, then, beside the button, what is not on it."""
    blocks = [f"### {escape_plain_markdown(headline)}"] if (headline := parse_text(answers.get("headline"))) else []
    blocks += [
        f"**{label}**\n\n{escape_plain_markdown_lines(truncate(text, 8000))}"
        for label, text in _answered_parts(answers)
    ]
    sections: list[Section] = [Text(markdown="\n\n".join(blocks))] if blocks else []
    if _shows_figures(answers):
        sections.append(Facts(title="Figures on the page", items=_figure_facts(inp)))
    missing = _missing_parts(answers)
    if missing:
        text = f"Not written yet, and so not on the page: {join_names(missing)}."
        sections.append(Callout(text=text, tone=Tone.WARNING))
    return tuple(sections)


def build_documents(inp: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """The page as HTML that prints on one sheet and fetches nothing. What is not written is not on it."""
    headline = parse_text(answers.get("headline"))
    if not headline:
        return ()
    shown = [f"<h1>{_escape_html(headline)}</h1>"]
    for label, text in _answered_parts(answers):
        shown.append(f"<h2>{label}</h2><p>{'<br>'.join(_escape_html(line) for line in text.splitlines())}</p>")
    if _shows_figures(answers):
        rows = "".join(
            f"<tr><th>{fact.label}</th><td>{_escape_html(fact.value or NO_DATA)}</td></tr>"
            for fact in _figure_facts(inp)
        )
        shown.append(f"<h2>Figures</h2><table>{rows}</table>")
    content = PAGE_TEMPLATE.format(
        title=_escape_html(headline), body="".join(shown), day=format_date(inp.account.today)
    )
    name = build_filename("brief", inp.account.customer.name, "html")
    return (Document(filename=name, media_type="text/html", content=content.encode(), label="Download the brief"),)


PAGE_TEMPLATE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    "<style>body{{font:11pt/1.45 system-ui,sans-serif;max-width:42rem;margin:2rem auto;color:#1c1c1a}}"
    "h1{{font-size:1.3rem}}h2{{font-size:1rem;margin-bottom:0}}p{{margin-top:.2rem}}"
    "th{{text-align:left;font-weight:500;padding-right:2rem}}</style>"
    "{body}<p>As of {day}.</p></html>"
)


def _answered_parts(answers: Answers) -> list[tuple[str, str]]:
    """Heading and text of every part there is something to read in."""
    return [(label, text) for key, label in BRIEF_PARTS if (text := parse_text(answers.get(key)))]


def _missing_parts(answers: Answers) -> list[str]:
    parts_of_it = (("headline", "Headline"), *BRIEF_PARTS)
    return [label for key, label in parts_of_it if not parse_text(answers.get(key))]


def _shows_figures(answers: Answers) -> bool:
    """Only when asked for: the reader is a customer, and these are ours."""
    return answers.get("with_figures") is True


def _figure_facts(inp: SlideInput) -> tuple[Fact, ...]:
    account = inp.account
    return (
        shared_sections.build_arr_fact(account),
        shared_sections.build_notice_fact(account),
        shared_sections.build_usage_fact(account),
    )


def _escape_html(text: str) -> str:
    return html(single_line(text, max_length=8000))


SLIDE = Slide(
    id=SlideId.EXECUTIVE_BRIEF,
    title="Executive brief",
    short="Brief",
    category=SlideCategory.STRATEGY,
    purpose="One page for somebody with five minutes.",
    sections=(build_figures, build_answer_summary),
    form=build_form,
    results=build_preview,
    documents=build_documents,
    defaults=SlideContext(
        lead="One page, one decision. Everything that does not lead to it goes.",
        subject=DEFAULT_HEADLINE,
        body=DEFAULT_SITUATION,
        minutes=10,
    ),
)
