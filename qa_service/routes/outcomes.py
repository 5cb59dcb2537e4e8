"""Outcomes: what became of the articles that a request brought, told to whoever sent it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from http import HTTPStatus
from typing import Literal, TypeAlias
from urllib.parse import quote

from flask import Response
from pydantic import BaseModel

from index.loaders import Failure
from index.sync import Change
from qa_service.problems import InvalidField, problem
from qa_service.routes.uploads import Refusal

Result: TypeAlias = "tuple[str | None, Change | Failure]"
"""The name of the file or its address, if it was one, and what became of it or of one article in it."""

_TOLD = 3
"""Failures that are told in the detail of a problem; its list of errors has them all."""


class Outcome(BaseModel):
    """What became of one article; ``reason`` says why it failed."""

    outcome: Literal["added", "changed", "unchanged", "failed"]
    id: str | None = None
    file: str | None = None
    reason: str | None = None


class Outcomes(BaseModel):
    """What became of each article, and how many were added, changed, left alone and not read."""

    added: int
    changed: int
    unchanged: int
    failed: int
    outcomes: list[Outcome]


def reported(results: Iterable[Result], field: str = "files") -> Response:
    """201 and the address of what was added, 200 if nothing was new; a problem of ``field`` if all failed."""
    results = list(results)
    failures = [outcome for _, outcome in results if isinstance(outcome, Failure)]
    if results and len(failures) == len(results):
        return _failed(failures, field)
    outcomes = [_outcome(file, result) for file, result in results]
    counts = Counter(outcome.outcome for outcome in outcomes)
    body = Outcomes(
        added=counts["added"], changed=counts["changed"], unchanged=counts["unchanged"],
        failed=counts["failed"], outcomes=outcomes,
    )  # fmt: skip
    response = Response(body.model_dump_json(), content_type="application/json")
    if counts["added"]:
        response.status_code = HTTPStatus.CREATED
        response.location = _location(outcomes)
    return response


def address(article_id: str) -> str:
    """Where the article is found; its id may hold any characters."""
    return f"/articles/{quote(article_id, safe='')}"


def _outcome(file: str | None, result: Change | Failure) -> Outcome:
    if isinstance(result, Failure):
        return Outcome(outcome="failed", file=file, reason=_sentence(result))
    # Nothing goes by being sent, so no outcome is "gone".
    return Outcome(outcome=result.kind, file=file, id=result.article_id)  # type: ignore[arg-type]


def _failed(failures: list[Failure], field: str) -> Response:
    statuses = {failure.status if isinstance(failure, Refusal) else 422 for failure in failures}
    status = statuses.pop() if len(statuses) == 1 else 422
    errors = [InvalidField(field=field, message=_sentence(failure)) for failure in failures]
    more = f" And {len(errors) - _TOLD} more." if len(errors) > _TOLD else ""
    return problem(status, " ".join(error.message for error in errors[:_TOLD]) + more, errors)


def _sentence(failure: Failure) -> str:
    return f"{failure.location} {failure.reason}".rstrip(".") + "."


def _location(outcomes: list[Outcome]) -> str:
    """The one article that was added, or the list where there are several."""
    added = [outcome.id for outcome in outcomes if outcome.outcome == "added"]
    return address(added[0] or "") if len(added) == 1 else "/articles"
