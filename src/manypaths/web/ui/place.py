"""From which place on the network a request comes: one home, one office. It slows machines, and is kept nowhere."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

IPV6_HOME = 64
LOOPBACK = frozenset({"127.0.0.1", "::1"})


def place_of(request: HttpRequest) -> str:
    """The visitor's place. An IPv6 household counts as one."""
    return _household(_address(request))


def _address(request: HttpRequest) -> str:
    """The visitor's own address: behind a proxy of ours, the last hop it wrote down. A visitor can write the rest."""
    address: str = request.META.get("REMOTE_ADDR", "")
    here = settings.PROXY_ON_THIS_MACHINE and address in LOOPBACK
    if here or settings.SECURE_PROXY_SSL_HEADER:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).split(",")[-1].strip()
    return address


def _household(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, IPV6_HOME), strict=False))
