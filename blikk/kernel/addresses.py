"""Which network address asks: the peer, or what our own proxies say about it; never what it says itself."""

import ipaddress


def asking_address(peer: str, forwarded: str, *, proxies: int) -> str:
    """The address that asks, behind so many proxies of ours; empty where none can be told."""
    address = peer
    if proxies:
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        address = hops[-proxies] if len(hops) >= proxies else ""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""
