"""LanguageModel: a prompt in, text out, piece by piece, within a time. It is optional."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict

from index.errors import ModelError
from qa_service.config import Settings

if TYPE_CHECKING:
    from openai import OpenAI, Stream
    from openai.types.chat import ChatCompletionChunk

PULSE = 1.0
"""After so many seconds without a piece an empty one is given, for who asks to look up."""

logger = logging.getLogger(__name__)


class Message(TypedDict):
    role: Literal["system", "user"]
    content: str


class LanguageModel(Protocol):
    """The model boundary: anything that can do this can write answers."""

    @property
    def name(self) -> str:
        """What the model is called."""

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """The text as it is written; an empty piece now and then, while nothing comes.

        Raises ModelError, whose message goes on from "The language model", unless the text is whole. Closing
        it stops the writing.
        """


@dataclass(frozen=True)
class ChatModel:
    """A model behind the chat completions of OpenAI's API: Ollama, llama.cpp, vLLM, or hosted."""

    name: str
    client: OpenAI = field(repr=False)  # it has the key
    timeout: float

    @classmethod
    def of(cls, settings: Settings) -> ChatModel | None:
        """The model that is configured, if there is one."""
        if not settings.llm_base_url:
            return None
        from openai import OpenAI

        key = settings.llm_api_key or "none"  # local servers ask for none, but the package does
        timeout = settings.llm_timeout
        client = OpenAI(base_url=settings.llm_base_url, api_key=key, timeout=timeout, max_retries=0)
        return cls(settings.llm_model, client, timeout)

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        # Read in a thread of its own: a socket's timeout begins anew with every byte, ours does not.
        pieces: SimpleQueue[str | ModelError | None] = SimpleQueue()
        gone = Event()
        Thread(target=self._fetch, args=(messages, pieces, gone), daemon=True).start()
        deadline = monotonic() + self.timeout
        try:
            while (left := deadline - monotonic()) > 0:
                try:
                    piece = pieces.get(timeout=min(left, PULSE))
                except Empty:
                    yield ""
                    continue
                if isinstance(piece, ModelError):
                    raise piece
                if piece is None:
                    return
                yield piece
            raise ModelError(f"did not finish within {self.timeout:g} seconds")
        finally:
            gone.set()

    def _fetch(
        self, messages: Sequence[Message], pieces: SimpleQueue[str | ModelError | None], gone: Event
    ) -> None:
        try:
            finished = None
            with self._begun(messages) as stream:
                for chunk in stream:
                    if gone.is_set():
                        return
                    for choice in chunk.choices:
                        if choice.delta.refusal:
                            raise ModelError("refused to answer")
                        pieces.put(choice.delta.content or "")
                        finished = choice.finish_reason or finished
            pieces.put(_ended(finished))
        except Exception as error:  # whatever a server sends, the answer of the articles stands
            pieces.put(_explained(error))

    def _begun(self, messages: Sequence[Message]) -> Stream[ChatCompletionChunk]:
        from openai import BadRequestError

        asked: dict[str, Any] = {"model": self.name, "messages": messages, "stream": True}
        try:
            return self.client.chat.completions.create(**asked, temperature=0)  # type: ignore[no-any-return]
        except BadRequestError as error:
            if error.param != "temperature":  # some hosted models have but one
                raise
            return self.client.chat.completions.create(**asked)  # type: ignore[no-any-return]


def _ended(finished: str | None) -> ModelError | None:
    if finished is None:
        return ModelError("broke off in the middle of its answer")
    return ModelError("refused to answer") if finished == "content_filter" else None


def _explained(error: Exception) -> ModelError:
    """In words for who asked; what the server says is kept from them, as it may repeat the key."""
    from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError

    match error:
        case ModelError():
            return error
        case APITimeoutError():
            reason = "did not answer in time"
        case APIConnectionError():
            reason = "could not be reached, or broke off"
        case APIStatusError(status_code=401 | 403):
            reason = "did not accept our key (LLM_API_KEY)"
        case APIStatusError():
            reason = f"replied with status {error.status_code}"
        case APIError():
            reason = "failed"
        case _:
            reason = "sent what can't be understood"
    logger.warning("The language model %s (%s)", reason, type(error).__name__)
    return ModelError(reason)
