"""What the turns before a question, and its words of time, do to it."""

from typing import ClassVar

from flask.testing import FlaskClient

from tests.api.asking import Json, ask, cited


class TestFollowUps:
    TURN: ClassVar[Json] = {"question": "who visited Kem Sokha", "answer": "Six ambassadors"}

    def test_a_follow_up_is_searched_as_the_question_that_stands_alone(self, client: FlaskClient) -> None:
        reply = ask(client, "when was he arrested?", history=[self.TURN])
        assert reply["question"] == "when was he arrested?"
        assert reply["standalone_question"] == "when was Kem Sokha arrested?"
        assert reply["citations"][0]["article_id"] == "sokha"

    def test_what_the_turns_say_of_time_counts(self, client: FlaskClient) -> None:
        turn = {"question": "who visited Kem Sokha this week", "answer": "Six ambassadors"}
        assert ask(client, "why?", history=[turn])["timeframe"]["words"] == "this week"

    def test_words_can_be_searched_as_typed(self, client: FlaskClient) -> None:
        reply = ask(client, "when was he arrested?", history=[self.TURN], as_typed=True)
        assert reply["standalone_question"] == "when was he arrested?"

    def test_a_question_that_stands_alone_is_left_alone(self, client: FlaskClient) -> None:
        reply = ask(client, "  what does Webb carry", history=[self.TURN])
        assert reply["standalone_question"] == reply["question"]

    def test_a_turn_without_words_is_no_harm(self, client: FlaskClient) -> None:
        turns = [{"question": "", "answer": ""}, {"question": "w " * 3000, "answer": "?"}]
        assert ask(client, "when?", history=turns)["standalone_question"] == "when?"


class TestTimeframe:
    QUESTION = "who visited Kem Sokha this week"

    def test_this_week_searches_the_articles_of_the_week(self, client: FlaskClient) -> None:
        then = ask(client, self.QUESTION, as_of="2019-12-01")
        assert then["timeframe"]["words"] == "this week"
        assert then["timeframe"]["after"] == "2019-11-25"
        assert cited(then) == {"sokha", "webb"}
        assert cited(ask(client, self.QUESTION, as_of="2021-12-25")) == {"webb"}

    def test_any_time_searches_all(self, client: FlaskClient) -> None:
        reply = ask(client, self.QUESTION, as_of="2021-12-25", any_time=True)
        assert reply["timeframe"] is None
        assert "sokha" in cited(reply)

    def test_a_day_that_is_none_is_named(self, client: FlaskClient) -> None:
        response = client.post("/ask", json={"question": self.QUESTION, "as_of": "yesterday"})
        assert response.status_code == 422
        assert "as_of" in response.text
