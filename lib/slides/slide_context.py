"""The texts a workflow sets for a slide: one value of `workflow_definitions.slide_contexts`."""

from pydantic import BaseModel, ConfigDict, Field


class SlideContext(BaseModel):
    """Texts of one slide, each a template over the account (`lib.slides.template`).

    Contexts merge field by field: library defaults < definition < the run's version. A field left out keeps its value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = Field(default=None, max_length=120)
    lead: str | None = Field(default=None, max_length=4000)
    checklist: tuple[str, ...] | None = Field(default=None, max_length=12)
    question: str | None = Field(default=None, max_length=400)
    minutes: int | None = Field(default=None, ge=1, le=120)
    subject: str | None = Field(default=None, max_length=300)
    body: str | None = Field(default=None, max_length=8000)

    def merge(self, other: "SlideContext") -> "SlideContext":
        """This context, overridden by every field that `other` sets."""
        return self.model_copy(update={name: getattr(other, name) for name in other.model_fields_set})
