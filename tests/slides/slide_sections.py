"""What a slide says of an account, picked out of its sections: callouts, facts by label, tables by title."""

from collections.abc import Mapping
from typing import Any

from lib.content.model import Callout, Chart, Fact, Facts, Table, Text, Tone
from lib.customers.model import Account
from lib.forms.model import Field
from lib.slides import slide_builder
from lib.slides.library import LIBRARY
from lib.slides.model import Section, SlideId, SlideInput
from tests.slides.slide_inputs import make_slide_input


class DrawnSlide:
    """A slide of the library for one account. `answers` are its own, `run_answers` those of the whole run by slide."""

    def __init__(
        self,
        slide_id: SlideId,
        account: Account,
        answers: Mapping[str, Any] | None = None,
        *,
        run_answers: Mapping[str, Any] | None = None,
        category: str = "renewal",
    ) -> None:
        self.slide = LIBRARY[slide_id]
        self.input: SlideInput = make_slide_input(self.slide, account, answers=run_answers, category=category)
        self.sections: tuple[Section, ...] = slide_builder.build_slide_sections(self.slide, self.input)
        self.results: tuple[Section, ...] = slide_builder.build_slide_results(self.slide, self.input, answers or {})

    @property
    def lead(self) -> str:
        return next(section.markdown for section in self.sections if isinstance(section, Text))

    @property
    def callouts(self) -> list[tuple[str, Tone]]:
        return [(section.text, section.tone) for section in self.sections if isinstance(section, Callout)]

    @property
    def warnings(self) -> list[str]:
        """The callouts under the form."""
        return [section.text for section in self.results if isinstance(section, Callout)]

    def table(self, title: str) -> Table:
        return next(s for s in (*self.sections, *self.results) if isinstance(s, Table) and s.title == title)

    def chart(self, title: str) -> Chart:
        return next(s for s in (*self.sections, *self.results) if isinstance(s, Chart) and s.title == title)

    def titles(self) -> list[str]:
        return [s.title for s in (*self.sections, *self.results) if isinstance(s, Table | Facts | Chart)]

    def fact(self, label: str) -> Fact:
        groups = [section.items for section in (*self.sections, *self.results) if isinstance(section, Facts)]
        return next(fact for group in groups for fact in group if fact.label == label)

    def field(self, key: str) -> Field:
        form = slide_builder.build_slide_form(self.slide, self.input)
        return next(field for field in form.fields if field.key == key)
