from pydantic import BaseModel, ConfigDict, Field

from lib.forms.schema_fields import SingleLineStr


class FieldChange(BaseModel):
    """What a workflow changes about one question of a slide's own form; a part left out stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: SingleLineStr | None = Field(default=None, max_length=200, title="Question")
    help: SingleLineStr | None = Field(default=None, max_length=400, title="Explanation")
    is_required: bool | None = Field(default=None, title="Needs an answer")
    is_hidden: bool = Field(default=False, title="Not asked")
