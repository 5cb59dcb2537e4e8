"""Lists: the answer in a line, its members, and each sentence that names some of them."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import (
    ASK,
    ask,
    asked,
    box_of,
    citation,
    last_turn,
    list_reply,
    reload_kept,
    reply,
    replying,
)

LINE = "The envoys of France, Japan and Laos"
MEMBERS = ["France", "Japan", "Laos"]
PASSAGE = f"It rained. {LINE} visited Sokha on Monday. Japan was late."
OTHER = "Later Mali and Chad sent their envoys."
SENT = ["the United States", "France", "Germany", "Australia", "Japan", "the European Union"]


def members(page: Page) -> Locator:
    return last_turn(page).locator(".members").get_by_role("button")


def test_the_members_stand_below_the_line_and_share_one_proof(page: Page) -> None:
    page.route(ASK, replying(list_reply(LINE, MEMBERS, PASSAGE)))
    ask(page, "q")
    turn = last_turn(page)
    expect(turn.locator(".answer")).to_have_text(LINE)
    expect(turn.locator(".confidence")).to_have_text("Confidence: Sure")
    expect(turn.get_by_role("heading", name="3 on the list")).to_be_visible()
    expect(members(page)).to_have_text(MEMBERS)
    expect(turn.locator("blockquote p")).to_have_text(f"… {LINE} visited Sokha on Monday. …")
    expect(turn.locator("mark")).to_have_text(MEMBERS)
    turn.get_by_role("button", name="Whole passage").click()
    expect(turn.locator("blockquote p")).to_have_text(PASSAGE)
    expect(turn.locator("mark")).to_have_text(MEMBERS)
    expect(page.locator("#announcer")).to_have_text(f"A list of 3. {LINE}. Sure. From: Article-1")


def test_each_article_proves_its_own_members(page: Page) -> None:
    line = "France, Japan, Laos, Mali and Chad"
    page.route(ASK, replying(list_reply(line, [*MEMBERS, "Mali", "Chad"], PASSAGE, OTHER)))
    ask(page, "q")
    cards = last_turn(page).locator("figure")
    expect(cards.locator(".open-source")).to_have_text(["Article-1", "Article-2"])
    expect(cards.nth(0).locator("mark")).to_have_text(MEMBERS)
    expect(cards.nth(1).locator("mark")).to_have_text(["Mali", "Chad"])
    expect(page.locator("#announcer")).to_have_text(f"A list of 5. {line}. Sure. From 2 articles")


def test_a_member_says_its_confidence_where_it_is_not_that_of_the_list(page: Page) -> None:
    page.route(ASK, replying(list_reply(LINE, MEMBERS, PASSAGE, unsure="Japan")))
    ask(page, "q")
    expect(last_turn(page).locator(".members li")).to_have_text(["France", "JapanConfidence: Unsure", "Laos"])


def test_the_tail_of_a_long_list_is_folded(page: Page) -> None:
    names = [f"Name{letter}" for letter in "ABCDEFGHIJKLMNOPQRST"]
    page.route(ASK, replying(list_reply("All of them", names, f"They are {', '.join(names)}.")))
    ask(page, "q")
    expect(last_turn(page).get_by_role("heading", name="20 on the list")).to_be_visible()
    expect(members(page)).to_have_text(names[:8])
    more = last_turn(page).get_by_text("12 more")
    members(page).last.press("Tab")
    expect(more).to_be_focused()
    more.press("Enter")
    expect(members(page)).to_have_text(names)
    more.press("Tab")
    expect(members(page).nth(8)).to_be_focused()


def test_a_member_opens_its_place_among_those_of_the_list(page: Page) -> None:
    ask(page, "who visited Sokha")
    expect(members(page)).to_have_text(SENT)
    expect(last_turn(page).locator("figure")).to_have_count(1)
    last_turn(page).locator(".open-source").focus()
    page.keyboard.press("Shift+Tab")
    expect(members(page).last).to_be_focused()
    page.keyboard.press("Enter")
    marks = page.get_by_role("complementary").locator("mark")
    expect(marks).to_have_text(SENT)
    expect(marks.last).to_be_focused()
    page.keyboard.press("Escape")
    expect(members(page).last).to_be_focused()
    last_turn(page).locator(".open-source").click()
    expect(marks.first).to_be_focused()


def test_members_are_large_enough_for_a_finger(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True, reduced_motion="reduce")
    page.route(ASK, replying(list_reply(LINE, ["Laos", *MEMBERS[:2]], PASSAGE)))
    ask(page, "q")
    expect(members(page)).to_have_count(3)
    first, second, third = (box_of(member) for member in members(page).all())
    assert first["height"] >= 40
    assert first["y"] == second["y"], "two stand beside each other"
    assert first["y"] + first["height"] <= third["y"]


def test_the_history_tells_the_whole_line(page: Page) -> None:
    said = {**list_reply(LINE, MEMBERS, PASSAGE), "standalone_question": "who came"}
    page.route(ASK, replying(said))
    ask(page, "who came")
    expect(last_turn(page).locator(".answer")).to_be_visible()
    with page.expect_request(ASK) as sent:
        ask(page, "and when?")
    assert asked(sent.value) == {
        "question": "and when?",
        "history": [{"question": "who came", "answer": LINE}],
    }


def test_further_sentences_of_a_yes_or_no_are_called_so(page: Page) -> None:
    sentences = ["It rained.", "Japan was late."]
    answers = [{"text": text, "confidence": 0.6, "citations": [n]} for n, text in enumerate(sentences)]
    citations = [citation(n, PASSAGE, text) for n, text in enumerate(sentences)]
    page.route(ASK, replying(reply(*answers, citations=citations, kind="sentence")))
    ask(page, "did it rain?")
    expect(last_turn(page).locator(".answer")).to_have_text("It rained.")
    expect(last_turn(page).get_by_role("heading", name="More sentences")).to_be_visible()
    expect(last_turn(page).get_by_text("Japan was late.", exact=True)).to_be_visible()


def test_a_reply_of_an_older_service_is_still_shown(page: Page) -> None:
    answer = {"text": LINE, "confidence": 0.9, "citations": [1]}
    old = reply(answer, citations=[citation(1, PASSAGE, LINE)])
    del old["kind"]
    page.route(ASK, replying(old))
    ask(page, "who came")
    expect(last_turn(page).locator(".answer")).to_have_text(LINE)
    reload_kept(page)
    expect(last_turn(page).locator(".answer")).to_have_text(LINE)
    expect(last_turn(page).locator("mark")).to_have_text(LINE)
    expect(last_turn(page).get_by_role("heading", level=3)).to_have_count(0)
