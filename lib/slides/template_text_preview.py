"""How a template text reads without a customer: its variables by their meaning, "[customer]"."""

import re
from contextlib import suppress
from functools import lru_cache

from jinja2 import nodes

from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.template_variables import VARIABLES, VariableKind
from lib.text.format import humanize_code
from lib.text.truncate import single_line

_COMPARISONS = {
    "eq": "is", "ne": "is not", "gt": "is above", "gteq": "is at least", "lt": "is below", "lteq": "is at most"
}  # fmt: skip

_OWN_ANSWER = re.compile(r"\banswer\.own_[a-z0-9_]+")


@lru_cache(maxsize=2048)  # the builder asks for the titles of all slides in each click
def format_template_preview(source: str) -> str:
    """Plain text on one line, the first arm of every condition. A text that does not parse reads as written."""
    try:
        tree = _parse_with_own_answers(source)
    except InvalidInput:
        return single_line(source)
    return single_line("".join(_preview_template_node(node) for node in tree.body).replace("**", ""))


def fill_customer_name(preview: str, customer_name: str) -> str:
    """A preview with a customer's name where it says "[customer]"."""
    return preview.replace(_preview_variable("customer.name"), single_line(customer_name))


def describe_template(source: str) -> str | None:
    """The whole text with variables by their meaning and conditions in words; None where a part has no words.

    "[if [seats in use] is below 60: Ask why. Otherwise: Thank them.]"
    """
    if "{" not in source:
        return source
    try:
        tree = _parse_with_own_answers(source)
        return "".join(_describe_template_node(node) for node in tree.body)
    except InvalidInput:
        return None


def _parse_with_own_answers(source: str) -> nodes.Template:
    """A text may name answers to questions of the company's own; those are in the workflow, which is not at hand here.

    Their kind decides which filters they take: the first that all of them can be. Raises InvalidInput.
    """
    names = sorted(set(_OWN_ANSWER.findall(source)))
    kinds = tuple(VariableKind) if names else (VariableKind.TEXT,)
    for kind in kinds[:-1]:
        with suppress(InvalidInput):
            return template.parse_template(source, tuple((name, kind) for name in names))
    return template.parse_template(source, tuple((name, kinds[-1]) for name in names))


def _describe_template_node(node: nodes.Node) -> str:
    match node:
        case nodes.Output():
            return "".join(_describe_template_node(part) for part in node.nodes)
        case nodes.If():
            arms = [f"if {_describe_condition(node.test)}: {_describe_body(node.body)}"]
            arms += [f" Or if {_describe_condition(arm.test)}: {_describe_body(arm.body)}" for arm in node.elif_]
            arms += [f" Otherwise: {_describe_body(node.else_)}"] if node.else_ else []
            return f"[{''.join(arms)}]"
        case nodes.CondExpr():
            otherwise = f" Otherwise: {_describe_template_node(node.expr2)}" if node.expr2 is not None else ""
            return f"[if {_describe_condition(node.test)}: {_describe_template_node(node.expr1)}{otherwise}]"
        case nodes.TemplateData() | nodes.Const() | nodes.Filter() | nodes.Getattr() | nodes.Name():
            return _preview_template_node(node)
        case _:
            raise InvalidInput("This part has no words.")


def _describe_body(body: list[nodes.Node]) -> str:
    return "".join(_describe_template_node(node) for node in body)


def _describe_condition(test: nodes.Node) -> str:
    match test:
        case nodes.Compare(expr=nodes.Node() as expr, ops=[nodes.Operand(op=op, expr=nodes.Node() as operand)]) if (
            op in (_COMPARISONS)
        ):
            return f"{_describe_template_node(expr)} {_COMPARISONS[op]} {_describe_template_node(operand)}"
        case nodes.And() | nodes.Or():
            joint = "and" if isinstance(test, nodes.And) else "or"
            return f"{_describe_condition(test.left)} {joint} {_describe_condition(test.right)}"
        case nodes.Not():
            return f"not {_describe_condition(test.node)}"
        case _:
            return _describe_template_node(test)


def _preview_template_node(node: nodes.Node) -> str:
    match node:
        case nodes.Output():
            return "".join(_preview_template_node(part) for part in node.nodes)
        case nodes.TemplateData():
            return node.data
        case nodes.If():
            return "".join(_preview_template_node(part) for part in node.body)
        case nodes.CondExpr():
            return _preview_template_node(node.expr2) if node.expr2 is not None else ""
        case nodes.Const():
            return str(node.value)
        case nodes.Filter(node=nodes.Node() as subject):
            return _preview_filter_node(node, subject)
        case nodes.Getattr(node=nodes.Name() as head):
            return _preview_variable(f"{head.name}.{node.attr}")
        case nodes.Name():
            return _preview_variable(node.name)
        case _:
            return "[…]"


def _preview_variable(name: str) -> str:
    spoken = name.removeprefix("answer.own_").replace(".", " ")
    meaning = VARIABLES[name].meaning if name in VARIABLES else humanize_code(spoken)
    return f"[{meaning if meaning[1:2].isupper() else meaning[:1].lower() + meaning[1:]}]"


def _preview_filter_node(node: nodes.Filter, subject: nodes.Node) -> str:
    """A number with its noun: "[number] tickets"."""
    noun = node.args[0].value if node.name == "count" and node.args and isinstance(node.args[0], nodes.Const) else None
    return f"[number] {noun}s" if noun else _preview_template_node(subject)
