"""What tells who and where someone is: names, homes, hosts, addresses, serial numbers. For reports and snapshots.

What is replaced keeps its shape (a UUID of zeros, an address of the documentation range), so a redacted machine is
judged like the real one. Versions, paths and GPU models stay: a report must still explain the fault.
"""

from __future__ import annotations

import re

from envdoc.model.value import dataclass
from envdoc.rules.masks.addresses import ADDRESSES
from envdoc.rules.masks.base import GONE, Masked, Rule, apply, words

# Names that many machines share. As plain words they stand in paths, packages and messages, so they are kept.
COMMON = words(
    """
    admin administrator app apps build builder ci conda container cuda data default desktop dev developer docker
    envdoc git github gpu guest home host jupyter kernel lab linux local localhost machine main model nvidia
    node none owner pip public python root runner runneradmin server share shared system temp test tester torch
    train ubuntu user users uv vagrant venv windows work workspace worker wsl
    """
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A machine's own names. Empty ones are unknown; the rules that need no names hold without them."""

    users: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


NOBODY = Identity()


def telling(name: str) -> bool:
    """Whether a name tells who or where someone is: long enough, no model, and not one that everybody has."""
    model = re.fullmatch(r"[a-z]{0,4}\d+[a-z]{0,2}", name, re.IGNORECASE)  # "h200", "rtx4090", "pc1": not a person
    return len(name) >= 3 and name.lower() not in COMMON and not model


def pseudonym(name: str) -> str:
    """What stands for a user's name. It keeps what breaks tools: a blank in it, or letters beyond ASCII."""
    return ("user" if name.isascii() else "üser") + (" name" if " " in name.strip() else "")


def without_names(text: str, identity: Identity) -> Masked:
    """The text without names, homes, hosts, addresses and identifiers. Doing it again changes nothing."""
    return apply(text, (*ADDRESSES, *_OTHERS, *_own(identity.homes, identity.users, identity.hosts)))


def _own(homes: tuple[str, ...], users: tuple[str, ...], hosts: tuple[str, ...]) -> list[Rule]:
    """Rules for this machine's own names."""
    told = [
        Rule((home.lower(),), re.escape(home.rstrip("/\\")) + r"(?![\w-])", _literal(_home(home))) for home in homes
    ]
    told += _HOMES
    told += [Rule((name.lower(),), _word(name), _literal(pseudonym(name)), re.IGNORECASE) for name in users]
    return told + [Rule((name.lower(),), _word(name), "host", re.IGNORECASE) for name in hosts]


def _literal(text: str) -> str:
    return text.replace("\\", r"\\")


def _home(home: str) -> str:
    """`/data/user` of `/data/alice`."""
    home = home.rstrip("/\\")
    cut = max(home.rfind("/"), home.rfind("\\")) + 1
    return home[:cut] + pseudonym(home[cut:])


def _word(name: str) -> str:
    return rf"(?<![^\W_]){re.escape(name)}(?![\w-])"


def _zeros(match: re.Match[str]) -> str:
    return match[1] + re.sub(r"[0-9a-fA-F]", "0", match[2])


def _user(match: re.Match[str]) -> str:
    return match[1] + pseudonym(match[2])


def _server(match: re.Match[str]) -> str:
    """`\\\\wsl$\\Ubuntu` and `\\\\?\\C:` name no machine."""
    own = match[2].lower() in ("wsl$", "wsl.localhost", "?", ".", "host", "localhost")
    return match[0] if own else f"{match[1]}host{match[3]}"


_OTHERS = (
    Rule(("gpu-", "mig-"), r"\b((?:GPU|MIG)-(?:GPU-)?)([0-9a-fA-F]{4,}(?:-[0-9a-fA-F]+)*)", _zeros),
    Rule(("serial",), r"(?i)(\bserial(?:[ _](?:number|no))?\s*[:=]\s*)(?!N/A|\[|\*)[\w-]{4,}", rf"\1{GONE}"),
    Rule(("serial>",), r"(?i)(<(?:\w+_)?serial>)(?!N/A|\[|\*)[^<]{4,}(?=<)", rf"\1{GONE}"),
    # a public key is no secret, but it and its comment tell whose it is
    Rule(
        ("ssh-", "ecdsa-", "sk-"),
        (
            r"\b((?:sk-)?(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+)(?:@openssh\.com)?)"
            r"[ \t]+AAAA[\w+/=]{16,}(?:[ \t]+[\w.+-]+(?:@[\w.-]+)?)?"
        ),
        rf"\1 {GONE}",
    ),
    Rule(("sha256:",), r"(\bSHA256:)[\w+/]{43}(?![\w+/])", rf"\1{GONE}"),  # the fingerprint of a key
    Rule(
        ("@",),
        (
            r"(?<![\w.+*/-])(?!git@)[\w.+-]+@(?:[A-Za-z0-9-]+\.)+(?!(?:service|slice|socket|so)\b)"
            r"[A-Za-z]{2,}\b(?![\w.-]*\()"
        ),
        "user@example.com",
    ),
    # alice@node17:~/llm$
    Rule(("@",), r"(?m)(?<![\w.+/-])(?!git@|user@host)[a-z_][\w.-]{0,31}@[A-Za-z][\w-]{0,62}(?=:[~/])", "user@host"),
    Rule(("\\\\",), r"(?<![\w\\:])(\\{2,4})([\w.$?-]{1,63})(\\{1,2}[^\s\\])", _server),
)

# Any user's home, not only this one's. On Windows a name may hold blanks, so it is taken up to the separator.
_SHARED = r"(?!(?:Public|Default|All Users|Shared)(?![\w ]))"
_HOMES = [
    Rule(("/home/", "/users/"), r"((?<![\w.])/home/|(?<![\w.:])/Users/)" + _SHARED + r"([^/\s\"':;,|<>]+)", _user),
    Rule(
        ("users",),
        r"((?:[A-Za-z]:|/mnt/[a-z]|/[a-z]|\\{1,2}[\w.$-]+)[\\/]+Users[\\/]+)"
        + _SHARED
        + r"([^\\/:*?\"<>|\r\n]{1,64}(?=[\\/])|[^\\/:*?\"<>|\s;,']+)",
        _user,
        re.IGNORECASE,
    ),
    Rule(("\\home\\",), r"(\\{1,2}home\\{1,2})([^\\/:*?\"<>|\s;,']+)", _user, re.IGNORECASE),
    Rule(
        ("/",),
        r"(?<![\w.])(/(?:scratch|gpfs|lustre|nfs|work|storage|data)/(?:home|homes|users?|people)/)"
        + _SHARED
        + r"([^/\s\"':;,|<>]+)",
        _user,
    ),
]
