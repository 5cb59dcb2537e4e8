"""Lists below headings."""

from index.types import Article, Hit
from qa_service.answers import answered
from qa_service.section import listed_below
from tests.conftest import BY_MARGIN

SOUP = Article(
    "soup",
    "Serves 4.\n\nIngredients\n\n250 g red lentils\n1 onion\njuice of 1 lemon\n\nMethod\n\nFry the onion.\n\n"
    "Known problems\n\nIt burns.\nIt sticks.\n\n"
    "History of the soup\n\nThe soup was first cooked in a small town by the sea by\nsomebody unknown",
    "Red lentil soup",
)  # fmt: skip
HITS = [Hit(1, SOUP, 0, len(SOUP.text), 1.0, 0.5, 0.5)]


def items(question: str) -> list[str]:
    found = listed_below(question, HITS)
    return [SOUP.text[start:end] for start, end in found[1]] if found else []


def test_what_is_asked_for_by_the_heading_is_the_list_below_it() -> None:
    assert items("what are the ingredients of the lentil soup") == [
        "250 g red lentils", "1 onion", "juice of 1 lemon",
    ]  # fmt: skip
    assert items("What are the known problems of the soup?") == ["It burns.", "It sticks."]
    assert items("list the ingredients") == ["250 g red lentils", "1 onion", "juice of 1 lemon"]


def test_nothing_else_is() -> None:
    assert items("what are the ingredients of the tomato soup") == [], "another soup"
    assert items("what are the problems of the soup") == [], "not all of the heading"
    assert items("what is the method of the soup") == [], "no list"
    assert items("what is the history of the soup") == [], "lines of a paragraph"
    assert items("when are ingredients added to the soup") == []


def test_it_is_answered_as_a_list_with_a_place_for_each_item() -> None:
    said = answered("what are the ingredients of the lentil soup", [], HITS, BY_MARGIN, 0.5)
    assert (said.text, said.kind) == ("250 g red lentils; 1 onion; juice of 1 lemon", "list")
    assert [citation.quote for citation in said.citations] == [answer.text for answer in said.answers]
