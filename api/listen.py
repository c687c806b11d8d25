"""The socket and the server that answers on it."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from copilot.errors import ConfigurationError
from copilot.settings import Settings
from copilot.store import Store

_BACKLOG = 2048
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a person can open instead


def require_keys(settings: Settings, open_store: Callable[[Settings], Store]) -> None:
    """Raises ConfigurationError where other machines could call and no key keeps them out."""
    if settings.on_loopback:
        return
    store = open_store(settings)
    try:
        standing = store.keys.count()
    finally:
        store.close()
    if standing == 0:
        raise ConfigurationError(
            f"{settings.host} can be reached from other machines and there is no API key; make one "
            "with `copilot keys add NAME --role ROLE`, or serve on 127.0.0.1"
        )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ConfigurationError where the address cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken" if taken else f"cannot be had: {error.strerror or error}"
        raise ConfigurationError(
            f"{host}:{port} {reason}; choose another with --host and --port"
        ) from error


def address(listening: socket.socket) -> str:
    """Where a person on this machine opens the page."""
    host, port = listening.getsockname()[:2]
    host = _EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class Announcing(uvicorn.Server):
    """A server that says where to ask as soon as it answers."""

    def __init__(self, app: FastAPI, say: Callable[[str], object]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=10,
            )
        )
        self._say = say

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            self._say(f"Open {address(sockets[0])}")
