"""Guard: connections to permitted addresses alone, and none that takes longer than it may.

The name of a host is resolved once, all of its addresses are checked, and the connection goes to an
address that was checked: a name that changes its address between check and use (DNS rebinding) gains
nothing. Redirects pass through here like any other connection.
"""

from __future__ import annotations

import math
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Any, TypeAlias

from httpcore2 import (
    ConnectError,
    ConnectTimeout,
    NetworkBackend,
    NetworkStream,
    ReadTimeout,
    SyncBackend,
    WriteTimeout,
)

from index.errors import AddressRefused

Address: TypeAlias = IPv4Address | IPv6Address
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
"""Host and port to the addresses of the host; raises OSError where there are none."""

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits


def is_public(address: Address) -> bool:
    """Whether the address belongs to the internet: not loopback, private, link-local or otherwise special."""
    inner = _embedded(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, IPv6Address) and (address.is_site_local or address.is_reserved):
        return False
    return address.is_global and not address.is_multicast


def any_address(_address: Address) -> bool:
    """Permits all, for those who fetch from their own network."""
    return True


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, 6to4 or NAT64."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def system_addresses(host: str, port: int) -> list[str]:
    """The addresses that the system knows, each once, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class FixedResolver:
    """A resolver without a network: each host has its answers, one after another, the last for ever."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self.answers = {host: list(each) for host, each in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if host not in self.answers:
            raise OSError(f"no address is known of {host}")
        answers = self.answers[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]


class GuardedBackend(NetworkBackend):
    """The network as httpcore sees it.

    ``deadline`` (``time.monotonic``) holds for all that is done on connections; resolving a name takes as
    long as the system's resolver lets it.
    """

    def __init__(
        self, permits: Callable[[Address], bool] = is_public, resolve: Resolve = system_addresses
    ) -> None:
        self.deadline = math.inf
        self._permits = permits
        self._resolve = resolve
        self._network = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        """Connect to the first address that answers. Raises AddressRefused unless all are permitted."""
        failure: Exception = ConnectError(f"{host} has no address")
        for address in self._checked(host, port):
            seconds = self.seconds_left(timeout, ConnectTimeout)
            try:
                stream = self._network.connect_tcp(address, port, seconds, local_address, socket_options)
                return _TimedStream(stream, self)
            except (ConnectError, ConnectTimeout) as error:
                failure = error
        raise failure

    def seconds_left(self, timeout: float | None, error: type[Exception]) -> float:
        """What one operation may still take; raises ``error`` when that is nothing."""
        left = self.deadline - monotonic()
        if left <= 0:
            raise error("the time limit is used up")
        return left if timeout is None else min(timeout, left)

    def _checked(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise ConnectError(getattr(error, "strerror", None) or str(error)) from error
        for address in addresses:
            if not self._permits(ip_address(address)):
                raise AddressRefused(f"{host} is at {address}, which is not an address of the internet")
        return addresses


class _TimedStream(NetworkStream):
    """A connection whose every operation ends by the deadline: a slow drip is cut like silence."""

    def __init__(self, stream: NetworkStream, guard: GuardedBackend) -> None:
        self._stream = stream
        self._guard = guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._guard.seconds_left(timeout, ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._guard.seconds_left(timeout, WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        seconds = self._guard.seconds_left(timeout, ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._guard)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
