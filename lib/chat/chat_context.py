from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.auth.model import Person
from lib.customers.model import Account
from lib.errors import NotFound
from lib.executions.model import Execution
from lib.forms.model import Answers
from lib.slides import slide_builder
from lib.slides.model import SlideInput
from lib.workflows.model import ComposedSlide, ComposedWorkflow
from lib.workflows.slide_conditions import find_left_out_slides


@dataclass(frozen=True, kw_only=True)
class ChatContext:
    """The slide a chat is about, with the account as the signed-in person may read it. All a chat may know is in
    here, so it cannot reach another customer. `answers` are those typed but not saved.
    """

    execution: Execution
    workflow: ComposedWorkflow
    slide: ComposedSlide
    account: Account
    person: Person
    answers: Answers = field(default_factory=dict)

    @property
    def may_write(self) -> bool:
        """True if the person may change the run; asking is always possible."""
        return self.execution.may_write and self.execution.is_open

    @property
    def slide_title(self) -> str:
        """The slide's title in this workflow, plain text."""
        return slide_builder.render_slide_title(self.slide.slide, self.slide_input())

    def answers_by_slide(self) -> Mapping[str, Answers]:
        """The run's answers by slide, with those typed on this one; none of slides that are left out."""
        answers: dict[str, Answers] = {step.slide_id: step.answers for step in self.execution.steps.values()}
        for address in find_left_out_slides(self.workflow, self.account, answers):
            if address != self.slide.id:
                answers.pop(address, None)
        own = {**answers.get(self.slide.id, {}), **self.answers}
        return {**answers, self.slide.id: own} if own else answers

    def slide_input(self) -> SlideInput:
        return SlideInput(
            account=self.account,
            address=self.slide.id,
            addresses=self.workflow.slide_ids,
            questions=self.workflow.own_questions,
            context=self.slide.context,
            category=self.workflow.category,
            person_name=self.person.full_name,
            answers=self.answers_by_slide(),
            prices=self.execution.prices,
        )


def build_chat_context(
    execution: Execution,
    workflow: ComposedWorkflow,
    slide_id: str,
    account: Account,
    person: Person,
    answers: Answers | None = None,
) -> ChatContext:
    """The context of one slide. Raises NotFound for a slide the run does not have."""
    slide = workflow.find_slide(slide_id)
    if slide is None:
        raise NotFound("This slide is not part of the run.")
    return ChatContext(
        execution=execution, workflow=workflow, slide=slide, account=account, person=person, answers=answers or {}
    )
