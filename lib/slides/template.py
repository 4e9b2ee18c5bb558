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
from lib.slides import words
from lib.slides.filters import FILTERS, Said, read
from lib.slides.vocabulary import SAMPLE, WORDS, Kind, Value, Vocabulary

LONGEST_SOURCE = 8000
LONGEST_OUTPUT = 20000
HIDDEN = "\0"
"""Stands for whatever an expression says while links are looked for."""

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {"eq": eq, "ne": ne, "lt": lt, "lteq": le, "gt": gt, "gteq": ge}
REFUSED: dict[type[nodes.Node], str] = {
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

_PARSER = Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701  it parses; `words.escape` escapes
_IMAGE = re.compile(r"!\[|<\s*img", re.IGNORECASE)
_LINK = re.compile(r"(?:\w+://|www\.)\S*|\]\([^)]*\)?|^\s*\[[^\]\n]+\]:.*$", re.MULTILINE | re.IGNORECASE)


class TemplateFault(TemplateError):
    """A fault in a text, with its line."""

    def __init__(self, message: str, lineno: int | None = None) -> None:
        super().__init__(message)
        self.lineno = lineno


@lru_cache(maxsize=2048)
def parse(source: str) -> nodes.Template:
    """Check `source` whole, every branch of it. Raises InvalidInput naming the fault and its line."""
    if len(source) > LONGEST_SOURCE:
        raise InvalidInput(f"The text is longer than {LONGEST_SOURCE:,} characters.")
    try:
        tree = _PARSER.parse(source)
        for shown in (str, lambda _: HIDDEN):
            _refuse_links("".join(_write(tree.body, SAMPLE, shown)), source)
        heads = {id(node.node) for node in tree.find_all(nodes.Getattr)}
        for node in tree.find_all(nodes.Expr):
            if id(node) not in heads and not isinstance(node, nodes.TemplateData):
                _evaluate(node, SAMPLE)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f"Line {line}: " if line else ""
        raise InvalidInput(f"{where}{words.plain(error.message or 'It cannot be read.', most=300)}") from error
    except (RecursionError, ValueError, OverflowError) as error:
        raise InvalidInput("The text is too deeply nested, or a number in it is too long.") from error
    return tree


def render(source: str, vocabulary: Vocabulary) -> str:
    """`source` filled in, as Markdown in which every value of the account reads literally. Raises InvalidInput."""
    return _fill(source, vocabulary, words.escape)


def render_plain(source: str, vocabulary: Vocabulary) -> str:
    """`source` filled in as plain text, for e-mails and labels. Raises InvalidInput."""
    return _fill(source, vocabulary, words.plain)


def _fill(source: str, vocabulary: Vocabulary, escape: Callable[[str], str]) -> str:
    try:
        text = "".join(_write(parse(source).body, vocabulary, escape)).strip()
    except TemplateError as error:
        raise InvalidInput(error.message or "The text cannot be filled in.") from error
    if len(text) > LONGEST_OUTPUT:
        raise InvalidInput(f"The text grows beyond {LONGEST_OUTPUT:,} characters once it is filled in.")
    return words.visible(text)


def _write(body: list[nodes.Node], vocabulary: Vocabulary, escape: Callable[[str], str]) -> list[str]:
    written: list[str] = []
    for node in body:
        match node:
            case nodes.Output():
                written += _write(list(node.nodes), vocabulary, escape)
            case nodes.TemplateData():
                written.append(node.data)
            case nodes.If():
                written += _write(_branch(node, vocabulary), vocabulary, escape)
            case nodes.Expr():
                written.append(escape(read(_evaluate(node, vocabulary))))
            case _:
                raise _refused(node)
    return written


def _branch(node: nodes.If, vocabulary: Vocabulary) -> list[nodes.Node]:
    """The arm that applies; over the sample all of them, so that every one is checked."""
    arms = [node, *node.elif_]
    if vocabulary is SAMPLE:
        return [part for arm in arms for part in arm.body] + node.else_
    return next((arm.body for arm in arms if _evaluate(arm.test, vocabulary).value), node.else_)


def _evaluate(node: nodes.Node, vocabulary: Vocabulary) -> Said:
    match node:
        case nodes.Const(value=str() | int() | float() | None as value):
            return Said(value, Kind.TEXT if isinstance(value, str) else Kind.NUMBER)
        case nodes.Name(ctx="load"):
            return _look_up(node.name, node.lineno, vocabulary)
        case nodes.Getattr(node=nodes.Name(ctx="load") as head):
            return _look_up(f"{head.name}.{node.attr}", node.lineno, vocabulary)
        case nodes.And() | nodes.Or():
            left = _evaluate(node.left, vocabulary)
            decided = bool(left.value) is isinstance(node, nodes.Or)
            return left if decided else _evaluate(node.right, vocabulary)
        case nodes.Not():
            return Said(not _evaluate(node.node, vocabulary).value, Kind.YES_NO)
        case nodes.CondExpr():
            arm = node.expr1 if _evaluate(node.test, vocabulary).value else node.expr2
            return _evaluate(arm, vocabulary) if arm is not None else Said("")
        case nodes.Compare():
            return Said(_compare(node, vocabulary), Kind.YES_NO)
        case nodes.Filter(node=nodes.Expr() as subject):
            return _filter(node, subject, vocabulary)
        case _:
            raise _refused(node)


def _look_up(name: str, line: int, vocabulary: Vocabulary) -> Said:
    if name in WORDS:
        return Said(vocabulary.values.get(name), WORDS[name].kind)
    raise TemplateFault(f"there is no word “{words.cut(name, 60)}”.{_closest(name, WORDS)}", line)


def _compare(node: nodes.Compare, vocabulary: Vocabulary) -> bool:
    left = _evaluate(node.expr, vocabulary).value
    for operand in node.ops:
        if operand.op not in COMPARISONS:
            raise TemplateFault(f"“{operand.op}” is not a comparison texts may use.", node.lineno)
        right = _evaluate(operand.expr, vocabulary).value
        if not _holds(operand.op, left, right, node.lineno):
            return False
        left = right
    return True


def _holds(operator: str, left: Value, right: Value, line: int) -> bool:
    """Nothing is more or less than "no data"."""
    if operator not in ("eq", "ne") and (left is None or right is None):
        return False
    try:
        return COMPARISONS[operator](left, right)
    except TypeError as error:
        raise TemplateFault("two things of different kinds are compared.", line) from error


def _filter(node: nodes.Filter, subject: nodes.Expr, vocabulary: Vocabulary) -> Said:
    if node.name not in FILTERS:
        name = words.cut(node.name, 60)
        raise TemplateFault(f"there is no filter “{name}”.{_closest(node.name, FILTERS)}", node.lineno)
    entry = FILTERS[node.name]
    arguments = [part.value for part in node.args if isinstance(part, nodes.Const) and isinstance(part.value, str)]
    if node.kwargs or node.dyn_args or node.dyn_kwargs or not len(arguments) == len(node.args) == entry.arguments:
        raise TemplateFault(f"the filter “{node.name}” takes {words.count(entry.arguments, 'text')}.", node.lineno)
    said = _evaluate(subject, vocabulary)
    if said.value is not None and not entry.accepts(said):
        raise TemplateFault(f"the filter “{node.name}” cannot read a {said.kind.replace('_', '/')}.", node.lineno)
    return entry.apply(said, *arguments)


def _refuse_links(text: str, source: str) -> None:
    """Images fetch by being looked at; a link put together from the account would carry the account out with it."""
    if _IMAGE.search(text.replace(HIDDEN, "")):
        raise TemplateFault("images are not allowed in a text.")
    if any(link.strip() not in source for link in _LINK.findall(text)):
        raise TemplateFault("a link must be written out; it may not be put together from words.")


def _refused(node: nodes.Node) -> TemplateFault:
    what = REFUSED.get(type(node), f"“{type(node).__name__.lower()}”")
    return TemplateFault(f"texts may not use {what}.", node.lineno)


def _closest(name: str, known: Any) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean “{close[0]}”?" if close else ""
