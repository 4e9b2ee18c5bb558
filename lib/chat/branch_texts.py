"""Texts of branches with the account filled in."""

from lib.chat.chat_context import ChatContext
from lib.content.model import Text
from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.slide_texts import build_template_values
from lib.text.markdown_escape import escape_plain_markdown_lines
from lib.text.truncate import strip_invisible


def render_fixed_answer(context: ChatContext, source: str) -> Text:
    """Fill the account into a fixed answer; show its source where that fails."""
    try:
        return Text(markdown=template.render_template_as_markdown(source, build_template_values(context.slide_input())))
    except InvalidInput:
        return Text(markdown=escape_plain_markdown_lines(source))


def render_branch_prompt(context: ChatContext, source: str) -> str:
    """A branch's prompt with the account filled in; its source where that fails."""
    try:
        return template.render_template_as_text(source, build_template_values(context.slide_input()))
    except InvalidInput:
        return strip_invisible(source)
