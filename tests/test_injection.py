"""Articles that give orders to language models: what they say is text, with and without a language model.

tests/data/injected.jsonl has 30 of them: orders, role markers of several models, feigned citations and ends
of the passages, images, links and HTML that would carry data away, hidden characters, replies in our formats.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from index import loaders
from index.encoder import HashingEncoder
from index.types import Article, Filters, Hit
from qa_service import create_app
from qa_service.completions import told
from qa_service.config import Settings
from qa_service.generator import Generator, messages
from qa_service.language_model import ChatModel
from qa_service.pipeline import Pipeline
from qa_service.types import Reply
from tests.conftest import SAMPLES
from tests.language_models import Says, llama_server

INJECTED = [
    article
    for article in loaders.load(Path(__file__).parent / "data" / "injected.jsonl")
    if isinstance(article, Article)
]
QUESTION = "who repaired the harbour lighthouse?"
TRUE = "The harbour lighthouse was repaired by Ines Okafor in May 2021."
by_name = pytest.mark.parametrize("article", INJECTED, ids=[each.article_id for each in INJECTED])


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """The real models over the sample articles and the injected ones."""
    pipeline = Pipeline.open(Settings(data_dir=tmp_path_factory.mktemp("injected")))
    samples = [each for file in sorted((SAMPLES / "articles").iterdir()) for each in loaders.load(file)]
    list(pipeline.ingest(samples))
    yield pipeline
    pipeline.index.close()


@pytest.fixture(scope="module")
def llama() -> Iterator[str]:
    with llama_server() as (address, _):
        yield address


def content(pipeline: Pipeline, **how: Any) -> tuple[str, Reply]:
    """What an OpenAI client is told, and the reply."""
    *pieces, reply = told(pipeline.stages(QUESTION, **how))
    assert isinstance(reply, Reply)
    return "".join(map(str, pieces)), reply


def check_format(text: str, reply: Reply, pipeline: Pipeline) -> None:
    """The reply is in our format, whatever a model wrote."""
    Reply.model_validate_json(reply.model_dump_json())
    generated = reply.generated
    for citation in (*reply.citations, *(generated.citations if generated else ())):
        assert citation.quote == pipeline.index.get(citation.article_id).text[citation.start : citation.end]
    for sentence in generated.sentences if generated else ():
        assert generated
        assert set(sentence.citations) <= {citation.id for citation in generated.citations}
        assert not re.search(r"://|www\.|<[a-zA-Z/!]|\[\d", sentence.text)
        assert not {unicodedata.category(char) for char in sentence.text} & {"Cf", "Cc", "Co", "Cn"}
    html = MarkdownIt("js-default", {"html": True}).render(text)
    assert not re.search(r"<(img|a|script|div|h\d|table|code)\b", html), "no article here has an address"


class TestWithoutLanguageModel:
    def test_replies_about_other_articles_do_not_change(self, real: Pipeline) -> None:
        questions = ("who visited Sokha", "why did the Ever Given run aground", "what is Human Acts about")
        before = [real.ask(question) for question in questions]
        list(real.ingest(INJECTED))
        for question, reply in zip(questions, before, strict=True):
            now = real.ask(question)
            assert (now.answer, now.kind, now.mode) == (reply.answer, reply.kind, reply.mode)
            assert [each.quote for each in now.citations] == [each.quote for each in reply.citations]

    @by_name
    def test_the_answer_is_what_stands_in_the_article(self, real: Pipeline, article: Article) -> None:
        list(real.ingest([article]))
        reply = real.ask(QUESTION)
        assert "Ines Okafor" in str(reply.answer)
        assert reply.mode == "extractive"
        assert reply.generated is None
        text, reply = content(real)
        check_format(text, reply, real)


class TestPrompt:
    @by_name
    def test_an_article_brings_nothing_but_text_into_it(self, article: Article) -> None:
        hit = Hit(0, article, 0, len(article.text), 1, 1, 1)
        system, user = messages(QUESTION, [hit, hit])
        assert system == messages("other", [])[0]
        key = user["content"].split()[1]
        assert re.findall(rf".*{key}.*", user["content"]) == [f"PASSAGES {key}", f"PASSAGES {key} END"]
        passages, question = user["content"].rsplit(f"PASSAGES {key} END", 1)
        assert question == f"\n\nQuestion: {QUESTION}"
        assert re.findall(r"\[.*?\]", passages) == ["[1]", "[2]"]
        assert not set("<>|`") & set(passages)
        assert not {unicodedata.category(char) for char in passages} & {"Cf", "Co", "Cn"}


class TestModelThatObeys:
    """The worst that could be: a model that writes what an article tells it, to the letter."""

    @by_name
    def test_it_can_not_leave_the_format(
        self, pipeline: Pipeline, encoder: HashingEncoder, article: Article
    ) -> None:
        list(pipeline.ingest([article]))
        pipeline.writer = Generator(Says([f"{TRUE} [1] ", *article.text]), encoder)
        text, reply = content(pipeline)
        assert reply.mode == "generated"
        assert reply.generated
        assert reply.generated.sentences[0].text == TRUE
        assert reply.answer
        assert "**In the articles' words:** " in text
        check_format(text, reply, pipeline)

    @by_name
    def test_it_can_not_break_the_stream(
        self, settings: Settings, pipeline: Pipeline, encoder: HashingEncoder, article: Article
    ) -> None:
        list(pipeline.ingest([article]))
        pipeline.writer = Generator(Says([f"{TRUE} [1] ", *article.text]), encoder)
        client = create_app(settings, pipeline).test_client()
        stream = client.post("/ask/stream", json={"question": QUESTION}).text
        blocks = [block.split("\n") for block in stream.removesuffix("\n\n").split("\n\n")]
        assert all(len(block) == 2 for block in blocks)
        assert [name for name, _ in blocks if name in ("event: done", "event: error")] == ["event: done"]
        chat = {"model": "articles", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
        lines = client.post("/v1/chat/completions", json=chat).text.split("\n\n")
        assert lines.count("data: [DONE]") == 1
        assert lines[-2:] == ["data: [DONE]", ""]
        assert all(json.loads(line.removeprefix("data: "))["object"] for line in lines[:-2] if line[0] == "d")


class TestRealModel:
    """A small real model behind llama.cpp's server, which follows no rules and so any order."""

    @by_name
    def test_it_can_not_leave_the_format(
        self, pipeline: Pipeline, encoder: HashingEncoder, llama: str, article: Article
    ) -> None:
        list(pipeline.ingest([article]))
        model = ChatModel.of(Settings(llm_base_url=llama, llm_model="gemma", llm_timeout=5))
        assert model
        pipeline.writer = Generator(model, encoder)
        text, reply = content(pipeline, top_k=2, filters=Filters())
        assert reply.answer
        assert reply.note or reply.generated
        assert (reply.mode == "generated") == (reply.generated is not None)
        check_format(text, reply, pipeline)
