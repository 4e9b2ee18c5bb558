"""The tree of a template, checked against the few kinds of node below and evaluated over flat values.

A template never reaches a Python object, so there is no sandbox to escape from. Allowing one more construct costs a
case in `_evaluate_expression` or `fill_nodes` and an attack in the tests.
"""

import math
from collections.abc import Callable
from difflib import get_close_matches
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from jinja2 import TemplateError, nodes

from lib.slides.template_filters import FILTERS, TypedValue, format_typed_value
from lib.slides.template_values import TemplatePart, TemplateValues
from lib.slides.template_variables import VARIABLES, VariableKind, VariableValue
from lib.text.format import format_count
from lib.text.truncate import truncate

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


class TemplateRuleError(TemplateError):
    """A construct that templates may not use, with its line."""

    def __init__(self, message: str, lineno: int | None = None) -> None:
        super().__init__(message)
        self.lineno = lineno


def fill_nodes(body: list[nodes.Node], values: TemplateValues) -> list[TemplatePart]:
    """The pieces of a text. Raises TemplateRuleError for what templates may not use."""
    parts: list[TemplatePart] = []
    for node in body:
        match node:
            case nodes.Output():
                parts += fill_nodes(node.nodes, values)  # type: ignore[arg-type]
            case nodes.TemplateData():
                parts.append((node.data, False))
            case nodes.If():
                parts += fill_nodes(_choose_if_branch(node, values), values)
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


def _build_unsupported_node_error(node: nodes.Node) -> TemplateRuleError:
    what = REFUSED_NODES.get(type(node), f"“{type(node).__name__.lower()}”")
    return TemplateRuleError(f"texts may not use {what}.", node.lineno)


def _suggest_close_name(name: str, known: Any) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean “{close[0]}”?" if close else ""
