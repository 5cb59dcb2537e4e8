"""Lines that say when and by whom an article was written."""

import pytest

from index.loaders.text import credit_lines
from tests.loaders.documents import SENTENCE, article

DATE, AUTHOR, SOURCE = "2026-03-05", "Ann Lee", "The Valley Mail"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("By Ann Lee, The Valley Mail, 5 March 2026", (DATE, AUTHOR, SOURCE)),
        ("5 March 2026, The Valley Mail, by Ann Lee", (DATE, AUTHOR, SOURCE)),
        ("The Valley Mail, March 5, 2026", (DATE, None, SOURCE)),
        ("Ann Lee's column | Thursday, March 5, 2026", (None, None, None)),
        ("By Ann Lee | 5 March 2026", (DATE, AUTHOR, None)),
        ("London, 5 March 2026", (DATE, None, None)),
        ("Published 2026-03-05 by Ann Lee", (DATE, AUTHOR, None)),
    ],
)
@pytest.mark.parametrize("name", ["note.txt", "note.md"])
def test_the_fields_are_taken_apart(write, name: str, line: str, said: tuple[str | None, ...]) -> None:
    title = "# Ferries return" if name == "note.md" else "Ferries return"
    note = article(write(name, f"{title}\n\n{line}\n\n{SENTENCE}"))
    assert (note.title, note.published, note.author, note.source) == ("Ferries return", *said)


def test_a_headline_with_a_date_in_it_is_a_headline(write) -> None:
    note = article(write("note.txt", f"Minutes of the Town Council, 5 March 2026\n\n{SENTENCE}"))
    assert note.title == "Minutes of the Town Council, 5 March 2026"


def test_a_headline_may_end_with_an_abbreviation(write) -> None:
    note = article(write("note.txt", f"A comment on Castellani et al.\n\n{SENTENCE}"))
    assert note.title == "A comment on Castellani et al."


def test_what_the_front_matter_says_counts(write) -> None:
    note = article(
        write("note.md", f"---\nauthor: B\n---\n# Title\n\nBy Ann Lee, 5 March 2026\n\n{SENTENCE}")
    )
    assert (note.author, note.published) == ("B", DATE)


def test_the_date_of_a_meeting_is_one_of_its_facts() -> None:
    assert list(credit_lines(f"Minutes of the Council\nDate: 5 March 2026\n\n{SENTENCE}")) == []


def test_the_lines_are_found_above_the_first_paragraph_alone() -> None:
    text = f"Ferries return\nBy Ann Lee, 5 March 2026\n\n{SENTENCE}\nBy Ann Lee"
    assert [text[start:end] for start, end in credit_lines(text)] == ["By Ann Lee, 5 March 2026"]
