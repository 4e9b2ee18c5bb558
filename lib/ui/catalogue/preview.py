"""How a slide's text reads before there is a customer: its words stand for themselves, "‹customer name›". Pure."""

from jinja2 import nodes

from lib.errors import InvalidInput
from lib.slides import template, words


def preview(source: str) -> str:
    """Plain text on one line, the first arm of every condition. A text that does not parse reads as written."""
    try:
        tree = template.parse(source)
    except InvalidInput:
        return words.plain(source)
    return words.plain("".join(_said(node) for node in tree.body).replace("**", ""))


def _said(node: nodes.Node) -> str:
    match node:
        case nodes.Output():
            return "".join(_said(part) for part in node.nodes)
        case nodes.TemplateData():
            return node.data
        case nodes.If():
            return "".join(_said(part) for part in node.body)
        case nodes.CondExpr():
            return _said(node.expr2) if node.expr2 is not None else ""
        case nodes.Const():
            return str(node.value)
        case nodes.Filter(node=nodes.Node() as subject):
            return _filtered(node, subject)
        case nodes.Getattr(node=nodes.Name() as head):
            return f"‹{words.spoken(head.name)} {words.spoken(node.attr)}›"
        case nodes.Name():
            return f"‹{words.spoken(node.name)}›"
        case _:
            return "‹…›"


def _filtered(node: nodes.Filter, subject: nodes.Node) -> str:
    """A number with its noun keeps the noun: "‹tickets open› tickets"."""
    noun = node.args[0].value if node.name == "count" and node.args and isinstance(node.args[0], nodes.Const) else None
    return f"{_said(subject)} {noun}s" if noun else _said(subject)
