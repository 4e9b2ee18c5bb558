"""Reads plain YAML: objects, lists, texts, numbers, yes and no, with the line of each. Pure.

No object of Python is made, and nothing refers to anything else (docs/decisions/0043-workflow-files.md): anchors,
aliases, tags and several documents are refused. Only `true`, `false`, `null` and numbers are not texts, so that `no`,
`1e3` and `2026-11-30` stay what was written.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from yaml import events

from lib.errors import InvalidInput

MAX_DEPTH = 20
MAX_VALUES = 50_000
# libyaml's parser takes 50 ms for a file of 350 kB, the one in Python 1.5 s; an installation may lack the former.
PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}

_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,18}([eE][-+][0-9]{1,2})?")
ValuePath = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class YamlDocument:
    """The value of a document, and the line on which each value stands, from 1, by its path of keys and places."""

    value: Any
    lines: Mapping[ValuePath, int]


def read_plain_yaml(text: str) -> YamlDocument:
    """Read one document. Raises InvalidInput naming the line."""
    try:
        return _PlainYamlReader(text).read_document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInput(f"Line {line}: this cannot be read as YAML ({error.problem}).") from error
    except yaml.YAMLError as error:
        raise InvalidInput("The file has characters that a text cannot have.") from error


class _PlainYamlReader:
    def __init__(self, text: str) -> None:
        self._events: Iterator[events.Event] = yaml.parse(text, Loader=PARSER)
        self._lines: dict[ValuePath, int] = {}

    def read_document(self) -> YamlDocument:
        value = None
        documents = 0
        for event in self._events:
            if isinstance(event, events.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _build_yaml_error(event, "a second document begins here, and a file has one.")
                value = self._read_value(next(self._events), ())
        return YamlDocument(value=value, lines=self._lines)

    def _read_value(self, event: events.Event, path: ValuePath) -> Any:
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _build_yaml_error(event, "anchors and aliases (& and *) are not read. Write the value out.")
        if getattr(event, "tag", None) is not None:
            raise _build_yaml_error(event, "tags (!) are not read. Write a plain value.")
        if len(path) > MAX_DEPTH:
            raise _build_yaml_error(event, f"values are nested more than {MAX_DEPTH} deep.")
        if len(self._lines) >= MAX_VALUES:
            raise _build_yaml_error(event, f"the file has more than {MAX_VALUES:,} values.")
        self._lines[path] = _get_event_line(event)
        if isinstance(event, events.ScalarEvent):
            return _resolve_scalar(event.value) if event.implicit[0] else event.value
        if isinstance(event, events.SequenceStartEvent):
            return self._read_list(path)
        return self._read_object(path)

    def _read_list(self, path: ValuePath) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), events.SequenceEndEvent):
            found.append(self._read_value(event, (*path, len(found))))
        return found

    def _read_object(self, path: ValuePath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), events.MappingEndEvent):
            if not isinstance(event, events.ScalarEvent) or event.tag is not None or event.anchor is not None:
                raise _build_yaml_error(event, "a key is a plain word.")
            if event.value in found:
                raise _build_yaml_error(event, f"“{event.value[:60]}” stands twice.")
            found[event.value] = self._read_value(next(self._events), (*path, event.value))
            self._lines[*path, event.value] = _get_event_line(event)
        return found


def _resolve_scalar(text: str) -> Any:
    if text in WORDS:
        return WORDS[text]
    if _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def _build_yaml_error(event: events.Event, sentence: str) -> InvalidInput:
    return InvalidInput(f"Line {_get_event_line(event)}: {sentence}")


def _get_event_line(event: events.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
