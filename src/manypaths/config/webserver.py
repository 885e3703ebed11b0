"""The web server: gunicorn with plain workers, one for each core, forked after everything is loaded."""

import os
import socket
from typing import Any

from gunicorn.app.base import BaseApplication

FIRST_PORT = 8000
LAST_PORT = 8019


class Site(BaseApplication):  # type: ignore[misc]
    """Serves the application on a socket that is already bound."""

    def __init__(self, application: Any, listener: socket.socket, log: str) -> None:
        self.application, self.listener, self.log = application, listener, log
        super().__init__()

    def load_config(self) -> None:
        """Few settings, all on purpose."""
        chosen = {
            "bind": [f"fd://{self.listener.fileno()}"],
            "workers": max(2, os.cpu_count() or 2),
            "worker_class": "sync",
            "timeout": 60,
            "graceful_timeout": 10,
            "preload_app": True,
            "errorlog": self.log,
            "loglevel": "warning",
            "control_socket_disable": True,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application that was loaded before the fork."""
        return self.application


def bind_port(host: str, wanted: int | None) -> tuple[socket.socket, list[int]]:
    """A listening socket on the wanted port, else the first free one; and the ports that were busy."""
    busy = []
    for port in [wanted] if wanted else range(FIRST_PORT, LAST_PORT + 1):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(512)
        except PermissionError as error:
            raise OSError(f"This user may not use port {port}: choose one above 1023.") from error
        except OSError:
            listener.close()
            busy.append(port)
            continue
        return listener, busy
    if wanted and wanted + 1 <= 65_535:
        listener, more = bind_port(host, wanted + 1)
        return listener, busy + more
    raise OSError(f"No port between {busy[0]} and {busy[-1]} is free: name one with --port.")
