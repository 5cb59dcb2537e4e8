"""Who says what stands in a passage."""

import pytest

from qa_service.attribution import asked_speaker, is_said_by_another

REPORT = (
    "As guests line up at his home, the party warned of a traitor. “Friends, remember that Mr. Lee is under "
    "a charge and remains under court supervision,” a video released on Thursday by the ruling Cambodian "
    "People’s Party says. “Please cooperate,” it adds. Muth Chantha, Lee’s spokesperson, said the guests "
    "recognized him. “Until now, nobody called. If somebody does, I will alert the media,” he said. “Mr. Lee "
    "will not discriminate.” The union took a vote in an election that the European Union said was not free. "
    "According to Anna Roe, the bridge is safe. The bridge was built in 1999."
)


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("what did the CPP say about it?", "the CPP"),
        ("What has the EU said on trade", "the EU"),
        ("how did the minister respond", "the minister"),
        ("what did the panel say was wrong", ""),
        ("what did he visit", ""),
        ("who said so", ""),
        ("cpp say", ""),
        ("", ""),
    ],
)
def test_whose_words_are_asked_for(question: str, speaker: str) -> None:
    assert " ".join(asked_speaker(question)) == speaker


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ("remains under court", "the CPP"),
        ("Please cooperate", "the CPP"),
        ("the guests recognized", "chantha"),
        ("Until now", "chantha"),
        ("I will alert", "chantha"),
        ("will not discriminate", "chantha"),
        ("was not free", "the EU"),
        ("the bridge is safe", "Anna Roe"),
    ],
)
def test_only_the_one_who_is_named_says_it(words: str, speaker: str) -> None:
    asked = ["the CPP", "chantha", "the EU", "Anna Roe"]
    start = REPORT.index(words)
    assert [each for each in asked if not is_said_by_another(REPORT, "en", start, each.split())] == [speaker]


@pytest.mark.parametrize("words", ["built in 1999", "the party warned"])
def test_what_nobody_with_a_name_says_may_be_anybodys(words: str) -> None:
    assert not is_said_by_another(REPORT, "en", REPORT.index(words), ("Anna", "Roe"))


def test_of_somebody_without_a_name_nothing_is_known() -> None:
    assert not is_said_by_another(REPORT, "en", REPORT.index("the guests recognized"), ("the", "minister"))
