"""The web server: gunicorn with plain workers, forked after everything is loaded.

One worker more than cores: a request that looked at somebody waits for the disk to keep its access row, and meanwhile
another one works.
"""

import os
import signal
import socket
import sys
import threading
from typing import Any

from gunicorn.app.base import BaseApplication


def workers() -> int:
    """How many workers this machine gets."""
    return 1 + max(2, os.cpu_count() or 2)


class Site(BaseApplication):  # type: ignore[misc]  # gunicorn brings no types
    """Serves the application on a socket that is already bound."""

    def __init__(self, application: Any, listener: socket.socket, log: str) -> None:
        self.application, self.listener, self.log = application, listener, log
        super().__init__()

    def load_config(self) -> None:
        """Few settings, all on purpose."""
        chosen = {
            "bind": [f"fd://{self.listener.fileno()}"],
            "workers": workers(),
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


def serve_while_stdin_is_open(port: int) -> None:
    """Serve on this machine until whoever started us ends; for tests, which may be killed."""
    from manypaths.config.ports import bind_port
    from manypaths.config.wsgi import application

    def wait_for_the_end() -> None:
        while os.read(sys.stdin.fileno(), 4096):  # not through a buffer: its lock outlives the interpreter
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    Site(application, bind_port("127.0.0.1", port)[0], "-").run()
