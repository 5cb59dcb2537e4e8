"""The report of an evaluation, opened as a file: it fits, it fetches nothing, and axe finds no fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from qa_service.metrics import Evaluation
from qa_service.report import write
from tests.browser.steps import APPEARANCES, check
from tests.outcomes import UNKNOWN, VISITED, given, outcome

WHOLE = [
    outcome(VISITED, "Six ambassadors", 0.95, True, 12, ("sokha",), ("sokha",)),
    outcome(VISITED, "China did not call him.", 0.8, True, 30, ("other", "sokha"), ("sokha", "other")),
    outcome(VISITED, "Six ambassadors", 0.3, False, 18, ("other",), ("other",)),
    outcome(UNKNOWN, "Kem Sokha", 0.6, True, 14),
]
ALONE = [given(VISITED, "China", 3.5), given(UNKNOWN, "China", -2.0)]


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("outcomes", [WHOLE, ALONE], ids=["whole", "alone"])
def test_a_report(browser: Browser, tmp_path: Path, appearance: str, outcomes: Any) -> None:
    context = browser.new_context(offline=True, **APPEARANCES[appearance])
    page = context.new_page()
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    path = write(Evaluation(Path("questions.jsonl"), 0.45, outcomes), tmp_path)
    page.goto(path.as_uri())
    kind = "whole" if outcomes is WHOLE else "alone"
    check(page, f"report-{kind}-{appearance}", full_page=True)
    assert requests == [path.as_uri()]
    assert not complaints
    context.close()
