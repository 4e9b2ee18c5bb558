"""The conversation a browser tab shows."""

from dataclasses import dataclass, field

from lib.chat.conversation import Conversation
from lib.errors import ZenError


@dataclass(kw_only=True)
class OpenConversation:
    """The conversation this tab shows. `error` and `notice` are what the last click came to."""

    conversation: Conversation
    selected_siblings: dict[str | None, str] = field(default_factory=dict)
    error: ZenError | None = None
    notice: str | None = None
