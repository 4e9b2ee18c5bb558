from pydantic import BaseModel, ConfigDict

from lib.chat.chat_context import ChatContext


class ToolParameters(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class NoParameters(ToolParameters):
    """A tool that needs to be told nothing."""


class ReadOnlyTool:
    """A tool that reads the scene and changes nothing."""

    has_side_effect = False

    def __init__(self, scene: ChatContext) -> None:
        self.scene = scene
        self.account = scene.account
