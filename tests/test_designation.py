"""Names of letters and a number."""

import pytest

from index.types import Article
from qa_service.designation import is_of_another

ARTICLE = Article(
    "a",
    "RVX-12 was tried against COVID-19; firmware 5.2 is for the Lark X2 of mid-2022.",
    "A trial of the A320",
)


@pytest.mark.parametrize(
    "question",
    ["what is RVX-12", "what is rvx12", "is the lark x2 new", "who tried it on covid 19",
     "who was 1st in 1990s", "how many had sars-2",
     "who won in mid-2023", "what does firmware 5.2 mend", "who flies the A320", "who came"],
)  # fmt: skip
def test_what_the_article_names_is_asked_about(question: str) -> None:
    assert not is_of_another(question, ARTICLE)


@pytest.mark.parametrize(
    "question", ["what is RVX-13", "what is the lark x3", "who flies the A32", "is it rvx1"]
)
def test_another_number_is_another_thing(question: str) -> None:
    assert is_of_another(question, ARTICLE)
