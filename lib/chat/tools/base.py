from pydantic import BaseModel, ConfigDict

from lib.chat.scene import Scene


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Nothing(Arguments):
    """A tool that needs to be told nothing."""


class Looking:
    """A tool that reads the scene and changes nothing."""

    has_side_effect = False

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.account = scene.account
