"""Judgement: what is wrong with what was found after a round."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.crash.operations import Operation
from benchmarks.crash.process import Outcome
from benchmarks.crash.world import State, View


def complaints(operation: Operation, outcome: Outcome, view: View) -> Iterator[str]:
    """Whether something committed was lost, something half-made is visible, or nobody was told."""
    before = operation.before
    if outcome.broke:
        yield f"it broke: {outcome.broke}"
    if view.told:
        yield f"the index can't be opened: {view.told}"
        return
    yield from (f"verify: {problem}" for problem in view.problems)
    yield from (f"{name} is left in the folder" for name in view.litter)
    if not outcome.told and not outcome.signal and not outcome.broke:
        if view.state != operation.done:
            yield f"it ended, but {_difference(view.state, operation.done)}"
    elif operation.is_whole:
        if view.state not in (before, operation.done):
            yield f"it is half-made: {_difference(view.state, before)}"
    else:
        yield from _article_complaints(operation, outcome, view.state)
    if operation.writes and operation.writes.name in view.backups:
        if view.backups[operation.writes.name] != before.articles:
            yield "the backup holds something else than the index did"
    elif operation.writes and not (outcome.told or outcome.signal or outcome.broke):
        yield "there is no backup, and nobody was told"
    if (
        operation.name == "restore"
        and view.state == operation.done != before
        and before.articles not in view.kept
    ):
        yield "what was there before is not kept"


def _article_complaints(operation: Operation, outcome: Outcome, found: State) -> Iterator[str]:
    before, done = operation.before, operation.done
    if (found.opinions, found.tokens) != (done.opinions, done.tokens):
        yield "something else than articles has changed"
    for article_id in before.articles.keys() | done.articles.keys() | found.articles.keys():
        was, will, now = (each.articles.get(article_id) for each in (before, done, found))
        if now == will:
            continue
        if article_id in outcome.reported:
            yield f"{article_id} was reported, and is not as it was reported"
        elif now != was:
            yield f"{article_id} is neither as before nor as it was to be"


def _difference(one: State, other: State) -> str:
    parts = [
        name for name in ("opinions", "tokens") if getattr(one, name) != getattr(other, name)
    ]  # fmt: skip
    ids = {
        key for key in one.articles.keys() | other.articles.keys()
        if one.articles.get(key) != other.articles.get(key)
    }  # fmt: skip
    return f"{', '.join([*parts, *sorted(ids)]) or 'nothing'} differ(s)"
