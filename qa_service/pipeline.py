"""Pipeline: the only place where index, search, reader and answers meet."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, TypedDict

from index.article_index import ArticleIndex, Manifest
from index.chunking import TITLE_TOKENS, ChunkSize
from index.encoder import Encoder, load_encoder
from index.errors import ConfigError, ModelError
from index.follow import Run, follow
from index.loaders import Failure
from index.moves import finish
from index.registry import Registry
from index.search import Search
from index.sources.findings import Reading
from index.sync import Change, ingest
from index.types import Article, Filters, Hit
from qa_service.answers import answered
from qa_service.confidence import Confidence
from qa_service.config import Settings
from qa_service.conversation.phrasing import question_in
from qa_service.did_you_mean import did_you_mean
from qa_service.generator import Generator as Writer
from qa_service.indexes import open_index
from qa_service.language_model import ChatModel
from qa_service.reader import Reader, SpanReader
from qa_service.reading import read
from qa_service.timeframe import Timeframe
from qa_service.types import (
    Generated,
    Mode,
    Read,
    Reply,
    Searched,
    Span,
    Stage,
    Timings,
    Token,
    Written,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack

ONLY_QUOTED = "What is shown stands in the articles, word for word."
NO_MODEL = f"No language model is configured (LLM_BASE_URL and LLM_MODEL). {ONLY_QUOTED}"


class How(TypedDict, total=False):
    """How a question is asked: of the ``top_k`` best passages, those of its ``timeframe``.

    ``meant`` is the question that stands alone, where the question follows up on others. If there is a
    language model it answers too, unless the ``mode`` is "extractive".
    """

    filters: Filters | None
    top_k: int | None
    timeframe: Timeframe | None
    meant: str | None
    mode: Mode | None


@dataclass(frozen=True)
class Examination:
    """What was found and read for a question, and the reply that was made of it."""

    hits: Sequence[Hit]
    spans: Sequence[Span]
    reply: Reply


class Pipeline:
    """Articles in, questions answered. Safe to use from several threads."""

    def __init__(
        self,
        settings: Settings,
        index: ArticleIndex,
        encoder: Encoder,
        reader: Reader,
        confidence: Confidence,
        writer: Writer | None = None,
    ) -> None:
        self.settings = settings
        self.index = index
        self.encoder = encoder
        self.reader = reader
        self.confidence = confidence
        self.writer = writer
        self.search = Search(index, encoder, settings.lexical_weight)

    @classmethod
    def open(cls, settings: Settings) -> Pipeline:
        """Load the models and open the index, or begin one. Raises ConfigError and StoreErrors."""
        finish(settings.data_dir)
        encoder = load_encoder(settings.encoder)
        index = open_index(settings, manifest(settings, encoder))
        model = ChatModel.of(settings)
        writer = Writer(model, encoder) if model else None
        return cls(settings, index, encoder, SpanReader.load(), Confidence.load(), writer)

    def ask(self, question: str, **how: Unpack[How]) -> Reply:
        """Answer ``question``. Raises EmptyIndex."""
        return self.examine(question, **how).reply

    def examine(self, question: str, **how: Unpack[How]) -> Examination:
        """As ``ask``, with the passages and spans that the reply was made from."""
        hits: Sequence[Hit] = ()
        spans: Sequence[Span] = ()
        for stage in self.stages(question, **how):
            match stage:
                case Searched():
                    hits = stage.hits
                case Read():
                    spans = stage.spans
                case Reply():
                    return Examination(hits, spans, stage)
        raise AssertionError("The last stage is the reply.")

    def stages(
        self,
        question: str,
        filters: Filters | None = None,
        top_k: int | None = None,
        timeframe: Timeframe | None = None,
        meant: str | None = None,
        mode: Mode | None = None,
    ) -> Generator[Stage, None, None]:
        """As ``ask``, one stage after the other, each as soon as it is known; the reply is the last.

        What comes after a stage is not begun before the next is asked for.
        """
        started = perf_counter()
        meant = meant or question
        narrowed = timeframe.narrowed(filters) if timeframe else filters
        hits = self.search.hits(meant, top_k or self.settings.top_k, narrowed)
        searched = perf_counter()
        yield Searched(meant, timeframe, hits)
        reading = perf_counter()
        # Where dates decide which answer comes first, none may be left out.
        everything = timeframe is not None
        wording = question_in(meant)
        spans = yield from read(self.reader, self.confidence, wording, hits, everything)
        yield Read(spans)
        said = answered(wording, spans, hits, self.confidence, self.settings.answer_threshold, timeframe)
        ended = perf_counter()
        yield said
        generated, note = yield from self._generated(meant, hits, len(said.citations), mode)
        written = perf_counter()
        yield Reply(
            question=question,
            standalone_question=meant,
            answerable=bool(said.answers),
            answer=said.text,
            confidence=said.confidence,
            mode="generated" if generated else "extractive",
            kind=said.kind,
            timeframe=timeframe,
            did_you_mean=did_you_mean(meant, self.index, hits),
            answers=said.answers,
            citations=said.citations,
            generated=generated,
            note=note,
            timings_ms=Timings(
                search=_milliseconds(started, searched),
                read=_milliseconds(reading, ended),
                total=_milliseconds(started, perf_counter()),
                generate=_milliseconds(ended, written) if generated or note else 0.0,
            ),
        )

    def _generated(
        self, meant: str, hits: Sequence[Hit], citations: int, mode: Mode | None
    ) -> Generator[Token | Written, None, tuple[Generated | None, str | None]]:
        """What the language model answers, or why it is left at the extractive answer."""
        if mode == "extractive" or not (hits and self.writer):
            return None, NO_MODEL if mode == "generated" and not self.writer else None
        try:
            return (yield from self.writer.write(meant, hits, citations + 1)), None
        except ModelError as error:
            return None, f"The language model {error}. {ONLY_QUOTED}"

    def ingest(self, documents: Iterable[Article | Failure]) -> Iterator[Change | Failure]:
        """Bring articles into the index; an outcome for each as it is committed."""
        return ingest(self.index, self.encoder, chunk_size(self.settings), documents)

    def follow(self, registry: Registry, name: str, reading: Reading, run: Run) -> Iterator[Change | Failure]:
        """Bring the index in step with a registered source; an outcome for each article as it is known."""
        size = chunk_size(self.settings)
        return follow(self.index, self.encoder, size, registry, name, reading, run)

    def save(self) -> None:
        """Keep what would otherwise be derived again at the next start."""
        self.index.save()


def chunk_size(settings: Settings) -> ChunkSize:
    return ChunkSize(settings.chunk_tokens, settings.chunk_overlap)


def manifest(settings: Settings, encoder: Encoder) -> Manifest:
    """What an index made with these settings says of itself. Raises ConfigError if chunks can't fit."""
    room = encoder.max_tokens - TITLE_TOKENS - 2
    if settings.chunk_tokens > room:
        raise ConfigError(
            f"chunk_tokens is {settings.chunk_tokens}, but the encoder takes {encoder.max_tokens} tokens, "
            f"of which {TITLE_TOKENS} are kept for the title: set it to {room} or less."
        )
    return Manifest(
        encoder=encoder.name,
        revision=encoder.revision,
        dimension=encoder.dimension,
        chunk_tokens=settings.chunk_tokens,
        chunk_overlap=settings.chunk_overlap,
    )


def _milliseconds(start: float, end: float) -> float:
    return round(1000 * (end - start), 1)
