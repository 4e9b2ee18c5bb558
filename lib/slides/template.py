"""Templates of slide texts: "{{ customer.name }} renews on {{ contract.renewal_date }}."

Jinja only parses. `lib.slides.template_evaluation` checks the tree and fills it in.
"""

import logging
import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from jinja2 import Environment, TemplateError, nodes

from lib.errors import InvalidInput
from lib.slides.template_evaluation import TemplateRuleError, fill_nodes
from lib.slides.template_syntax_errors import describe_syntax_error
from lib.slides.template_values import OwnVariables, TemplatePart, TemplateValues, build_sample_values
from lib.text.markdown_escape import escape_plain_markdown
from lib.text.truncate import single_line, strip_invisible

MAX_SOURCE_LENGTH = 8000
MAX_OUTPUT_LENGTH = 20000
# Far below what Python's stack holds, so that a text that was accepted once is never too deep on a page.
MAX_DEPTH = 250
UNREADABLE = "The text is too deeply nested, or a number in it is too long."
log = logging.getLogger(__name__)
# Stands for the output of an expression while a source is searched for links.
OUTPUT_MARK = "\0"

_PARSER = Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701  it parses; `lib.text.markdown_escape` escapes
_IMAGE = re.compile(r"!\[|<\s*img", re.IGNORECASE)
# Looked for from the beginning of a word and of a line: from every place in a long one it would take half a second.
_LINK = re.compile(r"(?:(?<!\w)\w+://|www\.)\S*|\]\([^)]*\)?|^[^\S\n]*\[[^\]\n]+\]:.*$", re.MULTILINE | re.IGNORECASE)


@lru_cache(maxsize=2048)
def parse_template(source: str, own: OwnVariables = ()) -> nodes.Template:
    """Parse and check `source`, every branch of it. Raises InvalidInput with the line.

    `own` are the variables the workflow adds to those of the account.
    """
    samples = build_sample_values(own)
    if len(source) > MAX_SOURCE_LENGTH:
        raise InvalidInput(f"The text is longer than {MAX_SOURCE_LENGTH:,} characters.")
    try:
        tree = _PARSER.parse(source)
        _require_shallow_tree(tree)
        for write in (str, lambda _: OUTPUT_MARK):
            _require_no_built_links(_join_parts(fill_nodes(tree.body, samples), write), source)
    except TemplateError as error:
        line, message = getattr(error, "lineno", None), error.message or ""
        told = message if isinstance(error, TemplateRuleError) else describe_syntax_error(message)
        raise InvalidInput(f"{f'Line {line}: ' if line else ''}{single_line(told, max_length=300)}") from error
    except InvalidInput:
        raise
    except Exception as error:
        # Jinja evaluates constants while it parses: 1e400 raises ArithmeticError, deep nesting RecursionError, and
        # its next version may raise something else. Whatever it is, it is an error of this text alone.
        log.info("text not read: %s", type(error).__name__)
        raise InvalidInput(UNREADABLE) from error
    return tree


def _require_shallow_tree(tree: nodes.Template) -> None:
    level: list[nodes.Node] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return
    raise InvalidInput(UNREADABLE)


def render_template_as_markdown(source: str, values: TemplateValues) -> str:
    """`source` filled in, as Markdown with every value escaped. Raises InvalidInput."""
    return _render_template(source, values, escape_plain_markdown)


def render_template_as_text(source: str, values: TemplateValues) -> str:
    """`source` filled in as plain text, for emails and labels. Raises InvalidInput."""
    return _render_template(source, values, single_line)


def _render_template(source: str, values: TemplateValues, escape: Callable[[str], str]) -> str:
    if "{" not in source:
        return _render_words(source)
    return _finish_text(_join_parts(_fill_template(source, values), escape))


@lru_cache(maxsize=2048)
def _render_words(source: str) -> str:
    """A text without placeholders: most are, and they read the same for everybody."""
    return _finish_text(_join_parts(_fill_template(source, TemplateValues({})), str))


def _finish_text(filled: str) -> str:
    text = filled.strip()
    if len(text) > MAX_OUTPUT_LENGTH:
        raise InvalidInput(f"The text is longer than {MAX_OUTPUT_LENGTH:,} characters once it is filled in.")
    return strip_invisible(text)


def _join_parts(parts: Iterable[TemplatePart], escape: Callable[[str], str]) -> str:
    return "".join([escape(text) if is_value else text for text, is_value in parts])


def _fill_template(source: str, values: TemplateValues) -> tuple[TemplatePart, ...]:
    """What `source` says of these values, worked out once: a slide shows a text that a ghost run looks at too."""
    if source in values.filled:
        return values.filled[source]
    try:
        parts = tuple(fill_nodes(parse_template(source, values.own).body, values))
    except TemplateError as error:
        raise InvalidInput(error.message or "The text cannot be filled in.") from error
    except InvalidInput:
        raise
    except Exception as error:  # comparing and formatting odd values, as above
        log.info("text not filled in: %s", type(error).__name__)
        raise InvalidInput(UNREADABLE) from error
    values.filled[source] = parts
    return parts


def _require_no_built_links(text: str, source: str) -> None:
    # An image fetches when it is drawn, and a link built from values would carry them out of the app.
    if _IMAGE.search(text.replace(OUTPUT_MARK, "")):
        raise TemplateRuleError("images are not allowed in a text.")
    if any(link.strip() not in source for link in _LINK.findall(text)):
        raise TemplateRuleError("a link must be written out; it may not be built from variables.")
