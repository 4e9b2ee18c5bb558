"""How a template text reads without a customer: its variables by their meaning, "[customer]"."""

from jinja2 import nodes

from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.template_variables import VARIABLES
from lib.text.format import humanize_code
from lib.text.truncate import single_line


def format_template_preview(source: str) -> str:
    """Plain text on one line, the first arm of every condition. A text that does not parse reads as written."""
    try:
        tree = template.parse_template(source)
    except InvalidInput:
        return single_line(source)
    return single_line("".join(_preview_template_node(node) for node in tree.body).replace("**", ""))


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
    meaning = VARIABLES[name].meaning if name in VARIABLES else humanize_code(name.replace(".", " "))
    return f"[{meaning if meaning[1:2].isupper() else meaning[:1].lower() + meaning[1:]}]"


def _preview_filter_node(node: nodes.Filter, subject: nodes.Node) -> str:
    """A number with its noun: "[number] tickets"."""
    noun = node.args[0].value if node.name == "count" and node.args and isinstance(node.args[0], nodes.Const) else None
    return f"[number] {noun}s" if noun else _preview_template_node(subject)
