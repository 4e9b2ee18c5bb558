"""Replay a case: what another version of the workflow would show and ask otherwise. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from lib.ghost_runs.workflow_cases import WorkflowCase
from lib.slides import slide_builder
from lib.slides.model import SlideInput
from lib.slides.slide_texts import fill_template_text
from lib.workflows.composer import compose_workflow
from lib.workflows.model import ComposedSlide, ComposedWorkflow
from lib.workflows.slide_conditions import find_left_out_slides

TEXT_FIELDS = ("title", "lead", "checklist", "question", "subject", "body")


@dataclass(frozen=True, kw_only=True)
class CaseDifference:
    """What of a slide is not as it was in the run.

    `field` is a text of the slide, or what happens with it: added, removed, left_out (`after` is why), shown, or
    missing_answers. `before` and `after` are texts as drawn.
    """

    slide: str
    field: str
    before: str = ""
    after: str = ""


def replay_case(case: WorkflowCase, now: ComposedWorkflow, person_name: str) -> tuple[CaseDifference, ...]:
    """What `now` would show and ask otherwise than the version the run was on. Raises InvalidInput for that one."""
    then = compose_workflow(case.version)
    was_left_out, is_left_out = (find_left_out_slides(each, case.account, case.answers) for each in (then, now))
    found: list[CaseDifference] = []
    for address in dict.fromkeys((*then.slide_ids, *now.slide_ids)):
        before, after = then.find_slide(address), now.find_slide(address)
        if before is None or after is None:
            found.append(CaseDifference(slide=address, field="removed" if after is None else "added"))
        elif address in is_left_out:
            if address not in was_left_out:
                found.append(CaseDifference(slide=address, field="left_out", after=is_left_out[address]))
        elif address in was_left_out:
            found.append(CaseDifference(slide=address, field="shown"))
        else:
            found += _compare_slide_texts_and_form(case, (then, before), (now, after), person_name)
    return tuple(found)


def _compare_slide_texts_and_form(
    case: WorkflowCase,
    then: tuple[ComposedWorkflow, ComposedSlide],
    now: tuple[ComposedWorkflow, ComposedSlide],
    person_name: str,
) -> Iterator[CaseDifference]:
    address = now[1].id
    before, after = (_build_slide_input(case, *each, person_name) for each in (then, now))
    for field in TEXT_FIELDS:
        texts = _fill_context_text(before, field), _fill_context_text(after, field)
        if texts[0] != texts[1]:
            yield CaseDifference(slide=address, field=field, before=texts[0], after=texts[1])
    answers = case.answers.get(address, {})
    lacked, lacks = (
        slide_builder.lacks_required_answer(slide.slide, slide_input, answers)
        for slide, slide_input in ((then[1], before), (now[1], after))
    )
    if lacks and not lacked:
        yield CaseDifference(slide=address, field="missing_answers")


def _build_slide_input(
    case: WorkflowCase, workflow: ComposedWorkflow, slide: ComposedSlide, person_name: str
) -> SlideInput:
    return SlideInput(
        account=case.account,
        context=slide.context,
        category=workflow.category,
        person_name=person_name,
        answers=case.answers,
        address=slide.id,
        addresses=workflow.slide_ids,
        questions=workflow.own_questions,
    )


def _fill_context_text(slide_input: SlideInput, field: str) -> str:
    source = getattr(slide_input.context, field)
    if field == "checklist":
        return "\n".join(fill_template_text(slide_input, item, "") for item in source or ())
    return fill_template_text(slide_input, source, "")
