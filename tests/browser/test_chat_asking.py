"""Asking: the question box, the answer with its proof, and the conversation around them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import (
    ASK,
    ask,
    asked,
    box_of,
    citation,
    hold,
    last_turn,
    reload_kept,
    reply,
    replying,
)

PASSAGE = "It rained. The envoys of France and Japan visited Sokha on Monday. They left late. Nobody spoke."
QUOTE = "The envoys of France and Japan"


def test_the_box_has_the_focus_on_load(page: Page) -> None:
    expect(page.get_by_label("Your question")).to_be_focused()


def test_the_answer_comes_with_its_quote_title_and_date(page: Page) -> None:
    ask(page, "who visited Sokha")
    turn = last_turn(page)
    expect(turn.locator(".answer")).to_contain_text("United States, France, Germany")
    expect(turn.locator(".citation mark").first).to_have_text("the United States")
    expect(turn.locator(".reply > .confidence")).to_have_text(re.compile("^Confidence: (Sure|Likely)$"))
    caption = turn.locator("figcaption").first
    expect(caption).to_contain_text("Foreign envoys call on Cambodia's Kem Sokha")
    expect(caption).to_contain_text("Nov 30, 2019")
    expect(caption).to_contain_text("Northgate News Agency")


def test_shift_enter_breaks_the_line_and_enter_sends(page: Page) -> None:
    page.route(ASK, replying(reply(citations=[])))
    box = page.get_by_label("Your question")
    height = box_of(box)["height"]
    box.press_sequentially("who visited")
    box.press("Shift+Enter")
    box.press_sequentially("Sokha")
    expect(box).to_have_value("who visited\nSokha")
    assert box_of(box)["height"] > height, "the box grows with its text"
    with page.expect_request(ASK) as sent:
        box.press("Enter")
    assert asked(sent.value) == {"question": "who visited\nSokha"}
    expect(box).to_have_value("")
    assert box_of(box)["height"] == height


def test_nothing_is_sent_while_an_input_method_composes_or_the_box_is_blank(page: Page) -> None:
    box = page.get_by_label("Your question")
    box.press("Enter")
    box.fill("東京")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    expect(box).to_have_value("東京")
    expect(page.locator(".turn")).to_have_count(0)


def test_a_question_over_the_limit_is_kept_and_says_so(page: Page) -> None:
    box = page.get_by_label("Your question")
    box.fill("😀" * 2003)
    box.press("Enter")
    expect(page.get_by_text("Too long by 3 characters")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)


def test_an_example_asks_its_question(page: Page) -> None:
    page.route(ASK, replying(reply(citations=[])))
    page.get_by_role("button", name="who visited Sokha").click()
    expect(page.get_by_role("heading", name="who visited Sokha")).to_be_visible()
    expect(page.get_by_role("list", name="Example questions")).to_be_hidden()
    expect(page.get_by_label("Your question")).to_be_focused()


def test_not_answered_is_said_plainly_with_the_closest_passages(page: Page) -> None:
    ask(page, "what time does the supermarket close on sunday")
    turn = last_turn(page)
    expect(turn.locator(".answer")).to_have_text("The articles don’t say.")
    expect(turn.get_by_role("heading", name="Closest passages, which don’t answer it")).to_be_visible()
    expect(turn.locator(".open-source").first).to_be_visible()
    expect(turn.locator("mark")).to_have_count(0)
    expect(turn.locator(".confidence")).to_have_count(0)


def test_a_short_answer_is_shown_in_its_sentence_and_the_passage_on_request(page: Page) -> None:
    answer = {"text": QUOTE, "confidence": 0.6, "citations": [1]}
    page.route(ASK, replying(reply(answer, citations=[citation(1, PASSAGE, QUOTE)])))
    ask(page, "q")
    words = last_turn(page).locator("blockquote p")
    expect(words).to_have_text(f"… {QUOTE} visited Sokha on Monday. …")
    expect(words.locator("mark")).to_have_text(QUOTE)
    expect(last_turn(page).locator(".confidence")).to_have_text("Confidence: Likely")
    last_turn(page).get_by_role("button", name="Whole passage").click()
    expect(words).to_have_text(PASSAGE)
    last_turn(page).get_by_role("button", name="Less").click()
    expect(words).to_have_text(f"… {QUOTE} visited Sokha on Monday. …")


def test_a_citation_of_a_document_with_pages_names_the_page(page: Page) -> None:
    answer = {"text": QUOTE, "confidence": 0.6, "citations": [1]}
    page.route(ASK, replying(reply(answer, citations=[citation(1, PASSAGE, QUOTE, page=3)])))
    ask(page, "q")
    expect(last_turn(page).locator("figcaption")).to_contain_text("p. 3, The Paper")


def test_a_whole_sentence_is_shown_between_its_neighbours(page: Page) -> None:
    sentence = "They left late."
    answer = {"text": sentence, "confidence": 0.3, "citations": [1]}
    page.route(ASK, replying(reply(answer, citations=[citation(1, PASSAGE, sentence)])))
    ask(page, "q")
    expect(last_turn(page).locator("blockquote p")).to_have_text(
        f"… {QUOTE} visited Sokha on Monday. {sentence} Nobody spoke."
    )
    expect(last_turn(page).locator(".confidence")).to_have_text("Confidence: Unsure")


def test_more_answers_and_passages_follow_the_first(page: Page) -> None:
    answers = [{"text": f"Answer {n}", "confidence": 0.9, "citations": [n]} for n in range(1, 6)]
    citations = [citation(n, f"Answer {n} it is.", f"Answer {n}") for n in range(1, 7)]
    page.route(ASK, replying(reply(*answers, citations=citations)))
    ask(page, "q")
    turn = last_turn(page)
    more = turn.locator("section", has=page.get_by_role("heading", name="More answers"))
    expect(more.get_by_text("Answer 4", exact=True).first).to_be_visible()
    expect(more.get_by_text("Answer 5", exact=True).first).to_be_hidden()
    more.get_by_text("1 more").click()
    expect(more.get_by_text("Answer 5", exact=True).first).to_be_visible()
    further = turn.locator("section", has=page.get_by_role("heading", name="More passages"))
    expect(further.locator(".open-source")).to_have_text(["Article 6"])


def test_what_was_searched_for_is_shown_where_it_differs(page: Page) -> None:
    page.route(ASK, replying(reply(citations=[], standalone_question="who visited Kem Sokha?")))
    ask(page, "and who visited him?")
    expect(last_turn(page)).to_contain_text("Searched for: who visited Kem Sokha?")
    ask(page, "Who visited Kem Sokha")
    expect(last_turn(page)).not_to_contain_text("Searched for")


def test_the_words_can_be_searched_as_they_were_typed(page: Page) -> None:
    page.route(ASK, replying(reply(citations=[], standalone_question="who visited Kem Sokha?")))
    ask(page, "and who visited him?")
    with page.expect_request(ASK) as sent:
        last_turn(page).get_by_role("button", name="Search as typed").click()
    assert asked(sent.value) == {"question": "and who visited him?", "as_typed": True}
    expect(page.get_by_role("heading", name="and who visited him?")).to_have_count(2)


@pytest.mark.parametrize(("zone", "hours"), [("Pacific/Kiritimati", 14), ("Pacific/Pago_Pago", -11)])
def test_today_is_the_day_of_whoever_asks(open_page: OpenPage, zone: str, hours: int) -> None:
    there = timezone(timedelta(hours=hours))
    page = open_page(timezone_id=zone)
    before = datetime.now(there).date().isoformat()
    with page.expect_request(ASK) as sent:
        ask(page, "what happened today")
    after = datetime.now(there).date().isoformat()
    assert (sent.value.post_data_json or {})["as_of"] in (before, after)


def test_what_is_made_of_words_about_time_is_shown_and_can_be_taken_back(page: Page) -> None:
    week = {"words": "this week", "kind": "since", "after": "2019-11-25", "before": None}
    page.route(ASK, replying(reply(citations=[], timeframe=week)))
    ask(page, "who came this week")
    expect(last_turn(page)).to_contain_text("“this week”: articles from Nov 25, 2019 on")
    with page.expect_request(ASK) as sent:
        last_turn(page).get_by_role("button", name="Any time").click()
    assert {"any_time": True}.items() <= (sent.value.post_data_json or {}).items()


def test_copies_of_a_report_are_counted_and_named_on_request(page: Page) -> None:
    copies = [
        {
            "article_id": f"copy-{n}",
            "title": f"Copy {n}",
            "url": None,
            "published": None,
            "source": f"Paper {n}",
        }
        for n in (1, 2)
    ]
    answer = {"text": QUOTE, "confidence": 0.6, "citations": [1]}
    page.route(ASK, replying(reply(answer, citations=[citation(1, PASSAGE, QUOTE, copies=copies)])))
    ask(page, "q")
    turn = last_turn(page)
    expect(turn.get_by_text("Copy 2")).to_be_hidden()
    turn.get_by_text("and 2 more with this report").click()
    expect(turn.get_by_text("Copy 2")).to_be_visible()
    expect(page.get_by_role("complementary")).to_have_count(0)


def test_a_follow_up_is_understood_and_can_be_searched_as_typed(page: Page) -> None:
    ask(page, "who visited Sokha?")
    expect(last_turn(page).locator(".answer")).to_contain_text("United States")
    ask(page, "and who has not called him?")
    turn = last_turn(page)
    expect(turn).to_contain_text("Searched for: which ambassadors have not called Sokha?")
    reload_kept(page)
    expect(turn).to_contain_text("Searched for: which ambassadors have not called Sokha?")
    turn.get_by_role("button", name="Search as typed").click()
    expect(page.locator(".turn")).to_have_count(3)
    expect(last_turn(page).locator(".reply")).to_be_visible()
    expect(last_turn(page)).not_to_contain_text("Searched for")


def test_the_last_six_turns_are_sent_along_as_they_were_understood(page: Page) -> None:
    for n in range(7):
        answer = {"text": f"answer {n}", "confidence": 0.9, "citations": []}
        page.route(ASK, replying(reply(answer, citations=[], standalone_question=f"whole question {n}")))
        ask(page, f"question {n}")
        expect(last_turn(page)).to_contain_text(f"answer {n}")
    with page.expect_request(ASK) as sent:
        ask(page, "and then?")
    assert asked(sent.value) == {
        "question": "and then?",
        "history": [{"question": f"whole question {n}", "answer": f"answer {n}"} for n in range(1, 7)],
    }


def test_stop_ends_the_waiting_and_keeps_the_question(page: Page) -> None:
    page.route(ASK, hold)
    ask(page, "who visited Sokha")
    expect(page.get_by_text("Reading the articles", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_hidden()
    page.get_by_role("button", name="Stop").click()
    expect(last_turn(page)).to_contain_text("Stopped.")
    page.unroute(ASK)
    page.route(ASK, replying(reply(citations=[])))
    last_turn(page).get_by_role("button", name="Retry").click()
    expect(last_turn(page)).to_contain_text("The articles don’t say.")
    expect(page.get_by_role("heading", name="who visited Sokha")).to_have_count(1)


def test_nothing_moves_when_the_answer_arrives(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    page.route(ASK, hold)
    ask(page, "who visited Sokha")
    expect(page.locator(".working")).to_be_visible()
    waiting = box_of(last_turn(page).locator(".asked"))
    page.get_by_role("button", name="Stop").click()
    page.unroute(ASK)
    last_turn(page).get_by_role("button", name="Retry").click()
    expect(last_turn(page).locator(".answer")).to_be_visible()
    assert box_of(last_turn(page).locator(".asked")) == waiting
