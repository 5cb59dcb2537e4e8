"""The files of deploy/ name what there is: settings, commands, paths and limits of time."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import kubernetes_validate
import pytest
import yaml
from compose_spec import PyCompose

from qa_service.cli import cli
from qa_service.config import Settings
from qa_service.given_settings import load_settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in DEPLOY.rglob("*") if path.is_file()}
COMPOSE = ["compose.yaml", "compose.milvus.yaml"]
MANIFESTS = [
    manifest
    for path in sorted((DEPLOY / "kubernetes").iterdir())
    for manifest in yaml.safe_load_all(TEXTS[path.name])
]


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


def test_the_container_has_the_parts_that_its_index_needs() -> None:
    parts = {name: re.search(r"args: {PARTS: (\w+)}", TEXTS[name]) for name in COMPOSE}
    assert parts["compose.yaml"] is None
    assert parts["compose.milvus.yaml"]
    assert (
        parts["compose.milvus.yaml"][1]
        == load_settings({"QA_INDEX": "milvus", "QA_MILVUS_URI": "http://m/a"}).index
    )
    for name in ("milvus", "encoders"):
        assert f"PARTS={name}" in TEXTS["Containerfile"]
        assert (ROOT / f"requirements-{name}.txt").exists()
    assert "requirements-$part.txt" in TEXTS["Containerfile"]


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_files_are_as_the_specification_says(name: str) -> None:
    PyCompose.from_json(json.dumps(yaml.safe_load(TEXTS[name])))  # it knows no merge keys


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_keeps_each_service_in_bounds(name: str) -> None:
    compose: dict[str, Any] = yaml.safe_load(TEXTS[name])
    for service, said in compose["services"].items():
        assert said["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in said["security_opt"]
        assert said.get("read_only") or service in ("milvus", "minio"), "they write beside their volumes"
        assert ("ports" in said) == (service == "proxy"), "only the proxy is reached from outside"
    ours = compose["services"]["qa-service"]
    assert (DEPLOY / ours["build"]["context"] / ours["build"]["dockerfile"]).exists()
    assert "reverse_proxy qa-service:8000" in TEXTS["Caddyfile"]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_manifests_are_as_kubernetes_says(manifest: dict[str, Any]) -> None:
    if manifest["kind"] == "Milvus":  # of the operator, whose schema is in no package
        assert manifest["apiVersion"] == "milvus.io/v1beta1"
    else:
        kubernetes_validate.validate(manifest, "1.34", strict=True)


def test_workers_and_ingesters_are_of_one_image_and_one_database() -> None:
    kinds = {manifest["kind"]: manifest for manifest in MANIFESTS}
    pods = [
        kinds["StatefulSet"]["spec"]["template"]["spec"],
        kinds["Job"]["spec"]["template"]["spec"],
        kinds["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"],
    ]
    for pod in pods:
        (container,) = pod["containers"]
        assert container["envFrom"] == [{"configMapRef": {"name": kinds["ConfigMap"]["metadata"]["name"]}}]
        assert cli.get_command(click.Context(cli), container["args"][0]), "a verb of ours"
        assert pod["securityContext"]["runAsNonRoot"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
    settings = load_settings(kinds["ConfigMap"]["data"])
    assert settings.index == "milvus"
    assert f"//{kinds['Milvus']['metadata']['name']}-milvus:" in settings.milvus_uri
    compose = yaml.safe_load(TEXTS["compose.milvus.yaml"])["services"]
    assert load_settings(compose["ingest"]["environment"]).index == "milvus"
