"""Traces arrive at a real receiver of OpenTelemetry's protocol, and nowhere unless that is asked for."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask.testing import FlaskClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from index.errors import ConfigError
from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.tracing import Tracing
from tests.conftest import SAMPLES

QUESTION = {"question": "who visited Kem Sokha"}


class Receiver(ThreadingHTTPServer):
    """Takes OTLP over HTTP, as a collector does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: list[Span] = []
        self.services: set[str] = set()
        self.address = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        assert self.path == "/v1/traces"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Encoding"] == "gzip":
            body = gzip.decompress(body)
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = (
                each.value.string_value for each in group.resource.attributes if each.key == "service.name"
            )
            self.server.services.update(named)
            self.server.spans += [span for scope in group.scope_spans for span in scope.spans]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.address)
        yield server
        server.shutdown()
        thread.join()


def received(client: FlaskClient, receiver: Receiver) -> dict[str, Span]:
    client.application.extensions["tracing"].provider.shutdown()
    return {span.name: span for span in receiver.spans}


def attributes(span: Span) -> dict[str, object]:
    return {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in span.attributes}


@pytest.fixture
def client(
    receiver: Receiver, settings: Settings, pipeline: Pipeline, articles: list[Article]
) -> FlaskClient:
    list(pipeline.ingest(articles))
    return create_app(replace(settings, trusted_proxies=1), pipeline).test_client()


@pytest.mark.parametrize("path", ["/ask", "/ask/stream"])
def test_a_question_is_a_request_with_its_stages(client: FlaskClient, receiver: Receiver, path: str) -> None:
    response = client.post(path, json=QUESTION)
    assert response.data
    response.close()
    spans = received(client, receiver)
    assert spans.keys() == {f"POST {path}", "search", "read", "answer"}
    request = spans[f"POST {path}"]
    said = attributes(request)
    assert said.pop("qa.confidence", 0)
    assert said == {
        "http.request.method": "POST", "http.route": path, "http.response.status_code": 200,
        "qa.request_id": response.headers["X-Request-Id"], "qa.answerable": True,
    }  # fmt: skip
    for name in ("search", "read", "answer"):
        stage = spans[name]
        assert (stage.trace_id, stage.parent_span_id) == (request.trace_id, request.span_id)
        assert request.start_time_unix_nano <= stage.start_time_unix_nano <= stage.end_time_unix_nano
        assert stage.end_time_unix_nano <= request.end_time_unix_nano
    assert receiver.services == {"qa-service"}
    assert "Sokha" not in str(receiver.spans), "no words of anyone"


def test_an_article_is_not_named(client: FlaskClient, receiver: Receiver) -> None:
    client.get("/articles/sokha").close()
    assert received(client, receiver).keys() == {"GET /articles/<article_id:id>"}


def test_it_goes_on_with_the_trace_of_a_trusted_proxy(client: FlaskClient, receiver: Receiver) -> None:
    client.get("/health", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}).close()
    (span,) = received(client, receiver).values()
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == ("a" * 32, "b" * 16)


def test_nobody_else_names_a_trace(receiver: Receiver, settings: Settings, pipeline: Pipeline) -> None:
    client = create_app(settings, pipeline).test_client()
    client.get("/health", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}).close()
    (span,) = received(client, receiver).values()
    assert span.trace_id.hex() != "a" * 32


def test_what_fails_is_marked(client: FlaskClient, receiver: Receiver) -> None:
    client.application.extensions["draining"].stopping.set()
    client.get("/ready").close()
    (span,) = received(client, receiver).values()
    assert attributes(span)["http.response.status_code"] == 503
    assert span.status.code == Status.STATUS_CODE_ERROR


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_SDK_DISABLED": "TRUE"},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
    ],
)
def test_it_is_off_unless_asked_for(environ: dict[str, str]) -> None:
    asked = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"} if environ else {}
    assert Tracing.wanted(asked | environ) is None


def test_another_protocol_is_told() -> None:
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
    with pytest.raises(ConfigError, match="http/protobuf"):
        Tracing.wanted(environ)


def test_what_is_not_installed_is_told_and_not_missed_otherwise() -> None:
    code = (
        "import sys; sys.modules['opentelemetry.sdk'] = None\n"
        "from qa_service.tracing import Tracing\n"
        "assert Tracing.wanted({}) is None\n"
        "Tracing.wanted({'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://127.0.0.1:1'})"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=SAMPLES.parent, capture_output=True, text=True)
    assert "ConfigError" in said.stderr
    assert ".[otel]" in said.stderr
