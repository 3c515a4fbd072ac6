"""A thread that dies as it begins, as one does where memory ends, holds nobody up for longer than its limit."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
import warnings

import pytest

from envdoc.host import bounded, process, threads
from envdoc.host.threads import Begun
from envdoc.model.facts import Why
from envdoc.probe import ahead
from envdoc.probe.ask import Ask
from envdoc.probe.shield import run_all


def test_the_end_is_waited_for_within_a_limit() -> None:
    gate = threading.Event()
    begun = Begun(gate.wait, 30)
    assert not begun.ended(0.05)
    assert not begun.ended(-1)
    gate.set()
    assert begun.ended(5)
    assert begun.ended(0)


def test_what_is_raised_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    assert Begun(lambda: 1 // 0).ended(5)


@pytest.fixture
def stillborn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads._thread, "start_new_thread", lambda *_: 0)


@pytest.mark.usefixtures("stillborn")
def test_probes_whose_threads_died_are_facts() -> None:
    began = time.monotonic()
    told = run_all({"one": lambda: 1, "two": lambda: 2}, limit=0.3, waiting=frozenset(("one",)))
    assert {outcome.why for outcome in told.values()} == {Why.TIMED_OUT}
    assert time.monotonic() - began < 5


@pytest.mark.usefixtures("stillborn")
def test_calls_and_programs_whose_threads_died_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_LIMIT", 0.1)
    for answer in ahead.start(object(), Ask()).values():  # type: ignore[arg-type]
        with pytest.raises(TimeoutError):
            answer()
    with pytest.raises(TimeoutError):
        bounded.once(lambda: 1, 0.1)
    with pytest.raises(TimeoutError):
        bounded.Worker().call(lambda: 1, 0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # nobody is there to close its pipes
        done = process.run([sys.executable, "-c", "pass"], timeout=0.5, env=dict(os.environ))
        gc.collect()
    assert done.why is Why.TIMED_OUT
