"""Settings come from defaults, then a TOML file, then the environment, then options: the last one wins."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from index.errors import ConfigError
from qa_service.config import Settings
from qa_service.given_settings import faults, load_settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder without a qa.toml of somebody's own."""
    monkeypatch.chdir(tmp_path)


def toml(text: str) -> dict[str, str]:
    """An environment that names a file with this text."""
    Path("other.toml").write_text(text, encoding="utf-8")
    return {"QA_CONFIG": "other.toml"}


def test_without_anything_there_are_defaults() -> None:
    assert load_settings({}) == Settings()
    assert Settings().index_folder == Path("instance/index")


def test_each_source_wins_over_the_one_before() -> None:
    Path("qa.toml").write_text("port = 1111\ntop_k = 11\nthreads = 3\n", encoding="utf-8")
    environment = {"QA_PORT": "2222", "QA_TOP_K": "22"}
    settings = load_settings(environment, port=3333, data_dir=None)
    assert settings == replace(Settings(), port=3333, top_k=22, threads=3)


def test_a_file_may_set_everything() -> None:
    values = {
        "data_dir": "'elsewhere'", "host": "'0.0.0.0'", "port": "9000", "threads": "2",
        "encoder": "'models/other'", "chunk_tokens": "64", "chunk_overlap": "0", "lexical_weight": "0.25",
        "top_k": "5", "answer_threshold": "1", "max_body_bytes": "5000",
    }  # fmt: skip
    assert values.keys() <= {field.name for field in fields(Settings)}
    settings = load_settings(toml("\n".join(f"{name} = {value}" for name, value in values.items())))
    assert (settings.data_dir, settings.host, settings.lexical_weight) == (Path("elsewhere"), "0.0.0.0", 0.25)
    assert settings.answer_threshold == 1.0


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_each_setting_can_come_from_the_environment(name: str) -> None:
    given = {"data_dir": "there", "host": "::1", "encoder": "models/other", "lexical_weight": "1"}.get(name)
    if given is None:
        given = str(getattr(Settings(), name))
    settings = load_settings({f"QA_{name.upper()}": given})
    assert str(getattr(settings, name)) in (given, f"{given}.0")


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("Yes", True), ("true", True), ("0", False), ("no", False)]
)
def test_yes_and_no_can_be_said_in_several_ways(text: str, value: bool) -> None:
    assert load_settings({"QA_ALLOW_PRIVATE": text}).allow_private is value
    assert load_settings(toml(f"allow_private = {str(value).lower()}")).allow_private is value


class TestPort:
    def test_is_taken_from_the_variable_that_hosts_of_services_set(self) -> None:
        assert load_settings({"PORT": "4321"}).port == 4321

    def test_our_own_variable_is_the_more_precise_one(self) -> None:
        assert load_settings({"PORT": "4321", "QA_PORT": "1234"}).port == 1234

    def test_zero_asks_for_any_free_one(self) -> None:
        assert load_settings({"PORT": "0"}).port == 0
        assert load_settings({}, port=0).port == 0

    def test_an_empty_variable_is_as_none(self) -> None:
        assert load_settings({"PORT": "", "QA_PORT": "", "QA_CONFIG": ""}).port == Settings().port


def said(environment: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as raised:
        load_settings(environment)
    return str(raised.value)


class TestError:
    """Each says which setting is wrong and where it stands."""

    @pytest.mark.parametrize(
        ("text", "key", "reason"),
        [
            ("ports = 1", "'ports'", "not a setting. Known: allow_anonymous, allow_private"),
            ("[server]\nport = 1", "'server'", "not a setting"),
            ("port = 'many'", "port", "must be of type int"),
            ("port = true", "port", "must be of type int"),
            ("port = [1]", "port", "must be of type int"),
            ("port = inf", "port", "must be of type int"),
            ("top_k = 2.5", "top_k", "must be of type int"),
            ("lexical_weight = 'half'", "lexical_weight", "must be of type float"),
            ("lexical_weight = nan", "lexical_weight", "must be between 0 and 1"),
            ("lexical_weight = 1.01", "lexical_weight", "must be between 0 and 1"),
            ("host = 5", "host", "must be of type str"),
            ("data_dir = 5", "data_dir", "must be of type Path"),
            ("port = 65536", "port", "must be between 0 and 65535"),
            ("port = -1", "port", "must be between 0 and 65535"),
            ("threads = 0", "threads", "must be between 1 and 256"),
            ("chunk_tokens = 15", "chunk_tokens", "must be between 16 and 8192"),
            ("max_body_bytes = 999", "max_body_bytes", "must be between 1000"),
        ],
    )
    def test_in_a_file(self, text: str, key: str, reason: str) -> None:
        message = said(toml(text))
        assert message.startswith(f"other.toml, line 1, sets {key}")
        assert reason in message

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("# top_k = 5\n\nport = 1\n  top_k  = 'many'\n", 4),
            ("port = 1\n'top_k' = 'many'\n", 2),
            ("port = 1\n\n[top_k]\na = 1\n", 3),
            ("host = 'top_k = 1'\ntop_k = 0", 2),
        ],
    )
    def test_names_the_line(self, text: str, line: int) -> None:
        assert said(toml(text)).startswith(f"other.toml, line {line}, sets top_k to ")

    def test_all_of_them_can_be_had_at_once(self) -> None:
        environment = {**toml("port = 'x'\ncolour = 'red'\ntop_k = 5\n"), "QA_THREADS": "0"}
        port, colour, threads = faults(environment)
        assert port.startswith("other.toml, line 1, sets port")
        assert colour.startswith("other.toml, line 2, sets 'colour'")
        assert threads.startswith("the environment variable QA_THREADS")
        assert faults({}) == []
        assert faults({"QA_CONFIG": "none.toml"}) == ["QA_CONFIG names none.toml, which does not exist."]

    @pytest.mark.parametrize(
        ("variable", "value", "reason"),
        [
            ("QA_LOG_FORMAT", "xml", "sets log_format to 'xml'; it must be one of pretty, json"),
            ("QA_RATE_LIMIT", "often", "sets rate_limit to 'often'; it must be like 120/minute, or none"),
            ("QA_TOP_K", "ten", "sets top_k to 'ten'; it must be of type int"),
            ("QA_TOP_K", "1.5", "sets top_k to '1.5'; it must be of type int"),
            ("QA_TOP_K", "101", "sets top_k to '101'; it must be between 1 and 100"),
            ("QA_LEXICAL_WEIGHT", "nan", "sets lexical_weight to 'nan'; it must be between 0 and 1"),
            ("QA_ALLOW_PRIVATE", "perhaps", "sets allow_private to 'perhaps'; it must be of type bool"),
            ("PORT", "http", "sets port to 'http'; it must be of type int"),
            ("PORT", "70000", "sets port to '70000'; it must be between 0 and 65535"),
        ],
    )
    def test_in_the_environment(self, variable: str, value: str, reason: str) -> None:
        assert said({variable: value}) == f"the environment variable {variable} {reason}."

    def test_in_the_program(self) -> None:
        with pytest.raises(ConfigError, match="port is 70000; it must be between 0 and 65535"):
            replace(Settings(), port=70000)

    def test_broken_toml_says_where_it_breaks(self) -> None:
        message = said(toml("port = 8000\ntop_k =\n"))
        assert message.startswith("other.toml is not valid TOML")
        assert "line 2" in message

    def test_a_file_that_is_not_utf8(self) -> None:
        Path("other.toml").write_bytes(b"host = '\xff'")
        assert said({"QA_CONFIG": "other.toml"}).startswith("other.toml is not valid TOML")

    def test_a_file_that_is_missing_or_can_not_be_read(self) -> None:
        assert said({"QA_CONFIG": "none.toml"}) == "QA_CONFIG names none.toml, which does not exist."
        Path("folder.toml").mkdir()
        assert said({"QA_CONFIG": "folder.toml"}).startswith("folder.toml can't be read: ")


def test_a_byte_order_mark_is_no_part_of_a_file() -> None:
    assert load_settings(toml("\ufeffport = 1234")).port == 1234


class TestFrameAncestors:
    def test_are_origins_with_spaces_between_them(self) -> None:
        settings = load_settings({"QA_FRAME_ANCESTORS": " https://a.example  http://localhost:8080 "})
        assert settings.frame_origins == ("https://a.example", "http://localhost:8080")
        assert Settings().frame_origins == ()

    @pytest.mark.parametrize(
        "wrong",
        [
            "*",
            "a.example",
            "https://a.example/",
            "https://a.example;",
            "https://a.example, https://b.example",
        ],
    )
    def test_what_is_no_origin_is_named(self, wrong: str) -> None:
        message = said({"QA_FRAME_ANCESTORS": wrong})
        assert wrong.split()[0] in message
        assert "https://www.example.org" in message
