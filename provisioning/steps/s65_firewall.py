"""65: nftables. A station speaks to its centre and to nobody else; nobody speaks to it.

Only the users of delivery, updates and kiosk (activation of an auxiliar) may open connections, to
the centre's port and, where its addresses are given, to these alone. Names are asked by the
asking process itself, so the same users may reach port 53, unless /etc/hosts has name and
addresses. Time and addresses: NTP, DHCP, neighbour discovery (RFC 4890, section 4.4). Rules in
the manner of nft(8); loaded by Debian's nftables.service before the network is up.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Act, Change, File, Link, Rewritten
from provisioning.steps.errors import BoardError, CommandError
from provisioning.steps.tree import Tree

RULES = "/etc/nftables.conf"
_SPEAKERS = ("acopio-deliver", "acopio-kiosk")
_SERVICE = "nftables.service"
_NEIGHBOURS = (
    "nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert, packet-too-big, "
    "destination-unreachable"
)
_ASKING = "nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld2-listener-report"
_CENTRE_PORTS = (80, 443)


def plan(site: Site) -> Sequence[Change]:
    """Write the rules, load them at each start, and now where the machine runs."""
    text = station_rules(site) if site.is_station else central_rules()
    changes: list[Change] = [
        File(RULES, text.encode(), 0o640),
        Link(
            f"/etc/systemd/system/sysinit.target.wants/{_SERVICE}",
            f"/usr/lib/systemd/system/{_SERVICE}",
        ),
    ]
    if site.is_station and site.options.centre_addresses:
        narrowed = _narrowed(site.options.centre_addresses)
        for unit in _SPEAKERS:
            changes.append(
                File(f"/etc/systemd/system/{unit}.service.d/centre.conf", narrowed.encode())
            )
        if site.options.centre:
            changes.append(Rewritten("/etc/hosts", "nombre del centro", _with_name(site)))
    if site.tree.is_live:
        changes.append(Act("nftables", "carga las reglas", _are_loaded, _load))
    return changes


def station_rules(site: Site) -> str:
    """Give the rules of a station.

    Raises:
        BoardError: An address of the centre is none.
    """
    four, six = _families(site.options.centre_addresses)
    speakers = ", ".join(f'"{name}"' for name in _SPEAKERS)
    port = site.options.centre_port
    to_centre = [
        f"meta skuid {{ {speakers} }} {family} daddr {{ {', '.join(listed)} }} "
        f"tcp dport {port} accept"
        for family, listed in (("ip", four), ("ip6", six))
        if listed
    ] or [f"meta skuid {{ {speakers} }} tcp dport {port} accept"]
    # With name and addresses of the centre in /etc/hosts, only the time is still asked by name.
    asking = ["systemd-timesync"] if four or six else [*_SPEAKERS, "systemd-timesync"]
    names = ", ".join(f'"{name}"' for name in asking)
    opened = "\n        ".join(to_centre)
    return f"""\
#!/usr/sbin/nft -f
# Acopio, station. Written by acopio-provision (step 65); another run writes it again.
flush ruleset

table inet acopio {{
    set ssh {{
        type ipv4_addr
        flags interval, timeout
    }}

    chain input {{
        type filter hook input priority filter; policy drop;
        iif "lo" accept
        ct state established,related accept
        udp sport 67 udp dport 68 accept
        ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept
        icmpv6 type {{ {_NEIGHBOURS} }} accept
        icmp type {{ destination-unreachable, time-exceeded }} accept
        # A signed token fills this set for as long as it is valid; it is empty otherwise.
        tcp dport 22 ip saddr @ssh accept
    }}

    chain forward {{
        type filter hook forward priority filter; policy drop;
    }}

    chain output {{
        type filter hook output priority filter; policy drop;
        oif "lo" accept
        ct state established,related accept
        {opened}
        meta skuid {{ {names} }} udp dport 53 accept
        meta skuid {{ {names} }} tcp dport 53 accept
        meta skuid "systemd-timesync" udp dport 123 accept
        udp sport 68 udp dport 67 accept
        udp sport 546 udp dport 547 accept
        icmpv6 type {{ {_ASKING} }} accept
    }}
}}
"""


def central_rules() -> str:
    """Give the rules of a centre: its pages and stations come in; what goes out is its owner's."""
    ports = ", ".join(str(port) for port in _CENTRE_PORTS)
    return f"""\
#!/usr/sbin/nft -f
# Acopio, centre. Written by acopio-provision (step 65); another run writes it again.
flush ruleset

table inet acopio {{
    chain input {{
        type filter hook input priority filter; policy drop;
        iif "lo" accept
        ct state established,related accept
        icmp type echo-request accept
        icmpv6 type {{ echo-request, {_NEIGHBOURS} }} accept
        udp sport 67 udp dport 68 accept
        tcp dport {{ 22, {ports} }} accept
    }}

    chain forward {{
        type filter hook forward priority filter; policy drop;
    }}
}}
"""


def _families(addresses: Sequence[str]) -> tuple[list[str], list[str]]:
    try:
        networks = [ipaddress.ip_network(each) for each in addresses]
    except ValueError as error:
        raise BoardError(f"--centre-address: {error}") from error
    return (
        [str(each) for each in networks if each.version == 4],
        [str(each) for each in networks if each.version == 6],
    )


def _with_name(site: Site) -> Callable[[str], str]:
    def rewrite(text: str) -> str:
        name = site.options.centre
        kept = [line for line in text.splitlines() if name not in line.split("#")[0].split()[1:]]
        listed = [f"{each} {name}" for each in site.options.centre_addresses if "/" not in each]
        return "\n".join([*kept, *listed]) + "\n"

    return rewrite


def _narrowed(addresses: Sequence[str]) -> str:
    return (
        "# Written by acopio-provision (step 65): the centre's addresses and this machine.\n"
        "[Service]\nIPAddressDeny=any\nIPAddressAllow=localhost "
        f"{' '.join(addresses)}\n"
    )


def _are_loaded(tree: Tree) -> bool:
    try:
        return "table inet acopio" in tree.run(["nft", "list", "tables"])
    except CommandError:
        return False


def _load(tree: Tree) -> None:
    tree.run(["nft", "-f", RULES])


STEP = Step(65, "firewall", "Cortafuegos", plan)
