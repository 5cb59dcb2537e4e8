"""Plots: the curves of an evaluation as SVG that is readable on light and on dark paper."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np

from qa_service.curves import Curves
from qa_service.evaluation import Outcome
from qa_service.scoring import reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SOFT, GRID, FIRST, SECOND = COLOURS = ("#1d1b18", "#625c53", "#e2dcd1", "#8a5800", "#1f6f8b")
_DARK = ("#ece8e0", "#aaa297", "#3a3631", "#f2bd4a", "#7cc4e8")
"""The colours of the chat page, and those that stand for them on dark paper."""

_STYLE: dict[Any, Any] = {
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": SOFT, "xtick.color": SOFT,
    "ytick.color": SOFT, "grid.color": GRID, "axes.grid": True, "axes.axisbelow": True,
    "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
    "lines.linewidth": 2, "font.size": 11, "svg.fonttype": "none",
}  # fmt: skip
_RANKS = ("1", "2", "3", "4", "5", "6–10", "11–20", "not\nfound")


@dataclass(frozen=True)
class Plot:
    """A picture, what it is called, and in words what it shows."""

    name: str
    title: str
    summary: str
    svg: str


def plots(outcomes: Sequence[Outcome], threshold: float) -> Iterator[Plot]:
    """The plots that these outcomes have the figures for; ``threshold`` is the one in force."""
    curves = Curves.of(outcomes)
    asked = [outcome for outcome in outcomes if outcome.reply]
    score = "confidence" if asked else "margin"
    yield _risk_coverage(curves, outcomes)
    if asked:
        yield _reliability(asked, threshold)
    yield _f1_over_thresholds(curves, threshold, score)
    yield _answered_over_thresholds(curves, threshold, score)
    if located := [outcome for outcome in asked if outcome.answerable and outcome.question.article_id]:
        yield _ranks(located)
    yield _latency([outcome.milliseconds["total" if asked else "read"] for outcome in outcomes])


def _risk_coverage(curves: Curves, outcomes: Sequence[Outcome]) -> Plot:
    def draw(axes: Axes) -> None:
        axes.step(curves.coverage, curves.risk, color=FIRST, where="post")
        chosen = np.mean([outcome.answered for outcome in outcomes])
        axes.axvline(float(chosen), color=SOFT, linestyle=":", linewidth=1.5, label="answered now")
        axes.set(xlabel="coverage: share of questions answered", ylabel="risk: share of these wrong",
                 xlim=(0, 1), ylim=(0, 1))  # fmt: skip

    summary = (
        f"Of the most confident half {curves.risk_at(0.5):.0%} are wrong, of all {curves.risk_at(1):.0%}. "
        "An answer to a question that has none is wrong."
    )
    return _plot("risk-coverage", "Wrong answers as more questions are answered", summary, draw)


def _reliability(asked: Sequence[Outcome], threshold: float) -> Plot:
    bins = reliability([(outcome.score, outcome.right) for outcome in asked])

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=SOFT, linestyle=":", linewidth=1.5, label="perfectly calibrated")
        x, y, sizes = zip(*bins, strict=True)
        axes.plot(x, y, color=FIRST)
        axes.scatter(x, y, s=[25 + 300 * each / len(asked) for each in sizes], color=FIRST,
                     clip_on=False, zorder=3)  # fmt: skip
        _mark(axes, threshold)
        axes.set(xlabel="confidence", ylabel="share of right answers", xlim=(0, 1), ylim=(0, 1))

    summary = "The larger a dot, the more questions; left of the threshold are those that were refused."
    return _plot("reliability", "Confidence against accuracy", summary, draw)


def _f1_over_thresholds(curves: Curves, threshold: float, score: str) -> Plot:
    def draw(axes: Axes) -> None:
        axes.plot(curves.threshold, curves.f1, color=FIRST)
        _mark(axes, threshold)
        axes.set(xlabel=f"threshold on the {score}", ylabel="F1 over all questions", ylim=(0, 1))

    best = int(curves.f1.argmax())
    summary = f"The best is {curves.f1[best]:.3f}, at {curves.threshold[best]:.3f}."
    return _plot("f1-over-thresholds", "F1 over thresholds", summary, draw)


def _answered_over_thresholds(curves: Curves, threshold: float, score: str) -> Plot:
    def draw(axes: Axes) -> None:
        axes.plot(curves.threshold, curves.answered, color=FIRST, label="answerable and answered")
        axes.plot(curves.threshold, curves.refused, color=SECOND, linestyle="--",
                  label="without answer and refused")  # fmt: skip
        _mark(axes, threshold)
        axes.set(xlabel=f"threshold on the {score}", ylabel="share", ylim=(0, 1))

    summary = "A higher threshold refuses more of what has no answer, and more of what has one."
    return _plot("answered-over-thresholds", "Answered and refused over thresholds", summary, draw)


def _ranks(located: Sequence[Outcome]) -> Plot:
    found = Counter(_rank(outcome.found, outcome) for outcome in located)
    reread = Counter(_rank(outcome.reread, outcome) for outcome in located)

    def draw(axes: Axes) -> None:
        places = np.arange(len(_RANKS))
        axes.bar(places - 0.2, [found[rank] for rank in _RANKS], 0.4, color=FIRST, label="by search")
        axes.bar(places + 0.2, [reread[rank] for rank in _RANKS], 0.4, color=SECOND, label="after reading")
        axes.set(xlabel="rank of the right article", ylabel="questions")
        axes.set_xticks(places, _RANKS)

    summary = (
        f"Of {len(located)} questions the right article is first for {found['1']} by search "
        f"and for {reread['1']} once the best passages are read."
    )
    return _plot("ranks", "Where the right article stands", summary, draw)


def _rank(articles: Sequence[str], outcome: Outcome) -> str:
    if outcome.question.article_id not in articles:
        return _RANKS[-1]
    rank = articles.index(outcome.question.article_id) + 1
    return str(rank) if rank <= 5 else "6–10" if rank <= 10 else "11–20"


def _latency(milliseconds: Sequence[float]) -> Plot:
    middle, slow = np.percentile(milliseconds, (50, 95))

    def draw(axes: Axes) -> None:
        axes.hist(milliseconds, bins=30, color=FIRST)
        axes.axvline(middle, color=INK, linewidth=1.5, label="median")
        axes.axvline(slow, color=INK, linestyle="--", linewidth=1.5, label="95 of 100 are faster")
        axes.set(xlabel="milliseconds for a question", ylabel="questions", xlim=(0, None))

    summary = f"Half of the questions take {middle:.0f} ms at most, 95 of 100 take {slow:.0f} ms at most."
    return _plot("latency", "Time for a question", summary, draw)


def _mark(axes: Axes, threshold: float) -> None:
    axes.axvline(threshold, color=SOFT, linestyle="--", linewidth=1.5, label="threshold in force")


def _plot(name: str, title: str, summary: str, draw: Callable[[Axes], None]) -> Plot:
    # Loaded here, as only reports need it.
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    # The salt keeps the ids of several plots in one page apart, and makes them the same each time.
    with rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(5.4, 3.7), layout="constrained")
        draw(figure.add_subplot())
        figure.legend(loc="outside upper left", ncols=2)
        svg = StringIO()
        figure.savefig(svg, format="svg", transparent=True, metadata={"Date": None})
    return Plot(name, title, summary, _readable(svg.getvalue(), f"{title}. {summary}"))


def _readable(svg: str, label: str) -> str:
    """The ``<svg>`` alone, with a text for those who don't see it, the reader's font, and dark colours."""
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r' font-family: [^;"]*;', "", svg)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)  # several plots in a page would have the same
    dark = "".join(f"--plot-{colour[1:]}: {other};" for colour, other in zip(COLOURS, _DARK, strict=True))
    for colour in COLOURS:
        svg = svg.replace(colour, f"var(--plot-{colour[1:]}, {colour})")
    style = (
        "<style>svg text { font-family: system-ui, sans-serif } "
        f"@media (prefers-color-scheme: dark) {{ svg {{ {dark} }} }}</style>"
    )
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1)
    return svg.replace(">", f">{style}", 1)
