"""The files of deploy/ name what there is: settings, commands, paths and limits of time."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from qa_service.config import Settings, load_settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in DEPLOY.iterdir()}


@pytest.mark.parametrize("name", TEXTS)
def test_each_setting_that_is_named_there_is(name: str) -> None:
    known = {f"QA_{field.name.upper()}" for field in fields(Settings)} | {"QA_SITE"}
    assert set(re.findall(r"\bQA_[A-Z_]+\b", TEXTS[name])) <= known


@pytest.mark.parametrize("name", ["Containerfile", "qa-service.service"])
def test_the_settings_are_right_and_leave_time_to_drain(name: str) -> None:
    settings = load_settings(dict(re.findall(r"\b(QA_[A-Z_]+)=(\S+)", TEXTS[name])))
    assert settings.log_format == "json"
    assert settings.drain_seconds + settings.max_seconds < 70
    assert "75" in TEXTS["compose.yaml" if name == "Containerfile" else name]


def test_the_container_copies_what_there_is_and_runs_without_rights() -> None:
    text = TEXTS["Containerfile"]
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists()
            assert f"!{source}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert len(re.findall("^FROM ", text, re.MULTILINE)) == 2
    assert text.index("USER 10001") < text.index("ENTRYPOINT")
    assert "HEALTHCHECK" in text


def test_compose_keeps_each_service_in_bounds() -> None:
    compose: dict[str, Any] = yaml.safe_load(TEXTS["compose.yaml"])
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
    ours = compose["services"]["qa-service"]
    assert "ports" not in ours, "only the proxy is reached from outside"
    assert (DEPLOY / ours["build"]["context"] / ours["build"]["dockerfile"]).exists()
    assert "reverse_proxy qa-service:8000" in TEXTS["Caddyfile"]
