"""Signing in with an account of a real provider on loopback: who may, what they may, and what is refused."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from index.errors import ConfigError
from index.types import Article
from qa_service import create_app
from qa_service.config import Settings
from qa_service.keys import KeyStore
from qa_service.pipeline import Pipeline
from qa_service.routes.openid import role_of
from tests.conftest import SAMPLES
from tests.openid_provider import CLIENT, OTHER_KEY, SECRET, Provider

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def opened(settings: Settings, provider: Provider) -> Settings:
    return replace(
        settings, openid_issuer=provider.issuer, openid_client_id=CLIENT, openid_client_secret=SECRET,
        openid_readers="@example.org bert@elsewhere.example", openid_writers="anna@example.org",
    )  # fmt: skip


@pytest.fixture
def client(opened: Settings, pipeline: Pipeline, articles: list[Article]) -> FlaskClient:
    list(pipeline.ingest(articles))
    return create_app(opened, pipeline).test_client()


def to_provider(client: FlaskClient, path: str = "/sign-in/openid", **how: Any) -> str:
    """The address that the provider sends the browser back to."""
    away = client.get(path, **how)
    assert away.status_code == 302, away.text
    return str(requests.get(away.location, allow_redirects=False, timeout=30).headers["Location"])


def sign_in(client: FlaskClient, **how: Any) -> TestResponse:
    back = urlsplit(to_provider(client, **how))
    return client.get(f"{back.path}?{back.query}", base_url=f"{back.scheme}://{back.netloc}")


def test_an_account_opens_the_pages(client: FlaskClient) -> None:
    assert client.get("/articles").status_code == 401
    page = client.get(client.get("/library").location)
    assert 'href="/sign-in/openid?next=/library"' in page.text
    response = sign_in(client, path="/sign-in/openid?next=/library")
    assert (response.status_code, response.location) == (303, "/library")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert client.get("/library").status_code == 200
    assert "anna@example.org" in client.get("/sign-in").text
    assert client.put("/articles/sokha", json={"title": "New"}, headers=OWN).status_code == 200
    assert client.put("/articles/sokha", json={"title": "New"}).status_code == 403, "not from our own pages"
    client.post("/sign-out", headers=OWN)
    assert client.get("/articles").status_code == 401


def test_who_is_only_to_read_changes_nothing(client: FlaskClient, provider: Provider) -> None:
    provider.claims = {"sub": "2", "email": "Carla@Example.org", "email_verified": True}
    sign_in(client)
    assert client.get("/articles").status_code == 200
    assert client.delete("/articles/sokha", headers=OWN).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [{"sub": "3", "email": "dora@elsewhere.example", "email_verified": True},
     {"sub": "4", "email": "anna@example.org", "email_verified": False},
     {"sub": "5", "email": "anna@example.org"},
     {"sub": "6", "email": "anna@example.org", "email_verified": "true"},
     {"sub": "7"}],
)  # fmt: skip
def test_others_stay_outside(client: FlaskClient, provider: Provider, claims: dict[str, Any]) -> None:
    provider.claims = claims
    response = sign_in(client)
    assert response.status_code == 403
    assert "may not read" in response.text
    assert client.get("/articles").status_code == 401


def forge(provider: Provider, what: str) -> None:
    past = int(time.time()) - 1000
    forged: dict[str, dict[str, Any]] = {
        "issuer": {"iss": "https://evil.example"}, "audience": {"aud": "another"}, "nonce": {"nonce": "old"},
        "age": {"exp": past, "iat": past}, "key": {},
    }  # fmt: skip
    provider.forged = forged[what]
    if what == "key":
        provider.key = OTHER_KEY


@pytest.mark.parametrize("what", ["issuer", "audience", "nonce", "age", "key"])
def test_a_forged_proof_opens_nothing(client: FlaskClient, provider: Provider, what: str) -> None:
    forge(provider, what)
    response = sign_in(client)
    assert response.status_code == 403
    assert "Try again from here" in response.text
    assert client.get("/articles").status_code == 401


def test_what_another_browser_began_is_not_ended_here(client: FlaskClient) -> None:
    back = urlsplit(to_provider(client))
    other = client.application.test_client()
    assert other.get(f"{back.path}?{back.query}").status_code == 403
    assert other.get("/articles").status_code == 401
    assert client.get(f"{back.path}?{back.query}").status_code == 303
    assert client.get(f"{back.path}?{back.query}").status_code == 403, "and only once"


def test_a_forged_cookie_and_words_of_the_provider_are_nothing(client: FlaskClient) -> None:
    client.set_cookie("qa_session", "eyJwZXJzb24iOnt9fQ.Z.forged")
    assert client.get("/articles").status_code == 401
    said = client.get("/sign-in/openid/end?error=x&error_description=Call+0123")
    assert said.status_code == 403
    assert "0123" not in said.text


def test_a_new_secret_signs_everybody_out(client: FlaskClient, opened: Settings, pipeline: Pipeline) -> None:
    sign_in(client)
    cookie = client.get_cookie("qa_session")
    assert cookie
    for settings, status in (
        (opened, 200), (replace(opened, openid_client_secret="another secret of it"), 401),
        (replace(opened, openid_writers="", openid_readers="@other.example"), 401),
    ):  # fmt: skip
        other = create_app(settings, pipeline).test_client()
        other.set_cookie("qa_session", cookie.value)
        assert other.get("/articles").status_code == status


def test_behind_a_trusted_proxy_the_way_back_is_that_of_the_proxy(
    opened: Settings, pipeline: Pipeline
) -> None:
    seen = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "news.example"}
    for proxies, begins in ((1, "https://news.example/sign-in/"), (0, "http://localhost/sign-in/")):
        client = create_app(replace(opened, trusted_proxies=proxies), pipeline).test_client()
        assert to_provider(client, headers=seen).startswith(begins)
        response = client.get("/sign-in/openid", headers=seen)
        assert ("Secure" in response.headers["Set-Cookie"]) is (proxies == 1)
        assert ("Strict-Transport-Security" in response.headers) is (proxies == 1)


def test_a_provider_that_is_away_is_told(opened: Settings, pipeline: Pipeline) -> None:
    client = create_app(replace(opened, openid_issuer="http://127.0.0.1:9"), pipeline).test_client()
    response = client.get("/sign-in/openid")
    assert response.status_code == 502
    assert "does not answer" in response.text


def test_keys_open_as_before(client: FlaskClient, settings: Settings) -> None:
    key = KeyStore(settings.keys_file).create("a", "read")
    assert client.get("/articles", headers={"Authorization": f"Bearer {key}"}).status_code == 200


@pytest.mark.parametrize(
    ("change", "told"),
    [({"openid_issuer": "http://accounts.example"}, "https://"),
     ({"openid_issuer": "https://accounts.example realm"}, "https://"),
     ({"openid_client_secret": "short"}, "at least 16"),
     ({"openid_client_id": ""}, "openid_client_id"),
     ({"openid_readers": " ", "openid_writers": ""}, "nobody may sign in")],
)  # fmt: skip
def test_settings_that_let_the_wrong_ones_in_are_refused(
    opened: Settings, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        replace(opened, **change)
    assert SECRET not in repr(opened)


@pytest.mark.parametrize(
    ("email", "readers", "role"),
    [("a@x.org", "*", "read"), ("", "*", "read"), ("", "@x.org", None), ("a@x.org", "@x.org", "read"),
     ("a@evil-x.org", "@x.org", None), ("a@x.org.evil", "@x.org", None), ("@x.org", "@x.org", "read"),
     ("b@x.org", "a@x.org", None)],
)  # fmt: skip
def test_who_is_meant(opened: Settings, email: str, readers: str, role: str | None) -> None:
    assert role_of(email, replace(opened, openid_readers=readers, openid_writers="z@z.org")) == role


def test_what_is_not_installed_is_told() -> None:
    code = (
        "import sys; sys.modules['authlib'] = None\n"
        "from flask import Flask\nfrom qa_service.config import Settings\n"
        "from qa_service.routes import openid\n"
        "app = Flask('x'); app.extensions['settings'] = Settings()\nopenid.init_app(app)\n"
        "app.extensions['settings'] = Settings(openid_issuer='https://a.example', openid_client_id='a', "
        "openid_client_secret='a' * 16, openid_readers='*')\nopenid.init_app(app)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=SAMPLES.parent, capture_output=True, text=True)
    assert ".[oidc]" in said.stderr
