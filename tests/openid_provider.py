"""A provider of OpenID Connect on loopback: everyone who comes is signed in, as whom the test says."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "articles", "a secret of the provider's making"
KEY = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256"})


class Provider(ThreadingHTTPServer):
    """``claims`` are of the next person; what is in ``forged`` replaces what the token should say."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.claims: dict[str, Any] = {"sub": "1", "email": "anna@example.org", "email_verified": True}
        self.forged: dict[str, Any] = {}
        self.key = KEY
        self.codes: dict[str, dict[str, str]] = {}

    def id_token(self, asked: dict[str, str]) -> str:
        moment = int(time.time())
        said = {
            "iss": self.issuer, "aud": CLIENT, "iat": moment, "exp": moment + 300, "nonce": asked["nonce"],
            **self.claims, **self.forged,
        }  # fmt: skip
        return jwt.encode({"alg": "RS256", "kid": "one"}, said, self.key)


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path), {}
        asked = {name: values[0] for name, values in parse_qs(path.query).items()}
        if path.path == "/.well-known/openid-configuration":
            issuer = self.server.issuer
            self._send({
                "issuer": issuer, "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token", "jwks_uri": f"{issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            })  # fmt: skip
        elif path.path == "/keys":
            self._send({"keys": [KEY.as_dict(private=False)]})
        else:
            assert path.path == "/authorize"
            assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
            assert asked["code_challenge_method"] == "S256"
            code = f"code-{len(self.server.codes)}"
            self.server.codes[code] = asked
            self.send_response(302)
            back = urlencode({"code": code, "state": asked["state"]})
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.server.codes.pop(given["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        basic = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        is_right = (
            asked is not None
            and basic == f"{CLIENT}:{SECRET}"
            and challenge.rstrip(b"=").decode() == asked["code_challenge"]
            and given["redirect_uri"] == asked["redirect_uri"]
        )
        if not is_right or asked is None:
            self._send({"error": "invalid_grant"}, 400)
            return
        self._send({"access_token": "any", "token_type": "Bearer", "id_token": self.server.id_token(asked)})

    def _send(self, value: object, status: int = 200) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_words: object) -> None:
        pass
