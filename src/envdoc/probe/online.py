"""Whether the places that packages and models come from answer; asked only with --online."""

from __future__ import annotations

from functools import partial

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.probe import hub
from envdoc.probe.index_config import package_index, pytorch_index
from envdoc.probe.shield import run_all, value_of

_TIMEOUT = 8.0


def probe(host: Host) -> dict[str, Fact[str]]:
    """`reachable`, or why not, for the PyTorch index, the package index and the Hugging Face endpoint."""
    places = {
        "pytorch": pytorch_index(host).replace("{cuda}", "cpu").rstrip("/") + "/torch/",
        "pypi": package_index(host).rstrip("/") + "/pip/",
        "huggingface": hub.endpoint(host).rstrip("/") + "/",
    }
    tasks = {name: partial(_reach, host, url) for name, url in places.items()}
    empty: Fact[str] = missing(Why.NOT_ASKED)
    return {name: value_of(outcome, empty, name) for name, outcome in run_all(tasks, limit=_TIMEOUT + 2).items()}


def _reach(host: Host, url: str) -> Fact[str]:
    told = host.fetch(url, timeout=_TIMEOUT)
    return known("reachable", told.source) if told.known else told
