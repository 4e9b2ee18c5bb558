from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import Field

from lib.chat.tools.tool_parameters import ReadOnlyTool, ToolParameters
from lib.errors import InvalidInput
from lib.forms.schema_fields import SingleLineStr
from lib.llm.rule_based.unread_words import COMMON_WORDS
from lib.llm.rule_based.vocabulary import fold_words
from lib.llm.tools import ToolOutput
from lib.slides import slide_builder
from lib.slides.answer_summary import build_answers_table
from lib.slides.slide_address import format_slide_name
from lib.text.search_terms import extract_search_terms, stem_word
from lib.text.truncate import single_line
from lib.workflows.model import ComposedSlide

MAX_ANSWERS = 3
NOT_EXACTLY = "I have no answer on exactly that; this is the nearest."
MAX_ANSWER_LENGTH = 400

# What people call an answer beside its label on the slide; stems, as searches compare them.
OTHER_NAMES: Mapping[str, str] = {
    "goal": "aim want achieve objective",
    "concern": "worried worry afraid fear",
    "signatory": "signs signer signature signing",
    "direction": "intention",
    "scenario proposed": "chosen choose chose pick offer scenario option",
    "your risk assessment": "own call risk judgement assessment",
    "lower the risk": "mitigate mitigation reduce plan",
    "walk": "limit line floor",
    "quote": "offer lines items",
    "call": "meeting appointment date time when scheduled booked",
    "email to": "address addressed recipient sent mail write",
}


@dataclass(frozen=True, kw_only=True)
class RunAnswer:
    """An answer of the run: the question's label, the slide it stands on, the answer in words."""

    label: str
    slide: str
    text: str


class RunAnswersParameters(ToolParameters):
    about: SingleLineStr = Field(min_length=1, max_length=400, description="What the answer is about, in a few words")


class RunAnswers(ReadOnlyTool):
    name = "run_answers"
    description = "What was answered on the slides of this run, found by the words of the question."
    parameters = RunAnswersParameters

    def run(self, arguments: RunAnswersParameters) -> ToolOutput:
        answers = tuple(self._list_answers())
        if not answers:
            return ToolOutput(text="Nothing has been answered on a slide of this run yet.")
        best = _rank_answers(answers, arguments.about)
        if best:
            told = " ".join(f"{each.label} ({each.slide}): “{each.text}”." for each in best)
            return ToolOutput(text=told if _covers(best[0], arguments.about) else f"{NOT_EXACTLY} {told}")
        labels = "; ".join(dict.fromkeys(each.label for each in answers))
        return ToolOutput(text=f"I found no answer about that in this run. It has answers on: {labels}.")

    def _list_answers(self) -> Iterator[RunAnswer]:
        """Those of the summary first, then the other texts that a form asks for, each once."""
        slides = {slide.id: slide for slide in self.context.workflow.slides}
        by_address = self.context.answers_by_slide()
        seen: Counter[str] = Counter()
        for address in (address for address in slides if by_address.get(address)):
            slide = slides[address]
            title = single_line(format_slide_name(slide.slide.title, address), max_length=120)
            for label, text in (*self._list_summarized(address), *self._list_form_answers(slide)):
                seen[f"{address}.{text}"] += 1
                if seen[f"{address}.{text}"] == 1:
                    yield RunAnswer(label=single_line(label, max_length=120), slide=title, text=text)

    def _list_summarized(self, address: str) -> Iterator[tuple[str, str]]:
        whole = self.context.slide_input()
        here = replace(whole, addresses=(address,), answers={address: whole.answers.get(address, {})})
        for row in build_answers_table(here, "").rows:
            yield str(row["about"]), single_line(str(row["answer"]), max_length=MAX_ANSWER_LENGTH)

    def _list_form_answers(self, slide: ComposedSlide) -> Iterator[tuple[str, str]]:
        slide_input = replace(self.context.slide_input(), address=slide.id, context=slide.context)
        try:
            form = slide_builder.build_slide_form(slide.slide, slide_input)
        except InvalidInput:
            return
        answers = slide_input.answers.get(slide.id, {})
        for field in form.fields:
            value = answers.get(field.key)
            options = {option.value: option.label for option in field.options}
            if isinstance(value, str) and value.strip():
                text = options.get(value, value)
                yield field.label, single_line(text, max_length=MAX_ANSWER_LENGTH)


def _rank_answers(answers: tuple[RunAnswer, ...], about: str) -> list[RunAnswer]:
    """Those that share most words with `about`: words of the label count more than those of the answer."""
    asked = set(extract_search_terms(about))
    scores = [_score_answer(answer, asked) for answer in answers]
    best = max(scores, default=0)
    ranked = sorted(range(len(answers)), key=lambda place: -scores[place])
    return [answers[place] for place in ranked if best >= 2 and scores[place] >= 0.7 * best][:MAX_ANSWERS]


def _covers(answer: RunAnswer, about: str) -> bool:
    """True if the answer has at least half of what `about` is about."""
    asked = {stem_word(word) for word in fold_words(about) if word not in COMMON_WORDS}
    names = " ".join(words for name, words in OTHER_NAMES.items() if name in answer.label.casefold())
    known = set(extract_search_terms(f"{answer.label} {names} {answer.text} {answer.slide}"))
    return 2 * len(asked & known) >= len(asked)


def _score_answer(answer: RunAnswer, asked: set[str]) -> float:
    label = answer.label.casefold()
    names = " ".join(words for name, words in OTHER_NAMES.items() if name in label)
    by_label = len(asked & set(extract_search_terms(label)))
    by_name = len(asked & set(extract_search_terms(names)))
    by_text = len(asked & set(extract_search_terms(answer.text)))
    by_slide = len(asked & set(extract_search_terms(answer.slide)))
    return 3 * by_label + 2 * by_name + by_text + by_slide
