"""Tracing: spans of requests and of the stages of a question, for OpenTelemetry.

Off, and its libraries not even imported, unless the standard OTEL_ variables ask for it. No span holds a
question, an answer or an article.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from time import time_ns
from typing import TYPE_CHECKING

from index.errors import ConfigError
from qa_service.types import Answered, Read, Reply, Searched, Stage, Token, Written

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

WHERE = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
NAMES = {Searched: "search", Read: "read", Answered: "answer"}


class Tracing:
    """Makes the spans of one application; what they belong to is handed on as a context."""

    def __init__(self, provider: TracerProvider) -> None:
        self.provider = provider
        self._tracer = provider.get_tracer("qa_service")

    @classmethod
    def wanted(cls, environ: Mapping[str, str]) -> Tracing | None:
        """What OTEL_ variables ask for, if they do: ``OTEL_EXPORTER_OTLP_ENDPOINT`` says where spans go.

        ``OTEL_SDK_DISABLED=true`` and ``OTEL_TRACES_EXPORTER=none`` are no; all others are for the SDK, which
        reads them itself. Raises ConfigError if it is not installed.
        """
        is_off = environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
        if is_off or environ.get("OTEL_TRACES_EXPORTER") == "none" or not any(map(environ.get, WHERE)):
            return None
        protocol = environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
        if protocol != "http/protobuf":
            raise ConfigError(
                f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol}; this program speaks http/protobuf."
            )
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import SERVICE_NAME, Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as error:
            raise ConfigError(
                f"OTEL_ variables ask for traces, which needs what is not installed ({error}): "
                "pip install '.[otel]', or set OTEL_SDK_DISABLED=true."
            ) from error
        name = environ.get("OTEL_SERVICE_NAME", "qa-service")
        provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        return cls(provider)

    def request(self, method: str, route: str, parent: str | None) -> Span:
        """A span of a request, begun; ``parent`` is a header ``traceparent`` that is trusted."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carrier = {"traceparent": parent} if parent else {}
        return self._tracer.start_span(
            f"{method} {route}", TraceContextTextMapPropagator().extract(carrier), SpanKind.SERVER,
            {"http.request.method": method, "http.route": route},
        )  # fmt: skip

    def stages(self, stages: Generator[Stage, None, None], within: Span) -> Generator[Stage, None, None]:
        """The stages of a question, each with a span within the one that is given."""
        from opentelemetry.trace import set_span_in_context

        context, is_writing = set_span_in_context(within), False
        try:
            started = time_ns()
            for stage in stages:
                if type(stage) in NAMES:
                    self._add(NAMES[type(stage)], started, context)
                elif isinstance(stage, Reply):
                    if is_writing:
                        self._add("generate", started, context)
                    within.set_attribute("qa.answerable", stage.answerable)
                    within.set_attribute("qa.confidence", stage.confidence)
                yield stage
                if not isinstance(stage, Token | Written):
                    started = time_ns()
                is_writing = isinstance(stage, Token | Written)
        finally:
            stages.close()

    def _add(self, name: str, started: int, context: Context) -> None:
        self._tracer.start_span(name, context, start_time=started).end()


def finish(span: Span, status: int, request_id: str) -> None:
    """End the span of a request, which is an error of ours from 500 on."""
    from opentelemetry.trace import StatusCode

    span.set_attribute("http.response.status_code", status)
    span.set_attribute("qa.request_id", request_id)
    if status >= 500:
        span.set_status(StatusCode.ERROR)
    span.end()
