"""Writes plain YAML that `yaml_reader` reads as the same value. Pure."""

from typing import Any

import yaml


class _PlainDumper(yaml.SafeDumper):
    """Lists stand under their key, texts of several lines as they read, and nothing is an alias."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_yaml_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if not text.isprintable():
        style = "|" if _can_be_block_of_lines(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _can_be_block_of_lines(text: str) -> bool:
    """True for a text that a block of lines gives back exactly: no blanks at the ends of lines, no odd characters."""
    lines = text.split("\n")
    return bool(lines[0]) and all(line.isprintable() and line == line.strip() for line in lines)


_PlainDumper.add_representer(str, _represent_yaml_text)


def write_plain_yaml(value: Any) -> str:
    """YAML of values of JSON; keys in their order."""
    text: str = yaml.dump(value, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=100_000)
    return text
