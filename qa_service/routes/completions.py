"""POST /v1/chat/completions and GET /v1/models: the articles as a model, as OpenAI's API has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from typing import Annotated, Any, Literal, cast

from flask import Response, abort, request, stream_with_context
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, BeforeValidator, Field, field_validator

from qa_service.completions import (
    MODEL,
    PROOF,
    ChatCompletion,
    ChatCompletionChunk,
    Envelope,
    Model,
    ModelList,
    Usage,
    told,
)
from qa_service.conversation import standalone
from qa_service.conversation.phrasing import timeframe_in
from qa_service.markdown import answer_in
from qa_service.problems import MEDIA_TYPE, InvalidField, details_of, problem
from qa_service.routes import admission, is_client_gone, pipeline, settings
from qa_service.routes.ask import asked
from qa_service.routes.fields import Text
from qa_service.types import Reply, Stage, Turn

PREFIX = "/v1/"
KEEP_ALIVE = ": waiting\n\n"
"""A comment, which clients skip."""

routes = APIBlueprint("completions", __name__, abp_tags=[Tag(name="OpenAI-compatible")])


def _joined(content: object) -> object:
    """The text of content that comes in parts; those that are no text are left out."""
    if content is None:
        return ""
    if not isinstance(content, list):
        return content
    texts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
    return "\n".join(text for text in texts if isinstance(text, str))


class MessageBody(BaseModel):
    """A message; those of "user" and "assistant" are the turns, all others are ignored."""

    role: str
    content: Annotated[Text, BeforeValidator(_joined, json_schema_input_type=str | list[Any] | None)] = ""


class StreamOptions(BaseModel):
    include_usage: bool = False


class ChatBody(BaseModel):
    """A chat whose last message is the question. Settings of language models, as temperature, are ignored."""

    model: Text
    messages: list[MessageBody] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None

    @field_validator("messages")
    @classmethod
    def _ends_with_a_question(cls, messages: list[MessageBody]) -> list[MessageBody]:
        if messages[-1].role != "user":
            raise ValueError('The last message must be the question, of the role "user".')
        asked(messages[-1].content)
        return messages

    @property
    def question(self) -> str:
        return self.messages[-1].content

    def turns(self) -> list[Turn]:
        """The questions before the last, each with what was answered."""
        turns: list[Turn] = []
        for message in self.messages[:-1]:
            if message.role == "user":
                turns.append(Turn(message.content, ""))
            elif message.role == "assistant" and turns:
                turns[-1] = Turn(turns[-1].question, answer_in(message.content))
        return turns[max(0, len(turns) - settings().max_turns) :]


class Error(BaseModel):
    message: str
    type: Literal["invalid_request_error", "server_error"]
    param: str | None
    code: str | None


class ErrorBody(BaseModel):
    """An error in OpenAI's shape."""

    error: Error


def errors(*statuses: int) -> dict[str | int, Any]:
    """Errors of these statuses, for the OpenAPI document."""
    return dict.fromkeys(statuses, ErrorBody)


@routes.get(
    "/v1/models", responses={200: ModelList, **errors(422, 500)}, summary="List the articles as a model"
)
def list_models() -> dict[str, Any]:
    return ModelList(data=[Model(id=MODEL)]).model_dump()


@routes.post(
    "/v1/chat/completions",
    responses={200: ChatCompletion, **errors(400, 403, 404, 409, 413, 415, 422, 500, 503)},
    summary="Answer the last message of a chat from the articles",
)
def complete(body: ChatBody) -> Response:
    if body.model != MODEL:
        abort(_no_such_model(body.model))
    meant = standalone(body.question, body.turns())
    when = timeframe_in(meant, date.today())
    stages = admission.stages(pipeline().stages(body.question, timeframe=when, meant=meant))
    envelope = Envelope.new(body.model)
    if body.stream:
        first = next(stages)  # so that what can't be searched has a status of its own
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        events = _events(envelope, body.question, chain((first,), stages), with_usage, is_client_gone())
        return Response(stream_with_context(_streamed(events)), content_type="text/event-stream")
    *pieces, reply = told(stages)
    content = "".join(map(str, pieces))
    whole = envelope.whole(cast("Reply", reply), content, _usage(body.question, content))
    return Response(whole.model_dump_json(), content_type="application/json")


def _streamed(events: Iterator[str]) -> Iterator[str]:
    """The events; what goes wrong once they have begun is one of them, and the last."""
    try:
        yield from events
    except Exception as error:
        yield f"data: {_error(details_of(error, 'A streamed completion')).model_dump_json()}\n\n"


def _events(
    envelope: Envelope, question: str, stages: Iterator[Stage], with_usage: bool, is_gone: Callable[[], bool]
) -> Iterator[str]:
    yield _event(envelope.chunk(role="assistant", content=""))
    content = ""
    for piece in told(stages):
        if is_gone():
            return
        if isinstance(piece, Reply):
            yield _event(envelope.chunk(**piece.model_dump(mode="json", include=PROOF)))
        else:
            content += piece
            yield _event(envelope.chunk(content=piece)) if piece else KEEP_ALIVE
    yield _event(envelope.chunk(finish_reason="stop"))
    if with_usage:
        yield _event(envelope.last(_usage(question, content)))
    yield "data: [DONE]\n\n"


def _event(chunk: ChatCompletionChunk) -> str:
    return f"data: {chunk.model_dump_json()}\n\n"


def _usage(question: str, content: str) -> Usage:
    return Usage.of(*pipeline().encoder.count_tokens([question, content]))


def _no_such_model(name: str) -> Response:
    return problem(404, f"There is no model {name!r}; GET /v1/models lists those there are.", [
        InvalidField(field="model", message="No such model.")
    ])  # fmt: skip


@routes.after_app_request
def _in_their_shape(response: Response) -> Response:
    """Problems as OpenAI's clients expect errors."""
    if not request.path.startswith(PREFIX) or response.mimetype != MEDIA_TYPE:
        return response
    response.content_type = "application/json"
    response.set_data(_error(response.get_json(force=True)).model_dump_json())
    return response


def _error(problem: dict[str, Any]) -> ErrorBody:
    """Problem details in OpenAI's shape."""
    status = problem["status"]
    field = problem["errors"][0]["field"] if problem.get("errors") else None
    error = Error(
        message=problem["detail"], type="server_error" if status >= 500 else "invalid_request_error",
        param=field, code="model_not_found" if (status, field) == (404, "model") else None,
    )  # fmt: skip
    return ErrorBody(error=error)
