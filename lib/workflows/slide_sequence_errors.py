"""What is wrong with the sequence of a workflow's slides: unknown ones, one address twice, labels."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from lib.errors import InvalidInput
from lib.slides.model import Slide, SlideId
from lib.slides.slide_address import SlideAddress, parse_slide_address
from lib.text.format import join_names
from lib.text.truncate import truncate
from lib.workflows.model import DefinitionError

SlideLibrary = Mapping[SlideId, Slide]
MAX_SLIDES = 60
"""As in `private.is_slide_sequence`."""

SLIDES_USED_ONCE = (SlideId.SUMMARY, SlideId.PRICING_STRATEGY, SlideId.PREPARE_QUOTE)
"""A run has one outcome, one set of prices and one quote. The same list is in `private.slide_sequence_error`."""

SLIDES_WITH_LABEL = (SlideId.CUSTOM,)
"""Slides that say nothing by their id, so that they always need a label. So does `private.slide_sequence_error`."""


def find_sequence_errors(sequence: tuple[str, ...], library: SlideLibrary) -> Iterator[DefinitionError]:
    """Every error of the sequence; each names its slide by address."""
    if not sequence:
        yield DefinitionError(message="It has no slides.")
    if len(sequence) > MAX_SLIDES:
        yield DefinitionError(message=f"It has {len(sequence)} slides; a workflow can have up to {MAX_SLIDES}.")
    addresses: dict[str, SlideAddress] = {}
    for name in dict.fromkeys(sequence):
        try:
            addresses[name] = parse_slide_address(name)
        except InvalidInput as error:
            yield DefinitionError(message=error.message, slide=name)
            continue
        yield from _find_address_errors(name, addresses[name], library)
        if sequence.count(name) > 1:
            yield DefinitionError(message=_describe_repeated_slide(name), slide=name)
    yield from _find_slides_used_twice(addresses)


def format_unknown_slide_error(name: str, known: Mapping[Any, Any], where: str) -> str:
    """That a slide is not there, with the one that is likely meant."""
    close = get_close_matches(name, [str(key) for key in known], n=1)
    likely = f" Did you mean “{close[0]}”?" if close else ""
    return f"The slide “{truncate(name, 60)}” is not in {where}.{likely}"


def _find_address_errors(name: str, address: SlideAddress, library: SlideLibrary) -> Iterator[DefinitionError]:
    if address.slide_id not in library:
        message = format_unknown_slide_error(address.slide_id, library, "the slide library")
        yield DefinitionError(message=message, slide=name)
    elif address.slide_id in SLIDES_WITH_LABEL and not address.label:
        message = f"The slide “{name}” needs a label: “{name}:security-review”, for example."
        yield DefinitionError(message=message, slide=name)


def _describe_repeated_slide(name: str) -> str:
    short = truncate(name, 60)
    another = "" if name in SLIDES_USED_ONCE else f" Give one of them a label: “{name.partition(':')[0]}:second”."
    return f"The slide “{short}” appears in it more than once.{truncate(another, 120)}"


def _find_slides_used_twice(addresses: Mapping[str, SlideAddress]) -> Iterator[DefinitionError]:
    for slide_id in SLIDES_USED_ONCE:
        found = [name for name, address in addresses.items() if address.slide_id == slide_id]
        if len(found) > 1:
            message = f"A workflow has the slide “{slide_id}” once; this one has {join_names(found)}."
            yield DefinitionError(message=message, slide=found[1])
