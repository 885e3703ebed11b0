"""Which port is taken, and the address to open. Standard library only."""

import os
import socket

FIRST_PORT = 8000
LAST_PORT = 8019


def bind_port(host: str, wanted: int | None) -> tuple[socket.socket, list[int]]:
    """A listening socket on the wanted port, else on the next free one; and the ports that were busy."""
    first = wanted or FIRST_PORT
    busy: list[int] = []
    for port in range(first, min(first + LAST_PORT - FIRST_PORT, 65_535) + 1):
        try:
            return _listen(host, port), busy
        except PermissionError as error:
            raise OSError(f"This user may not use port {port}: choose one above 1023.") from error
        except OSError:
            busy.append(port)
    raise OSError(f"No port from {busy[0]} to {busy[-1]} is free: name another one with --port.")


def told_busy(busy: list[int]) -> str:
    """The ports that were busy, as the beginning of a sentence."""
    if len(busy) == 1:
        return f"Port {busy[0]} is"
    return f"Ports {busy[0]} {'and' if len(busy) == 2 else 'to'} {busy[-1]} are"


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener


def public_address(address: str) -> str:
    """What people type: the name that the proxy with https has, else the address on this machine."""
    named = os.environ.get("MANYPATHS_HOSTS", "").split(",")[0].strip()
    return f"https://{named}" if named else address.rstrip("/")


def told_place(name: str, address: str) -> str:
    """Where it is, as a sentence; behind a proxy this machine's own address gives nobody a page."""
    public = public_address(address)
    if public == address.rstrip("/"):
        return f"{name} is at {address}"
    return f"{name} is at {public}/ when your proxy with https sends it on to {address}"


def address_of(host: str, port: int) -> str:
    """What to type into a browser on this machine."""
    shown = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
