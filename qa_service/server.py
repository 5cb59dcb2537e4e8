"""Server: the application behind waitress, which shares one copy of the models between its threads."""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

from index.errors import ConfigError
from qa_service import create_app, logs
from qa_service.channel import channel_class
from qa_service.keys import KeyStore

if TYPE_CHECKING:
    from flask import Flask

    from qa_service.config import Settings
    from qa_service.pipeline import Pipeline


def serve(settings: Settings, open_pipeline: Callable[[], Pipeline], as_json: bool = False) -> None:
    """Serve until told to stop, and say the address when ready. Raises ConfigError if the port is taken."""
    require_keys(settings)
    logs.configure(settings)
    app = create_app(settings, open_pipeline())
    server = listening(app, settings)
    address = url(settings.host, server)
    click.echo(json.dumps({"ready": address}) if as_json else f"Ready: {address}  (Ctrl-C stops it)")
    draining, sockets = app.extensions["draining"], listeners(server)
    try:
        with draining.on_signals(sockets):
            draining.run(sockets, settings.drain_seconds, settings.max_seconds)
    finally:
        server.task_dispatcher.shutdown()
        server.close()


def require_keys(settings: Settings) -> None:
    """Raise ConfigError where others could reach the service and nobody was told that all may."""
    if is_loopback(settings.host) or settings.allow_anonymous:
        return
    if settings.openid_issuer or KeyStore(settings.keys_file).are_in_force():
        return
    raise ConfigError(
        f"{settings.host} can be reached from other machines, and there are no keys: whoever reaches it "
        "could read and delete every article. Make a key with: python -m qa_service key create NAME --write "
        "(or, if all that is meant, say so with --allow-anonymous)."
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there; where there is no host, nobody."""
    try:
        addresses = {str(found[4][0]).partition("%")[0] for found in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return bool(host)
    return all(ipaddress.ip_address(address).is_loopback for address in addresses)


def listening(app: Flask, settings: Settings) -> Any:
    """A server of ``app`` that listens and is to be run. Raises ConfigError if the port is taken."""
    try:
        server = create_server(
            app, host=settings.host, port=settings.port, threads=settings.all_threads, ident=None,
            # Look at the connection while a request is worked on, so that it is noticed when the client goes.
            channel_request_lookahead=1,
            # Waitress takes the headers of proxies away; where some are trusted, create_app looks at them.
            clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
        )  # fmt: skip
    except OSError as error:
        raise ConfigError(
            f"Can't listen on {settings.host}:{settings.port} ({error.strerror}). "
            "Choose another port: PORT=8001, or --port 8001."
        ) from error
    except ValueError as error:  # what waitress makes of a name that can't be resolved
        raise ConfigError(f"There is no host {settings.host!r} to listen on; try 127.0.0.1.") from error
    for listener in listeners(server):
        listener.channel_class = channel_class(settings)
    return server


def listeners(server: Any) -> list[BaseWSGIServer]:
    """The sockets that a server listens on."""
    if isinstance(server, MultiSocketServer):
        return [each for each in server.map.values() if isinstance(each, BaseWSGIServer)]
    return [server]


def url(host: str, server: Any) -> str:
    """Where a browser finds the server; a name such as localhost may stand for several sockets."""
    several = isinstance(server, MultiSocketServer)
    port = server.effective_listen[0][1] if several else server.effective_port
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
