"""Who can read a conversation, in a sentence."""

from lib.chat.conversation import Thread

READERS_OF_SHARED = "Everyone in your company can read this conversation."
READERS_OF_PRIVATE = "{} can read this conversation, and so can the managers and admins of your company."


def describe_readers(thread: Thread) -> str:
    """A private conversation is also read by leaders, and its owner has to know."""
    if thread.is_shared:
        return READERS_OF_SHARED
    return READERS_OF_PRIVATE.format("You" if thread.is_own else thread.owner_name or "A colleague")
