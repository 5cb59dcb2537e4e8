"""Completions: replies in the shape of OpenAI's chat completions, for programs that speak it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import time
from typing import Any, Literal
from uuid import uuid4

from pydantic import BaseModel

from qa_service import markdown
from qa_service.types import Citation, Generated, Reply, Stage, Token, Written

MODEL = "articles"
PROOF = {"citations", "answerable", "confidence", "generated", "note"}
"""The fields of a reply that a message has too."""


class Message(BaseModel):
    """What is answered. ``content`` is Markdown with [n] and the list of sources; what follows ``refusal``
    is ours: the citations of these numbers, with quotes and offsets, how sure the answer is, and the checked
    sentences of a language model, where there is one."""

    role: Literal["assistant"] = "assistant"
    content: str | None
    refusal: None = None
    citations: tuple[Citation, ...] = ()
    answerable: bool
    confidence: float
    generated: Generated | None = None
    note: str | None = None

    @classmethod
    def of(cls, reply: Reply, content: str | None) -> Message:
        return cls(content=content, **reply.model_dump(include=PROOF))


class Choice(BaseModel):
    index: Literal[0] = 0
    message: Message
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(BaseModel):
    """How long question and answer are, in the encoder's tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, prompt: int, completion: int) -> Usage:
        return cls(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)


class ChatCompletion(BaseModel):
    """An answer from the articles, as a chat completion."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: tuple[Choice]
    usage: Usage


class ChunkChoice(BaseModel):
    """``delta`` is what the chunk adds to the message."""

    index: Literal[0] = 0
    delta: dict[str, Any]
    finish_reason: Literal["stop"] | None = None
    logprobs: None = None


class ChatCompletionChunk(BaseModel):
    """A part of an answer that is streamed; the last but one has the citations."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: Sequence[ChunkChoice]
    usage: Usage | None = None


class Model(BaseModel):
    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "qa_service"


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: Sequence[Model]


@dataclass(frozen=True)
class Envelope:
    """What all parts of one completion share."""

    id: str
    created: int
    model: str

    @classmethod
    def new(cls, model: str) -> Envelope:
        return cls(f"chatcmpl-{uuid4().hex}", int(time()), model)

    def whole(self, reply: Reply, content: str, usage: Usage) -> ChatCompletion:
        choice = Choice(message=Message.of(reply, content))
        return ChatCompletion(
            id=self.id, created=self.created, model=self.model, choices=(choice,), usage=usage
        )

    def chunk(self, finish_reason: Literal["stop"] | None = None, **delta: Any) -> ChatCompletionChunk:
        return self._chunk([ChunkChoice(delta=delta, finish_reason=finish_reason)])

    def last(self, usage: Usage) -> ChatCompletionChunk:
        return self._chunk([], usage)

    def _chunk(self, choices: Sequence[ChunkChoice], usage: Usage | None = None) -> ChatCompletionChunk:
        return ChatCompletionChunk(
            id=self.id, created=self.created, model=self.model, choices=choices, usage=usage
        )


def told(stages: Iterable[Stage]) -> Iterator[str | Reply]:
    """The content in Markdown as it comes about, an empty piece while it is waited for; at last the reply.

    What a language model writes is told from the first sentence on that the articles bear out.
    """
    waiting: list[str] = []
    citations: list[Citation] = []
    is_begun = False
    for stage in stages:
        match stage:
            case Token():
                yield ""
            case Written(sentence, cited):
                waiting.append(markdown.sentence(sentence))
                citations += cited
                is_begun = is_begun or sentence.supported
                if is_begun:
                    yield "".join(waiting)
                    waiting.clear()
            case Reply():
                yield markdown.quoted(stage, after_text=is_begun)
                yield markdown.sources([*stage.citations, *(citations if is_begun else ())])
                yield stage
