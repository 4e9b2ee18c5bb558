"""Text with words in it: "{{ customer.name }} renews on {{ contract.renewal_date }}."

Jinja only parses. What it parsed is checked against the few kinds of node below and then evaluated here, over a flat
vocabulary: no Python object is ever reached from a template, so there is nothing to escape from. Allowing one more
construct costs a case in `_evaluate` or `_write` and an attack in the tests.
"""

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from jinja2 import Environment, TemplateError, nodes

from lib.errors import InvalidInput
from lib.slides.template_filters import FILTERS, TypedValue, format_value
from lib.slides.template_variables import SAMPLE_VALUES, VARIABLES, TemplateValues, VariableKind, VariableValue
from lib.text.escape import escape_plain_markdown
from lib.text.format import format_count
from lib.text.truncate import single_line, strip_invisible, truncate

MAX_SOURCE_LENGTH = 8000
MAX_OUTPUT_LENGTH = 20000
OUTPUT_MARK = "\0"
"""Stands for whatever an expression says while links are looked for."""

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

_PARSER = Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701  it parses; `lib.text.escape` escapes
_IMAGE = re.compile(r"!\[|<\s*img", re.IGNORECASE)
_LINK = re.compile(r"(?:\w+://|www\.)\S*|\]\([^)]*\)?|^\s*\[[^\]\n]+\]:.*$", re.MULTILINE | re.IGNORECASE)


class TemplateRuleError(TemplateError):
    """A fault in a text, with its line."""

    def __init__(self, message: str, lineno: int | None = None) -> None:
        super().__init__(message)
        self.lineno = lineno


@lru_cache(maxsize=2048)
def parse_template(source: str) -> nodes.Template:
    """Check `source` whole, every branch of it. Raises InvalidInput naming the fault and its line."""
    if len(source) > MAX_SOURCE_LENGTH:
        raise InvalidInput(f"The text is longer than {MAX_SOURCE_LENGTH:,} characters.")
    try:
        tree = _PARSER.parse(source)
        for shown in (str, lambda _: OUTPUT_MARK):
            _reject_built_links("".join(_render_nodes(tree.body, SAMPLE_VALUES, shown)), source)
        heads = {id(node.node) for node in tree.find_all(nodes.Getattr)}
        for node in tree.find_all(nodes.Expr):
            if id(node) not in heads and not isinstance(node, nodes.TemplateData):
                _evaluate_expression(node, SAMPLE_VALUES)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f"Line {line}: " if line else ""
        raise InvalidInput(f"{where}{single_line(error.message or 'It cannot be read.', max_length=300)}") from error
    except (RecursionError, ValueError, OverflowError) as error:
        raise InvalidInput("The text is too deeply nested, or a number in it is too long.") from error
    return tree


def render_markdown(source: str, vocabulary: TemplateValues) -> str:
    """`source` filled in, as Markdown in which every value of the account reads literally. Raises InvalidInput."""
    return _render(source, vocabulary, escape_plain_markdown)


def render_plain_text(source: str, vocabulary: TemplateValues) -> str:
    """`source` filled in as plain text, for e-mails and labels. Raises InvalidInput."""
    return _render(source, vocabulary, single_line)


def _render(source: str, vocabulary: TemplateValues, escape: Callable[[str], str]) -> str:
    try:
        text = "".join(_render_nodes(parse_template(source).body, vocabulary, escape)).strip()
    except TemplateError as error:
        raise InvalidInput(error.message or "The text cannot be filled in.") from error
    if len(text) > MAX_OUTPUT_LENGTH:
        raise InvalidInput(f"The text grows beyond {MAX_OUTPUT_LENGTH:,} characters once it is filled in.")
    return strip_invisible(text)


def _render_nodes(body: list[nodes.Node], vocabulary: TemplateValues, escape: Callable[[str], str]) -> list[str]:
    written: list[str] = []
    for node in body:
        match node:
            case nodes.Output():
                written += _render_nodes(list(node.nodes), vocabulary, escape)
            case nodes.TemplateData():
                written.append(node.data)
            case nodes.If():
                written += _render_nodes(_choose_branch(node, vocabulary), vocabulary, escape)
            case nodes.Expr():
                written.append(escape(format_value(_evaluate_expression(node, vocabulary))))
            case _:
                raise _unsupported_node_error(node)
    return written


def _choose_branch(node: nodes.If, vocabulary: TemplateValues) -> list[nodes.Node]:
    """The arm that applies; over the sample all of them, so that every one is checked."""
    arms = [node, *node.elif_]
    if vocabulary is SAMPLE_VALUES:
        return [part for arm in arms for part in arm.body] + node.else_
    return next((arm.body for arm in arms if _evaluate_expression(arm.test, vocabulary).value), node.else_)


def _evaluate_expression(node: nodes.Node, vocabulary: TemplateValues) -> TypedValue:
    match node:
        case nodes.Const(value=str() | int() | float() | None as value):
            return TypedValue(value, VariableKind.TEXT if isinstance(value, str) else VariableKind.NUMBER)
        case nodes.Name(ctx="load"):
            return _look_up_variable(node.name, node.lineno, vocabulary)
        case nodes.Getattr(node=nodes.Name(ctx="load") as head):
            return _look_up_variable(f"{head.name}.{node.attr}", node.lineno, vocabulary)
        case nodes.And() | nodes.Or():
            left = _evaluate_expression(node.left, vocabulary)
            decided = bool(left.value) is isinstance(node, nodes.Or)
            return left if decided else _evaluate_expression(node.right, vocabulary)
        case nodes.Not():
            return TypedValue(not _evaluate_expression(node.node, vocabulary).value, VariableKind.YES_NO)
        case nodes.CondExpr():
            arm = node.expr1 if _evaluate_expression(node.test, vocabulary).value else node.expr2
            return _evaluate_expression(arm, vocabulary) if arm is not None else TypedValue("")
        case nodes.Compare():
            return TypedValue(_evaluate_comparison(node, vocabulary), VariableKind.YES_NO)
        case nodes.Filter(node=nodes.Expr() as subject):
            return _apply_filter(node, subject, vocabulary)
        case _:
            raise _unsupported_node_error(node)


def _look_up_variable(name: str, line: int, vocabulary: TemplateValues) -> TypedValue:
    if name in VARIABLES:
        return TypedValue(vocabulary.values.get(name), VARIABLES[name].kind)
    raise TemplateRuleError(f"there is no word “{truncate(name, 60)}”.{_suggest_name(name, VARIABLES)}", line)


def _evaluate_comparison(node: nodes.Compare, vocabulary: TemplateValues) -> bool:
    left = _evaluate_expression(node.expr, vocabulary).value
    for operand in node.ops:
        if operand.op not in COMPARISONS:
            raise TemplateRuleError(f"“{operand.op}” is not a comparison texts may use.", node.lineno)
        right = _evaluate_expression(operand.expr, vocabulary).value
        if not _is_comparison_true(operand.op, left, right, node.lineno):
            return False
        left = right
    return True


def _is_comparison_true(operator: str, left: VariableValue, right: VariableValue, line: int) -> bool:
    """Nothing is more or less than "no data"."""
    if operator not in ("eq", "ne") and (left is None or right is None):
        return False
    try:
        return COMPARISONS[operator](left, right)
    except TypeError as error:
        raise TemplateRuleError("two things of different kinds are compared.", line) from error


def _apply_filter(node: nodes.Filter, subject: nodes.Expr, vocabulary: TemplateValues) -> TypedValue:
    if node.name not in FILTERS:
        name = truncate(node.name, 60)
        raise TemplateRuleError(f"there is no filter “{name}”.{_suggest_name(node.name, FILTERS)}", node.lineno)
    entry = FILTERS[node.name]
    arguments = [part.value for part in node.args if isinstance(part, nodes.Const) and isinstance(part.value, str)]
    if node.kwargs or node.dyn_args or node.dyn_kwargs or not len(arguments) == len(node.args) == entry.arguments:
        raise TemplateRuleError(f"the filter “{node.name}” takes {format_count(entry.arguments, 'text')}.", node.lineno)
    said = _evaluate_expression(subject, vocabulary)
    if said.value is not None and not entry.accepts(said):
        raise TemplateRuleError(f"the filter “{node.name}” cannot read a {said.kind.replace('_', '/')}.", node.lineno)
    return entry.apply(said, *arguments)


def _reject_built_links(text: str, source: str) -> None:
    """Images fetch by being looked at; a link put together from the account would carry the account out with it."""
    if _IMAGE.search(text.replace(OUTPUT_MARK, "")):
        raise TemplateRuleError("images are not allowed in a text.")
    if any(link.strip() not in source for link in _LINK.findall(text)):
        raise TemplateRuleError("a link must be written out; it may not be put together from words.")


def _unsupported_node_error(node: nodes.Node) -> TemplateRuleError:
    what = REFUSED_NODES.get(type(node), f"“{type(node).__name__.lower()}”")
    return TemplateRuleError(f"texts may not use {what}.", node.lineno)


def _suggest_name(name: str, known: Any) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean “{close[0]}”?" if close else ""
