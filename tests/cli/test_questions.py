"""Asking, once or in a conversation, and serving."""

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from waitress.server import create_server

from qa_service.cli import cli
from qa_service.server import url
from qa_service.types import Reply
from tests.cli.conftest import Run, lines
from tests.conftest import FirstSentence, Silent


class TestAsk:
    def test_prints_the_answer_the_quote_and_the_source(self, run: Run, filled: Path) -> None:
        output = run("ask", "who visited Kem Sokha").stdout
        answer, quoted, source = [line.strip() for line in output.splitlines()][:3]
        assert answer.startswith("Six ambassadors visited Kem Sokha at home.")
        assert quoted == "“Six ambassadors visited Kem Sokha at home.”"
        assert source == "— Envoys visit Sokha · Northgate · 2019-11-30"

    def test_with_json_gives_what_the_http_interface_gives(self, run: Run, filled: Path) -> None:
        reply = json.loads(run("ask", " who visited Kem Sokha ", "--json").stdout)
        assert reply.keys() == Reply.model_fields.keys()
        assert reply["question"] == "who visited Kem Sokha"
        assert reply["citations"][0]["article_id"] == "sokha"

    def test_reads_as_many_passages_as_it_is_told(self, run: Run, filled: Path) -> None:
        reply = json.loads(run("ask", "sokha bread rain", "--top-k", "2", "--json").stdout)
        assert len(reply["citations"]) == 2

    @pytest.mark.parametrize(
        ("options", "admitted"),
        [
            ([], {"sokha", "bread", "a/b"}),
            (["--source", "Northgate"], {"sokha"}),
            (["--author", " Ann  Bo "], {"bread"}),
            (["--language", "en"], {"bread"}),
            (["--tag", "y", "--tag", "x"], {"bread"}),
            (["--tag", "y", "--tag", "z"], set()),
            (["--after", "December 2019"], {"bread"}),
            (["--before", "2021-03"], {"sokha", "bread"}),
            (["--after", "2019", "--before", "2020"], {"sokha"}),
            (["--field", "section=Food", "--field", "page=3"], {"bread"}),
            (["--field", "page=3", "--source", "Northgate"], set()),
        ],
    )
    def test_filters_say_which_articles_may_answer(
        self, run: Run, filled: Path, options: list[str], admitted: set[str]
    ) -> None:
        status = 0 if admitted else 3
        reply = json.loads(run("ask", "sokha bread rain", *options, "--json", status=status).stdout)
        assert {citation["article_id"] for citation in reply["citations"]} == admitted

    @pytest.mark.parametrize(
        ("options", "help_"),
        [
            (["--after", "yesterday"], "'yesterday' is no date; write it like 2019-11-30, 2019-11 or 2019."),
            (["--field", "section"], "'section' is no field; write it like section=Asia."),
            (["--field", "=Asia"], "'=Asia' is no field"),
        ],
    )
    def test_a_filter_that_can_not_be_says_how_to_write_it(
        self, run: Run, options: list[str], help_: str
    ) -> None:
        assert help_ in run("ask", "who", *options, status=2).stderr

    def test_a_refusal_has_an_exit_status_of_its_own(
        self, run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(FirstSentence, "read", Silent.read)
        output = run("ask", "who visited Kem Sokha", status=3).stdout
        assert output.splitlines()[:2] == ["The articles don't say.", "The closest passages:"]
        assert "“Six ambassadors visited Kem Sokha" in output
        assert json.loads(run("ask", "who", "--json", status=3).stdout)["answer"] is None

    @pytest.mark.parametrize("question", ["", "  \n", "\N{NO-BREAK SPACE}"])
    def test_an_empty_question_is_an_error(self, run: Run, filled: Path, question: str) -> None:
        assert "it is empty; ask something" in run("ask", question, status=2).stderr

    def test_bytes_that_are_no_text_are_replaced(self, run: Run, filled: Path) -> None:
        question = os.fsdecode(b"who visited \xff Kem Sokha")
        assert "Six ambassadors" in run("ask", question).stdout

    def test_an_empty_index_says_how_to_fill_it(self, run: Run) -> None:
        message = run("ask", "who visited Kem Sokha", status=1).stderr
        assert message.startswith("Error: There are no articles yet.")
        assert "python -m qa_service ingest" in message

    def test_an_article_can_not_steer_the_terminal(self, run: Run, tmp_path: Path) -> None:
        row = {"id": "x", "title": "T\x1b]0;t\x07", "text": "Press \x1b[2J [bold]any[/bold] key \x9b31m now."}
        (tmp_path / "evil.jsonl").write_text(json.dumps(row), encoding="utf-8")
        run("ingest", "evil.jsonl")
        output = run("ask", "press any key").stdout
        assert "[bold]any[/bold] key" in output
        assert not {"\x1b", "\x07", "\x9b"} & set(output)


class TestChat:
    def chat(self, *lines: str, json_: bool = False) -> Result:
        arguments = ["chat", "--json"] if json_ else ["chat"]
        return CliRunner().invoke(cli, arguments, input="".join(f"{line}\n" for line in lines))

    def test_a_follow_up_is_understood_and_what_was_searched_is_shown(self, filled: Path) -> None:
        result = self.chat("who visited Kem Sokha", "when was he arrested?")
        assert result.exit_code == 0
        assert "Searched for: when was Kem Sokha arrested?" in result.stdout
        assert result.stdout.count("Searched for") == 1

    @pytest.mark.parametrize("word", ["exit", " Quit "])
    def test_a_word_leaves_it_where_people_type(self, filled: Path, word: str) -> None:
        assert self.chat(word, "who visited Kem Sokha").stdout.count("Kem Sokha") == 0
        assert "Kem Sokha" in self.chat(word, "who visited Kem Sokha", json_=True).stdout

    def test_an_equals_sign_searches_the_words_as_typed(self, filled: Path) -> None:
        result = self.chat("who visited Kem Sokha", "", "=when was he arrested?", "=", json_=True)
        asked = [(reply["question"], reply["standalone_question"]) for reply in lines(result)]
        assert asked == [("who visited Kem Sokha",) * 2, ("when was he arrested?",) * 2]

    def test_without_articles_it_says_what_to_do(self) -> None:
        result = self.chat("who")
        assert result.exit_code == 1
        assert "ingest" in result.stderr


class TestServe:
    def test_a_taken_port_says_to_choose_another(self, run: Run) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            message = run("serve", "--port", str(port), status=1).stderr
        assert f"Error: Can't listen on 127.0.0.1:{port}" in message
        assert "--port 8001" in message

    def test_an_unknown_host_is_an_error(self, run: Run) -> None:
        assert "There is no host 'no host'" in run("serve", "--host", "no host", status=1).stderr

    def test_a_port_that_can_not_be_is_an_error(self, run: Run) -> None:
        assert "65536" in run("serve", "--port", "65536", status=2).stderr

    @pytest.mark.parametrize(
        ("host", "address"),
        [
            ("127.0.0.1", "http://127.0.0.1:{}"),
            ("localhost", "http://localhost:{}"),
            ("::1", "http://[::1]:{}"),
        ],
    )
    @pytest.mark.parametrize("listen", ["127.0.0.1:0", "127.0.0.1:0 127.0.0.1:0"], ids=["one", "two"])
    def test_the_address_is_one_that_a_browser_takes(self, listen: str, host: str, address: str) -> None:
        """Whether the host's name stands for one socket or, as localhost often does, for two."""
        sockets: dict[int, Any] = {}
        waiting = create_server(lambda *_: [], map=sockets, listen=listen)
        ports = [each.effective_port for each in sockets.values() if hasattr(each, "effective_port")]
        waiting.close()
        assert url(host, waiting) in [address.format(port) for port in ports]
