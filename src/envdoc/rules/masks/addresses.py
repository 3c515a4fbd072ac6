"""Addresses and names of machines, for reports: IPv4, IPv6, MAC, hosts of a company's or cluster's own network.

Four numbers with dots are a version as often as an address (cuDNN 9.1.0.70, cuRAND 10.3.9.90).
"""

from __future__ import annotations

import re

from envdoc.rules.masks.base import Rule

_IPV4 = r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]*\d\.)\b(?!\.\d)"
_NOT_LOCAL = r"(?!127\.|0\.0\.0\.0|255\.|192\.0\.2\.1\b)"
_PRIVATE = r"(?:192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\."
# No library counts so far in its first number; 127, 224 and above are no public address.
_PUBLIC = r"(?:3[3-9]|[4-9]\d|1[0-1]\d|12[0-6]|12[89]|1[3-9]\d|2[01]\d|22[0-3])\."
_BEFORE = (
    r"(?:://|@|\b(?:inet|addr|address|host|hostname|ip|ipv4|peer|server|gateway|nameserver|"
    r"dns|[A-Z_]+_(?:ADDR|HOST|IP))"
    r"[\"']?\s*[:= ]\s*[\"']?|\b(?:ssh|ping|telnet|connect(?:ed|ing|ion)? (?:to|from|with)|"
    r"listening on|refused by)\s+)"
)
_V6 = r"(?<![\w:.])(?:fe80|f[cd][0-9a-f]{2}|[23][0-9a-f]{3})(?::[0-9a-f]{0,4}){2,7}(?:%\w+)?(?![\w:])"
# Public places that everybody uses; what else is named as a host may be somebody's own.
_KNOWN = (
    "pypi.org",
    "pytorch.org",
    "github.com",
    "githubusercontent.com",
    "huggingface.co",
    "hf.co",
    "hf-mirror.com",
    "nvidia.com",
    "anaconda.org",
    "conda.io",
    "docker.io",
    "ghcr.io",
    "nvcr.io",
    "quay.io",
    "google.com",
    "microsoft.com",
    "ubuntu.com",
    "debian.org",
    "python.org",
    "readthedocs.io",
    "modelscope.cn",
    "aliyun.com",
    "edu.cn",
    "example.com",
    "example.org",
    "wandb.ai",
    "openai.com",
    "astral.sh",
    "intel.com",
    "amd.com",
    "jfrog.io",
)
_OWN_NETWORK = (
    r"(?:corp|local|lan|intern|internal|intra|intranet|cluster|priv|private|home\.arpa|compute\.amazonaws\.com)"
)


def _host(match: re.Match[str]) -> str:
    name = match["host"].lower()
    plain = "." not in name and not re.search(r"\d", name)
    if plain or name.startswith(("localhost", "host", "127.", "0.0")) or name.endswith(_KNOWN) or _is_file(name):
        return match[0]
    return f"{match['lead']}host"


def _is_file(name: str) -> bool:
    return name.endswith((".py", ".json", ".yaml", ".yml", ".txt", ".log", ".sh", ".so", ".dll", ".cpp", ".h", ".cu"))


ADDRESSES = (
    Rule((".",), rf"(?<![\w.-]){_NOT_LOCAL}(?={_PRIVATE}){_IPV4}", "192.0.2.1"),
    Rule((".",), rf"(?i)({_BEFORE}){_NOT_LOCAL}{_IPV4}", r"\g<1>192.0.2.1"),
    Rule((".",), rf"(?<![\w.=-]){_NOT_LOCAL}{_IPV4}(?=:\d{{2,5}}\b|/\d{{1,2}}\b)", "192.0.2.1"),
    Rule((".",), rf"(?<![\w.=<>~+-])(?<![=<>~] ){_NOT_LOCAL}(?={_PUBLIC}){_IPV4}(?!-|\+)", "192.0.2.1"),
    Rule((":",), r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\w:])", "2001:db8::1"),
    Rule(("::", "fe80:", "fd", "fc", ":"), _V6, "2001:db8::1", re.IGNORECASE),
    Rule((":", "-"), r"(?<![\w:-])(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}(?![\w:-])", "00:00:00:00:00:00"),
    Rule(
        ("host", "node", "server", "master_addr", "endpoint"),
        (
            r"(?i)(?P<lead>\b(?:host|hostname|nodename|node|server|master_addr|rdzv_endpoint|"
            r"rdzv-endpoint|nodelist)[\"']?[ \t]*[:=][ \t]*[\"']?)(?P<host>[a-z]"
            r"[\w-]{0,62}(?:\.[\w-]{1,62})*)(?![\w.(\[])"
        ),
        _host,
    ),
    Rule(
        (".",),
        (
            rf"(?i)(?<![\w./@-])(?!host\b)[a-z0-9]"
            rf"[\w-]{{0,62}}(?:\.[\w-]{{1,62}}){{0,5}}\.{_OWN_NETWORK}\b(?![\w.-]*[\w(/=])"
        ),
        "host",
    ),
)
