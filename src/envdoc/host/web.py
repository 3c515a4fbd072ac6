"""One bounded GET request. requests is imported only here: most runs never need the network."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from envdoc.host.base import WebAnswer
from envdoc.host.bounded import once
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.patterns import pattern
from envdoc.rules.masks.texts import without_credentials

if TYPE_CHECKING:
    import requests

_ADDRESS = pattern(r" at 0x[0-9a-fA-F]+")


def fetch(url: str, timeout: float, limit: int) -> Fact[str]:
    """The body at `url`, at most `limit` bytes; see `Host.fetch`. Bounded also where the name server hangs."""
    source = without_credentials(url)
    try:
        return once(lambda: _get(url, source, timeout, limit), timeout + 0.5)
    except TimeoutError:
        return missing(Why.TIMED_OUT, source, f"no answer in {timeout:g} s")


def _get(url: str, source: str, timeout: float, limit: int) -> Fact[str]:
    import requests

    deadline = time.monotonic() + timeout
    try:
        with requests.get(url, timeout=timeout, stream=True) as answer:
            if answer.status_code >= 400:
                return missing(Why.FAILED, source, f"HTTP {answer.status_code}")
            return _body(answer, source, deadline, limit)
    except requests.exceptions.Timeout:
        return missing(Why.TIMED_OUT, source, f"no answer in {timeout:g} s")
    except (requests.exceptions.RequestException, ValueError) as error:
        return missing(Why.FAILED, source, told(error))


def answer(url: str, timeout: float, limit: int) -> Fact[WebAnswer]:
    """See `Host.answer`. Bounded also where the name server hangs."""
    source = without_credentials(url)
    try:
        return once(lambda: _answer(url, source, timeout, limit), timeout + 0.5)
    except TimeoutError:
        return missing(Why.TIMED_OUT, source, f"no answer in {timeout:g} s")


def _answer(url: str, source: str, timeout: float, limit: int) -> Fact[WebAnswer]:
    import requests

    began = time.monotonic()
    # a whole wheel is not wanted: a server that knows parts sends one byte
    asked = {} if limit else {"Range": "bytes=0-0"}
    try:
        with requests.get(url, timeout=timeout, stream=True, headers=asked) as got:
            taken = time.monotonic() - began
            text = _body(got, source, began + timeout, limit).or_else("") if limit and got.status_code < 400 else ""
            kind = got.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return known(WebAnswer(got.status_code, without_credentials(got.url), kind, text, taken), source)
    except requests.exceptions.Timeout:
        return missing(Why.TIMED_OUT, source, f"no answer in {timeout:g} s")
    except (requests.exceptions.RequestException, ValueError) as error:
        return missing(Why.FAILED, source, told(error))


def _body(answer: requests.Response, source: str, deadline: float, limit: int) -> Fact[str]:
    body = bytearray()
    for part in answer.iter_content(1 << 16):
        body += part
        if len(body) > limit:
            return missing(Why.FAILED, source, f"longer than {limit} bytes")
        if time.monotonic() > deadline:
            return missing(Why.TIMED_OUT, source, "the body did not arrive in time")
    return known(body.decode("utf-8", "replace"), source)


# What requests wraps into three layers of exceptions, as a person says it.
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")  # what the proxy answered to CONNECT
# "('Connection broken: IncompleteRead(100 bytes read, 219 more expected)', IncompleteRead(…))"
_CUT = re.compile(r"IncompleteRead\((\d+) bytes read, (\d+) more expected\)")
_SAID = (
    ("NameResolutionError", "its name cannot be resolved"),
    ("Connection refused", "connection refused"),
    ("Network is unreachable", "the network cannot be reached"),
    ("CERTIFICATE_VERIFY_FAILED", "its certificate cannot be verified"),
    ("ProxyError", "the proxy does not answer"),
)


def told(error: Exception) -> str:
    """What went wrong in a few words, else the error's last part; without credentials and memory addresses."""
    text = _ADDRESS.sub("", without_credentials(str(error)))
    refused = _TUNNEL.search(text)
    if refused:
        return f"HTTP {refused[1]} of the proxy"
    cut = _CUT.search(text)
    if cut:
        return f"{cut[1]} of {int(cut[1]) + int(cut[2])} bytes came"
    said = next((words for sign, words in _SAID if sign in text), "")
    if said:
        return said
    cause = re.search(r"(?:Caused by |: )([A-Z]\w+(?:Error|Exception)\(.*)\)\Z", text)
    return cause[1] if cause else text
