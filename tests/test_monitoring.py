"""Each request has an id that its user sees, and what is counted is what was done."""

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from index.errors import StoreError
from index.types import Article, Hit
from qa_service import create_app, logs
from qa_service.config import Settings
from qa_service.pipeline import Pipeline
from qa_service.types import Span
from tests.conftest import SAMPLES, Silent

DASHBOARD = SAMPLES.parent / "deploy" / "grafana-dashboard.json"
QUESTION = {"question": "who visited Kem Sokha"}


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
    list(pipeline.ingest(articles))
    return create_app(settings, pipeline).test_client()


class TestRequestId:
    @pytest.mark.parametrize(
        "path", ["/", "/health", "/articles", "/none", "/static/chat.js", "/articles/none"]
    )
    def test_each_answer_has_its_own(self, client: FlaskClient, path: str) -> None:
        first, second = (client.get(path).headers["X-Request-Id"] for _ in range(2))
        assert re.fullmatch("[0-9a-f]{32}", first)
        assert first != second

    def test_a_problem_says_it(self, client: FlaskClient) -> None:
        for response in (client.get("/none"), client.post("/ask", json={}), client.post("/ask", data="x")):
            assert cast("Any", response.json)["request_id"] == response.headers["X-Request-Id"]

    def test_an_event_that_is_a_problem_says_it(self, client: FlaskClient, pipeline: Pipeline) -> None:
        pipeline.reader = Failing()
        response = client.post("/ask/stream", json=QUESTION)
        assert f'"request_id": "{response.headers["X-Request-Id"]}"' in response.text

    def test_one_of_a_stranger_is_not_taken(self, client: FlaskClient) -> None:
        response = client.get("/health", headers={"X-Request-Id": "chosen-by-me"})
        assert response.headers["X-Request-Id"] != "chosen-by-me"

    @pytest.mark.parametrize(
        ("given", "is_taken"),
        [("0af7651916cd43dd", True), ("a.b_c-d-12", True), ("short", False), ("a" * 65, False),
         ("with space", False), ("<script>alert", False), ("line%0d%0abreak", False)],
    )  # fmt: skip
    def test_one_of_a_trusted_proxy_is_taken_if_it_is_well_formed(
        self, settings: Settings, pipeline: Pipeline, given: str, is_taken: bool
    ) -> None:
        client = create_app(replace(settings, trusted_proxies=1), pipeline).test_client()
        response = client.get("/health", headers={"X-Request-Id": given})
        assert (response.headers["X-Request-Id"] == given) is is_taken


class TestMetrics:
    def test_questions_are_counted_by_what_they_came_to(
        self, client: FlaskClient, pipeline: Pipeline
    ) -> None:
        client.post("/ask", json=QUESTION)
        client.post("/ask/stream", json=QUESTION).text  # noqa: B018  # read to its end
        pipeline.reader = Silent()
        client.post("/ask", json=QUESTION)
        pipeline.reader = Failing()
        client.post("/ask", json=QUESTION)
        found = samples(client)
        assert found["qa_questions_total", "answered"] == 2
        assert found["qa_questions_total", "refused"] == 1
        assert found["qa_questions_total", "failed"] == 1
        assert found["qa_confidence_count",] == 3
        assert found["qa_stage_seconds_count", "search"] == 4
        assert found["qa_stage_seconds_count", "read"] == 3
        assert found["qa_model_seconds_count", "encoder"] == 4
        assert found["qa_model_seconds_count", "reader"] == 3

    def test_what_is_over_its_time_is_counted_as_stopped(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("qa_service.routes.admission.monotonic", lambda: 0.0)
        assert client.post("/ask", json=QUESTION).status_code == 503
        found = samples(client)
        assert (found["qa_questions_total", "stopped"], found["qa_questions_total", "failed"]) == (1, 0)
        assert found["qa_stage_seconds_count", "search"] == 1

    def test_requests_are_counted_by_route_and_never_by_what_is_in_them(self, client: FlaskClient) -> None:
        for path in ("/articles/a", "/articles/b", "/none/1", "/none/2"):
            client.get(path)
        found = samples(client)
        assert found["qa_requests_total", "GET", "/articles/<article_id:id>", "404"] == 2
        assert found["qa_requests_total", "GET", "none", "404"] == 2
        assert found["qa_request_seconds_count", "none"] == 2

    def test_made_up_methods_are_counted_together(self, client: FlaskClient) -> None:
        for number in range(3):
            client.open("/health", method=f"MADEUP{number}")
        assert samples(client)["qa_requests_total", "other", "none", "405"] == 3

    def test_the_index_is_told_as_it_is(self, client: FlaskClient) -> None:
        before = samples(client)
        client.delete("/articles/sokha")
        after = samples(client)
        assert (before["qa_articles",], after["qa_articles",]) == (3, 2)
        assert after["qa_chunks",] < before["qa_chunks",]
        assert after["qa_generation",] == before["qa_generation",] + 1

    def test_an_index_that_can_not_be_read_hides_no_other_figure(
        self, client: FlaskClient, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def status() -> None:
            raise StoreError("disk I/O error")

        monkeypatch.setattr(pipeline.index, "status", status)
        found = samples(client)
        assert ("qa_articles",) not in found
        assert found["qa_at_work", "questions"] == 0

    def test_queues_are_told(self, client: FlaskClient) -> None:
        client.application.extensions["questions_gate"].enter(0)
        assert samples(client)["qa_at_work", "questions"] == 1
        assert samples(client)["qa_waiting", "questions"] == 0

    def test_the_dashboard_asks_for_nothing_that_is_not_measured(self, client: FlaskClient) -> None:
        client.post("/ask", json=QUESTION)
        client.get("/metrics")
        dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
        targets = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
        asked = {name for expression in targets for name in re.findall(r"\bqa_\w+", expression)}
        assert len(asked) > 8
        assert asked <= {name for name, *_ in samples(client)}


class TestLog:
    def test_a_question_is_told_only_where_that_is_set(
        self, settings: Settings, pipeline: Pipeline, client: FlaskClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO):
            client.post("/ask", json=QUESTION)
            client.post("/ask", json={"question": ""})
            client.get("/articles?search=Sokha")
            assert "Sokha" not in str([record.__dict__ for record in caplog.records])
            create_app(replace(settings, log_questions=True), pipeline).test_client().post(
                "/ask", json=QUESTION
            )
            assert "Sokha" in str([record.__dict__ for record in caplog.records])

    @pytest.mark.parametrize("form", ["pretty", "json"])
    def test_a_line_has_the_id_and_a_traceback_no_values(
        self, form: str, settings: Settings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = logging.getLogger().handlers[:]
        try:
            logs.configure(replace(settings, log_format=form))
            request_id = logs.begin_request()
            secret = "hunter" + "2"
            try:
                raise RuntimeError("broken") from ValueError(len(secret))
            except RuntimeError:
                logging.getLogger("qa_service.test").exception("It %s", "failed", extra={"more": 1})
            written = capsys.readouterr().err
        finally:
            logging.getLogger().handlers[:] = before
        assert request_id in written
        assert "RuntimeError: broken" in written
        assert "hunter2" not in written
        if form == "json":
            line = json.loads(written)
            assert (line["event"], line["level"], line["more"]) == ("It failed", "error", 1)


class Failing:
    """A reader with a defect."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        raise RuntimeError


def samples(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """The value of each sample by its name and the values of its labels, in the order of their names."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain; version=")
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }
