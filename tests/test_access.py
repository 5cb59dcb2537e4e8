"""Without a key nobody gets in, a key opens what it is for, and a browser's cookie can't be abused."""

import re
from dataclasses import replace
from html import unescape
from typing import Any, cast

import pytest
from flask.testing import FlaskClient

from index.errors import ConfigError
from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.keys import KeyStore
from qa_service.pipeline import Pipeline
from qa_service.server import is_loopback, serve

QUESTION = {"question": "who visited Kem Sokha"}
OWN = {"Sec-Fetch-Site": "same-origin"}
NEEDS_A_KEY = [
    ("GET", "/articles"), ("GET", "/articles/sokha"), ("GET", "/articles/sokha/chunks"), ("GET", "/facets"),
    ("GET", "/metrics"), ("GET", "/openapi.json"), ("POST", "/ask"), ("POST", "/ask/stream"),
    ("POST", "/articles"), ("PUT", "/articles/sokha"), ("DELETE", "/articles/sokha"), ("GET", "/none"),
    ("OPTIONS", "/articles"), ("HEAD", "/articles"), ("POST", "/none"), ("GET", "/articles/none"),
]  # fmt: skip
CHANGES = [("POST", "/articles"), ("PUT", "/articles/sokha"), ("DELETE", "/articles/sokha")]


@pytest.fixture
def store(settings: Settings) -> KeyStore:
    return KeyStore(settings.keys_file)


@pytest.fixture
def client(settings: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
    list(pipeline.ingest(articles))
    return create_app(settings, pipeline).test_client()


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_without_keys_on_this_machine_nothing_is_asked_for(client: FlaskClient) -> None:
    assert client.get("/articles").status_code == 200
    assert client.delete("/articles/sokha").status_code == 204


class TestWithKeys:
    @pytest.mark.parametrize(("method", "path"), NEEDS_A_KEY)
    @pytest.mark.parametrize("header", [{}, bearer(""), bearer("qa_0_0"), {"Authorization": "Basic qa_0_0"}])
    def test_nobody_gets_in_without(
        self, client: FlaskClient, store: KeyStore, method: str, path: str, header: dict[str, str]
    ) -> None:
        store.create("a", "write")
        response = client.open(path, method=method, json={**QUESTION}, headers=header)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        if method != "HEAD":
            assert "key create" in cast("Any", response.json)["detail"]

    def test_whoever_looks_after_it_gets_in(self, client: FlaskClient, store: KeyStore) -> None:
        store.create("a", "read")
        for path in ("/health", "/ready", "/sign-in", "/static/base.css"):
            assert client.get(path).status_code == 200

    def test_one_for_reading_may_ask_and_change_nothing(self, client: FlaskClient, store: KeyStore) -> None:
        headers = bearer(store.create("a", "read"))
        for path in ("/articles", "/articles/sokha", "/metrics", "/openapi.json", "/", "/library"):
            assert client.get(path, headers=headers).status_code == 200
        for path in ("/ask", "/ask/stream"):
            assert client.post(path, json=QUESTION, headers=headers).status_code == 200
        for method, path in CHANGES:
            response = client.open(path, method=method, json={"text": "New."}, headers=headers)
            assert response.status_code == 403
            assert "--write" in cast("Any", response.json)["detail"]
        assert client.get("/articles", headers=headers).json["total"] == 3  # type: ignore[index]

    def test_one_for_writing_may_do_all(self, client: FlaskClient, store: KeyStore) -> None:
        headers = bearer(store.create("a", "write"))
        for method, path in CHANGES:
            response = client.open(path, method=method, json={"text": "New."}, headers=headers)
            assert response.status_code < 300

    def test_programs_that_speak_openais_api_send_it_as_theirs(
        self, client: FlaskClient, store: KeyStore
    ) -> None:
        headers = bearer(store.create("a", "read"))
        chat = {"model": "articles", "messages": [{"role": "user", "content": QUESTION["question"]}]}
        refused = client.post("/v1/chat/completions", json=chat)
        assert refused.status_code == 401
        assert "key create" in cast("Any", refused.json)["error"]["message"]
        assert client.post("/v1/chat/completions", json=chat, headers=headers).status_code == 200

    def test_a_revoked_one_is_out_at_once(self, client: FlaskClient, store: KeyStore) -> None:
        headers = bearer(store.create("a", "read"))
        assert client.get("/articles", headers=headers).status_code == 200
        store.revoke(store.list()[0].key_id)
        assert client.get("/articles", headers=headers).status_code == 401

    def test_guessing_is_cut_short_and_other_addresses_go_on(
        self, client: FlaskClient, store: KeyStore
    ) -> None:
        right = store.create("a", "read")
        statuses = [client.get("/articles", headers=bearer(f"qa_{n}_0")).status_code for n in range(12)]
        assert statuses == [401] * 10 + [429] * 2
        response = client.get("/articles", headers=bearer(right))
        assert response.status_code == 429
        assert 0 < int(response.headers["Retry-After"]) <= 60
        elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
        assert client.get("/articles", headers=bearer(right), environ_base=elsewhere).status_code == 200

    def test_where_all_may_they_are_not_asked_for(
        self, settings: Settings, pipeline: Pipeline, store: KeyStore
    ) -> None:
        store.create("a", "read")
        client = create_app(replace(settings, allow_anonymous=True), pipeline).test_client()
        assert client.get("/articles").status_code == 200

    def test_a_broken_file_of_keys_lets_nobody_in(self, client: FlaskClient, store: KeyStore) -> None:
        store.create("a", "read")
        store.path.write_bytes(b"nothing" * 1000)
        response = client.get("/articles")
        assert response.status_code == 503
        assert "keys.db" not in response.text


class TestNames:
    """Where nobody is asked for a key, a page must not get at it by a name of its own (DNS rebinding)."""

    REBOUND = {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}

    @pytest.mark.parametrize(("method", "path"), [("GET", "/articles"), ("GET", "/"), *CHANGES])
    def test_another_name_is_refused(self, client: FlaskClient, method: str, path: str) -> None:
        response = client.open(path, method=method, json={"text": "Planted."}, headers=self.REBOUND)
        assert response.status_code == 403
        assert "trusted_proxies" in response.text
        assert cast("Any", client.get("/articles").json)["total"] == 3

    @pytest.mark.parametrize(
        "name", ["localhost", "LOCALHOST:8000", "a.localhost", "127.0.0.1:8000", "[::1]:1"]
    )
    def test_those_of_this_machine_are_not(self, client: FlaskClient, name: str) -> None:
        assert client.get("/articles", headers={"Host": name}).status_code == 200

    def test_health_is_told_under_any(self, client: FlaskClient) -> None:
        assert client.get("/health", headers=self.REBOUND).status_code == 200

    @pytest.mark.parametrize(
        "change", [{"allow_anonymous": True}, {"trusted_proxies": 1}, {"host": "Evil.example"}]
    )
    def test_whoever_set_it_so_is_answered(
        self, settings: Settings, pipeline: Pipeline, change: dict[str, Any]
    ) -> None:
        client = create_app(replace(settings, **change), pipeline).test_client()
        assert client.get("/articles", headers={"Host": "evil.example"}).status_code == 200

    def test_with_a_key_any_name_will_do(self, client: FlaskClient, store: KeyStore) -> None:
        headers = {"Host": "evil.example", "Authorization": f"Bearer {store.create('a', 'read')}"}
        assert client.get("/articles", headers=headers).status_code == 200
        assert client.get("/articles", headers={"Host": "evil.example"}).status_code == 401


class TestSigningIn:
    @pytest.fixture
    def key(self, store: KeyStore) -> str:
        return store.create("the <b>archive</b>", "write")

    def test_the_pages_lead_to_it_and_back(self, client: FlaskClient, key: str) -> None:
        response = client.get("/library")
        assert response.status_code == 302
        assert response.location == "/sign-in?next=/library"
        assert 'value="/library"' in client.get(response.location).text
        response = client.post("/sign-in", data={"key": f" {key} ", "next": "/library"}, headers=OWN)
        assert (response.status_code, response.location) == (303, "/library")
        assert 'href="/sign-in"' in client.get("/library").text
        assert "the &lt;b&gt;archive" in client.get("/sign-in").text

    def test_a_link_to_a_question_is_not_lost_on_the_way(self, client: FlaskClient, key: str) -> None:
        asked = "/?q=who+visited+Sokha%3F&c=a%26b"
        page = client.get(client.get(asked).location)
        (target,) = re.findall('name="next" value="(.*?)"', page.text)
        response = client.post("/sign-in", data={"key": key, "next": unescape(target)}, headers=OWN)
        assert response.location == asked

    def test_no_script_can_read_the_cookie(self, client: FlaskClient, key: str) -> None:
        response = client.post("/sign-in", data={"key": key}, headers=OWN)
        cookie = response.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie
        over_tls = client.post("/sign-in", data={"key": key}, headers=OWN, base_url="https://localhost")
        assert "Secure" in over_tls.headers["Set-Cookie"]
        assert over_tls.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "Strict-Transport-Security" not in response.headers

    def test_a_wrong_key_is_told(self, client: FlaskClient, key: str) -> None:
        response = client.post("/sign-in", data={"key": "qa_0_0"}, headers=OWN)
        assert response.status_code == 403
        assert "not valid" in response.text
        assert "Set-Cookie" not in response.headers

    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/a\r\nX: y",
            "",
        ],
    )
    def test_it_leads_nowhere_else(self, client: FlaskClient, key: str, target: str) -> None:
        response = client.post("/sign-in", data={"key": key, "next": target}, headers=OWN)
        assert response.location == "/"

    def test_signing_out_ends_it(self, client: FlaskClient, key: str) -> None:
        client.post("/sign-in", data={"key": key}, headers=OWN)
        assert client.post("/sign-out", headers=OWN).status_code == 303
        assert client.get("/articles").status_code == 401

    def test_a_signed_in_browser_changes_things_only_from_our_own_pages(
        self, client: FlaskClient, key: str
    ) -> None:
        client.post("/sign-in", data={"key": key}, headers=OWN)
        for headers in (
            {},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            for method, path in (*CHANGES, ("POST", "/ask")):
                assert (
                    client.open(path, method=method, json={"text": "x"}, headers=headers).status_code == 403
                )
        assert client.get("/articles").json["total"] == 3  # type: ignore[index]
        for headers in (OWN, {"Origin": "http://localhost"}):
            assert client.put("/articles/sokha", json={"title": "New"}, headers=headers).status_code == 200

    def test_other_sites_can_sign_nobody_in_or_out(self, client: FlaskClient, key: str) -> None:
        for path in ("/sign-in", "/sign-out"):
            response = client.post(path, data={"key": key}, headers={"Origin": "https://evil.example"})
            assert response.status_code == 403
            assert "Set-Cookie" not in response.headers

    def test_only_its_page_may_send_forms_and_none_may_be_framed(self, client: FlaskClient, key: str) -> None:
        page, other = (client.get(path).headers for path in ("/sign-in", "/"))
        assert "form-action 'self'" in page["Content-Security-Policy"]
        assert "form-action 'none'" in other["Content-Security-Policy"]
        for headers in (page, other):
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert "unsafe-inline" not in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_other_site_is_told_anything(client: FlaskClient) -> None:
    for method in ("GET", "OPTIONS"):
        response = client.open(
            "/articles", method=method,
            headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"},
        )  # fmt: skip
        assert not [name for name, _ in response.headers if name.startswith("Access-Control")]


class TestRate:
    @pytest.fixture
    def limited(self, settings: Settings, client: FlaskClient, pipeline: Pipeline) -> FlaskClient:
        return create_app(replace(settings, rate_limit="3/minute"), pipeline).test_client()

    def test_each_key_has_its_own(self, limited: FlaskClient, store: KeyStore) -> None:
        first, second = (bearer(store.create(name, "read")) for name in "ab")
        asked = [limited.post("/ask", json=QUESTION, headers=first) for _ in range(4)]
        assert [response.status_code for response in asked] == [200, 200, 200, 429]
        assert 0 < int(asked[3].headers["Retry-After"]) <= 60
        assert "more than 3 requests in a minute" in cast("Any", asked[3].json)["detail"]
        assert limited.post("/ask", json=QUESTION, headers=second).status_code == 200
        assert limited.get("/articles", headers=first).status_code == 200, "what is cheap is not counted"

    @pytest.mark.parametrize(
        ("address", "is_limited"), [("192.0.2.7", True), ("127.0.0.1", False), ("::1", False)]
    )
    def test_without_keys_each_address_but_our_own_has(
        self, limited: FlaskClient, address: str, is_limited: bool
    ) -> None:
        asked = [
            limited.post("/ask", json=QUESTION, environ_base={"REMOTE_ADDR": address}).status_code
            for _ in range(4)
        ]
        assert (asked[3] == 429) is is_limited

    def test_there_may_be_none(self, settings: Settings, client: FlaskClient, pipeline: Pipeline) -> None:
        free = create_app(replace(settings, rate_limit="none"), pipeline).test_client()
        elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
        for _ in range(125):
            assert free.post("/ask", json={"question": ""}, environ_base=elsewhere).status_code == 422

    def test_the_address_is_the_one_that_a_trusted_proxy_saw(
        self, settings: Settings, client: FlaskClient, pipeline: Pipeline
    ) -> None:
        def statuses(trusted: int) -> list[int]:
            app = create_app(replace(settings, rate_limit="3/minute", trusted_proxies=trusted), pipeline)
            return [
                app.test_client()
                .post("/ask", json=QUESTION, headers={"X-Forwarded-For": f"forged, 192.0.2.{number}"})
                .status_code
                for number in (1, 1, 1, 1, 2)
            ]

        assert statuses(trusted=1) == [200, 200, 200, 429, 200]
        assert statuses(trusted=0) == [200] * 5, "nobody says of himself where he is"


class TestListening:
    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "0"])
    def test_elsewhere_needs_a_key_or_plain_words(self, settings: Settings, host: str) -> None:
        with pytest.raises(ConfigError, match=r"key create .*--allow-anonymous"):
            serve(replace(settings, host=host), _not_reached)

    @pytest.mark.parametrize("make", ["key", "anonymous"])
    def test_with_either_it_goes_on(self, settings: Settings, store: KeyStore, make: str) -> None:
        if make == "key":
            store.create("a", "read")
        with pytest.raises(ZeroDivisionError):
            serve(replace(settings, host="0.0.0.0", allow_anonymous=make == "anonymous"), _not_reached)

    @pytest.mark.parametrize(
        ("host", "is_own"),
        [("127.0.0.1", True), ("127.8.9.1", True), ("127.1", True), ("::1", True),
         ("localhost", True), ("0.0.0.0", False), ("0", False), ("::", False), ("10.0.0.1", False),
         ("", False), ("no host", True)],
    )  # fmt: skip
    def test_our_own_addresses_are_known(self, host: str, is_own: bool) -> None:
        assert is_loopback(host) is is_own


def _not_reached() -> Pipeline:
    raise ZeroDivisionError
