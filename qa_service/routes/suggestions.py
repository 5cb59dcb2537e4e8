"""POST /ask/suggestions."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from qa_service.conversation.phrasing import timeframe_in
from qa_service.routes import admission, is_client_gone, pipeline, recent
from qa_service.routes.ask import PROBLEMS, AskBody
from qa_service.suggestions import suggestions
from qa_service.types import Reply

routes = APIBlueprint("suggestions", __name__, abp_tags=[Tag(name="questions")])


class Suggestions(BaseModel):
    """Questions that stand alone, the likeliest to be of interest first."""

    questions: list[str]


@routes.post(
    "/ask/suggestions",
    responses={200: Suggestions, **PROBLEMS},
    summary="Questions that can be asked after this one, each answered by the articles",
    description=(
        "Takes what /ask takes. Each suggestion was asked, with the same filters, before it is sent; so this "
        "takes several times as long as /ask, and is to be called after it. A question that the articles "
        "don't answer has none."
    ),
)
def suggest(body: AskBody) -> dict[str, Any]:
    filters, today = body.filters.filters(), body.as_of or date.today()

    def ask(question: str) -> Reply:
        when = timeframe_in(question, today)
        return admission.reply(pipeline().stages(question, filters, body.top_k, when, mode="extractive"))

    reply = recent().take(body.key)
    if reply is None:  # it was given by another server, or long ago
        reply = admission.reply(body.model_copy(update={"mode": "extractive"}).stages())
    return Suggestions(questions=suggestions(reply, ask, is_client_gone())).model_dump()
