"""Conversation: what a question leaves out, taken from the turns before it, by rules.

``english`` knows the classes of words, ``clause`` takes a question apart, ``topic`` says what a turn was
about; ``references`` replaces pronouns, ``ellipsis`` completes what is incomplete and ``fragment`` changes
one part of the question before.
"""

from qa_service.conversation.conversation import Conversation, standalone

__all__ = ["Conversation", "standalone"]
