"""Where an answer begins and ends, in texts of one line."""

import pytest

from qa_service.excerpt import is_denied, whole


@pytest.mark.parametrize(
    ("text", "span", "excerpt"),
    [
        ('Choose "Forgotten" below the form.', 'Choose "Forgotten', 'Choose "Forgotten"'),
        ("It is called “the forest”, he said.", "the forest”", "“the forest”"),
        ("It won 1,388 (0.9%) of them.", "1,388 (0.9%", "1,388 (0.9%)"),
        ("They won 68 of 150 seats.", "150", "68 of 150"),
        ("It met in 14 out of the 20 years.", "20", "14 out of the 20"),
        ("He ate 2 loaves.", "2 loaves", "2 loaves"),
        ("The screen has 5\" and 6\" sizes.\nThe \"end\".", "5", "5"),
        ("He said (so.\nThen) he left.", "(so", "(so"),
    ],
)  # fmt: skip
def test_what_belongs_to_an_answer_is_taken_in(text: str, span: str, excerpt: str) -> None:
    start = text.index(span)
    start, end = whole(text, start, start + len(span), is_person=False)
    assert text[start:end] == excerpt


def test_a_person_is_named_with_the_place_that_they_come_from() -> None:
    text = "On Sunday Brian Cheruiyot of Kenya won. The mayor of Paris came."
    for span, excerpt in (("Kenya", "Brian Cheruiyot of Kenya"), ("Paris", "Paris")):
        start, end = whole(text, text.index(span), text.index(span) + len(span), is_person=True)
        assert text[start:end] == excerpt
    start, end = whole(text, text.index("Kenya"), text.index("Kenya") + 5, is_person=False)
    assert text[start:end] == "Kenya"


@pytest.mark.parametrize(
    ("text", "span", "denied"),
    [
        ("It is 2.6 metres long, not 1.4, and wet.", "1.4", True),
        ("It is 2.6 metres long, not 1.4, and wet.", "2.6", False),
        ("They met in Rome rather than in Paris.", "Paris", True),
        ("It is not the phagosomal membrane.", "phagosomal", False),
        ("They could not agree. Paris", "Paris", False),
    ],
)
def test_what_the_text_denies_is_no_answer(text: str, span: str, denied: bool) -> None:
    start = text.index(span)
    assert is_denied(text, start, start + len(span)) is denied
