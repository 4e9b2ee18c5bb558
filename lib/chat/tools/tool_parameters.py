from pydantic import BaseModel, ConfigDict

from lib.chat.chat_context import ChatContext


class ToolParameters(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class NoParameters(ToolParameters):
    """Parameters of a tool without any."""


class ReadOnlyTool:
    """A tool that reads the context and changes nothing."""

    has_side_effect = False

    def __init__(self, context: ChatContext) -> None:
        self.context = context
        self.account = context.account
