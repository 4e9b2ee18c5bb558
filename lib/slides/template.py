"""Templates of slide texts: "{{ customer.name }} renews on {{ contract.renewal_date }}."

Jinja only parses. The tree is checked against the few kinds of node below and evaluated here, over flat values: a
template never reaches a Python object, so there is no sandbox to escape from. Allowing one more construct costs a case
in `_evaluate_expression` or `_fill_nodes` and an attack in the tests.
"""

import logging
import math
import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from jinja2 import Environment, TemplateError, nodes

from lib.errors import InvalidInput
from lib.slides.template_filters import FILTERS, TypedValue, format_typed_value
from lib.slides.template_values import OwnVariables, TemplatePart, TemplateValues, build_sample_values
from lib.slides.template_variables import VARIABLES, VariableKind, VariableValue
from lib.text.format import format_count
from lib.text.markdown_escape import escape_plain_markdown
from lib.text.truncate import single_line, strip_invisible, truncate

MAX_SOURCE_LENGTH = 8000
MAX_OUTPUT_LENGTH = 20000
# Far below what Python's stack holds, so that a text that was accepted once is never too deep on a page.
MAX_DEPTH = 250
UNREADABLE = "The text is too deeply nested, or a number in it is too long."
log = logging.getLogger(__name__)
# Stands for the output of an expression while a source is searched for links.
OUTPUT_MARK = "\0"

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {"eq": eq, "ne": ne, "lt": lt, "lteq": le, "gt": gt, "gteq": ge}
REFUSED_NODES: dict[type[nodes.Node], str] = {
    nodes.For: "loops",
    nodes.Call: "calls",
    nodes.Getattr: "attributes of attributes",
    nodes.Getitem: "item access",
    nodes.Macro: "macros",
    nodes.Include: "includes",
    nodes.Import: "imports",
    nodes.FromImport: "imports",
    nodes.Extends: "inheritance",
    nodes.Assign: "assignments",
    nodes.AssignBlock: "assignments",
    nodes.Test: "tests with “is”",
}

_PARSER = Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701  it parses; `lib.text.markdown_escape` escapes
_IMAGE = re.compile(r"!\[|<\s*img", re.IGNORECASE)
# Looked for from the beginning of a word and of a line: from every place in a long one it would take half a second.
_LINK = re.compile(r"(?:(?<!\w)\w+://|www\.)\S*|\]\([^)]*\)?|^[^\S\n]*\[[^\]\n]+\]:.*$", re.MULTILINE | re.IGNORECASE)


class TemplateRuleError(TemplateError):
    """A construct that templates may not use, with its line."""

    def __init__(self, message: str, lineno: int | None = None) -> None:
        super().__init__(message)
        self.lineno = lineno


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
            _require_no_built_links(_join_parts(_fill_nodes(tree.body, samples), write), source)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        prefix = f"Line {line}: " if line else ""
        raise InvalidInput(f"{prefix}{single_line(error.message or 'It cannot be read.', max_length=300)}") from error
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
        parts = tuple(_fill_nodes(parse_template(source, values.own).body, values))
    except TemplateError as error:
        raise InvalidInput(error.message or "The text cannot be filled in.") from error
    except InvalidInput:
        raise
    except Exception as error:  # comparing and formatting odd values, as above
        log.info("text not filled in: %s", type(error).__name__)
        raise InvalidInput(UNREADABLE) from error
    values.filled[source] = parts
    return parts


def _fill_nodes(body: list[nodes.Node], values: TemplateValues) -> list[TemplatePart]:
    parts: list[TemplatePart] = []
    for node in body:
        match node:
            case nodes.Output():
                parts += _fill_nodes(node.nodes, values)  # type: ignore[arg-type]
            case nodes.TemplateData():
                parts.append((node.data, False))
            case nodes.If():
                parts += _fill_nodes(_choose_if_branch(node, values), values)
            case nodes.Expr():
                parts.append((format_typed_value(_evaluate_expression(node, values)), True))
            case _:
                raise _build_unsupported_node_error(node)
    return parts


def _choose_if_branch(node: nodes.If, values: TemplateValues) -> list[nodes.Node]:
    """The arm that applies. Over the sample values all of them, so that every arm and every test is checked."""
    arms = [node, *node.elif_]
    if values.is_sample:
        for arm in arms:
            _evaluate_expression(arm.test, values)
        return [part for arm in arms for part in arm.body] + node.else_
    return next((arm.body for arm in arms if _evaluate_expression(arm.test, values).value), node.else_)


def _evaluate_expression(node: nodes.Node, values: TemplateValues) -> TypedValue:
    """The value of an expression. Over the sample values each of its parts is evaluated, once, and so checked."""
    match node:
        case nodes.Const(value=float() as value) if not math.isfinite(value):  # Jinja reads 1e400 as infinite
            raise TemplateRuleError("a number in it is too large.", node.lineno)
        case nodes.Const(value=str() | int() | float() | None as value):
            return TypedValue(value, VariableKind.TEXT if isinstance(value, str) else VariableKind.NUMBER)
        case nodes.Name(ctx="load"):
            return _look_up_variable(node.name, node.lineno, values)
        case nodes.Getattr(node=nodes.Name(ctx="load") as head):
            return _look_up_variable(f"{head.name}.{node.attr}", node.lineno, values)
        case nodes.And() | nodes.Or():
            left = _evaluate_expression(node.left, values)
            is_decided = bool(left.value) is isinstance(node, nodes.Or)
            if is_decided and not values.is_sample:
                return left
            right = _evaluate_expression(node.right, values)
            return left if is_decided else right
        case nodes.Not():
            return TypedValue(not _evaluate_expression(node.node, values).value, VariableKind.YES_NO)
        case nodes.CondExpr():
            is_true = bool(_evaluate_expression(node.test, values).value)
            arm, other = (node.expr1, node.expr2) if is_true else (node.expr2, node.expr1)
            if values.is_sample and other is not None:
                _evaluate_expression(other, values)
            return _evaluate_expression(arm, values) if arm is not None else TypedValue("")
        case nodes.Compare():
            return TypedValue(_evaluate_comparison(node, values), VariableKind.YES_NO)
        case nodes.Filter(node=nodes.Expr() as subject):
            return _apply_filter(node, subject, values)
        case _:
            raise _build_unsupported_node_error(node)


def _look_up_variable(name: str, line: int, values: TemplateValues) -> TypedValue:
    kind = values.find_kind(name)
    if kind is not None:
        return TypedValue(values.values.get(name), kind)
    known = (*VARIABLES, *dict(values.own))
    raise TemplateRuleError(f"there is no variable “{truncate(name, 60)}”.{_suggest_close_name(name, known)}", line)


def _evaluate_comparison(node: nodes.Compare, values: TemplateValues) -> bool:
    left = _evaluate_expression(node.expr, values).value
    is_true = True
    for operand in node.ops:
        if operand.op not in COMPARISONS:
            raise TemplateRuleError(f"“{operand.op}” is not a comparison texts may use.", node.lineno)
        right = _evaluate_expression(operand.expr, values).value
        is_true = is_true and _is_comparison_true(operand.op, left, right, node.lineno)
        if not is_true and not values.is_sample:
            return False
        left = right
    return is_true


def _is_comparison_true(operator: str, left: VariableValue, right: VariableValue, line: int) -> bool:
    # A missing value is neither more nor less than another.
    if operator not in ("eq", "ne") and (left is None or right is None):
        return False
    try:
        return COMPARISONS[operator](left, right)
    except TypeError as error:
        raise TemplateRuleError("values of different kinds cannot be compared.", line) from error


def _apply_filter(node: nodes.Filter, subject: nodes.Expr, values: TemplateValues) -> TypedValue:
    if node.name not in FILTERS:
        name = truncate(node.name, 60)
        raise TemplateRuleError(f"there is no filter “{name}”.{_suggest_close_name(node.name, FILTERS)}", node.lineno)
    entry = FILTERS[node.name]
    arguments = [part.value for part in node.args if isinstance(part, nodes.Const) and isinstance(part.value, str)]
    if node.kwargs or node.dyn_args or node.dyn_kwargs or not len(arguments) == len(node.args) == entry.arguments:
        raise TemplateRuleError(f"the filter “{node.name}” takes {format_count(entry.arguments, 'text')}.", node.lineno)
    value = _evaluate_expression(subject, values)
    if value.value is not None and not entry.accepts(value):
        raise TemplateRuleError(f"the filter “{node.name}” cannot read a {value.kind.replace('_', '/')}.", node.lineno)
    return entry.apply(value, *arguments)


def _require_no_built_links(text: str, source: str) -> None:
    # An image fetches when it is drawn, and a link built from values would carry them out of the app.
    if _IMAGE.search(text.replace(OUTPUT_MARK, "")):
        raise TemplateRuleError("images are not allowed in a text.")
    if any(link.strip() not in source for link in _LINK.findall(text)):
        raise TemplateRuleError("a link must be written out; it may not be built from variables.")


def _build_unsupported_node_error(node: nodes.Node) -> TemplateRuleError:
    what = REFUSED_NODES.get(type(node), f"“{type(node).__name__.lower()}”")
    return TemplateRuleError(f"texts may not use {what}.", node.lineno)


def _suggest_close_name(name: str, known: Any) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean “{close[0]}”?" if close else ""
