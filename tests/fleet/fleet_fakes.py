"""A door to the OS whose ssh answers as it is told; anything else it is asked fails the test."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from envdoc.host.base import Completed
from envdoc.host.local import LocalHost
from envdoc.model.facts import Why
from envdoc.model.value import replace

RECORDED = Path(__file__).parent.parent / "machines" / "linux-h200-580.json"


def snapshot(**changes: Any) -> str:
    """A recorded machine as a machine prints it now; `driver` and `torch` replace what it has."""
    data = json.loads(RECORDED.read_text(encoding="utf-8"))
    data["taken"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + changes.get("ahead", 0)))
    if "driver" in changes:
        data["driver"]["version"] = {"facts": [{"value": changes["driver"], "source": "nvml"}]}
    if "packages" in changes:
        listed = [{"name": name, "version": version, "folder": f"/x/{name}"} for name, version in changes["packages"]]
        data["target"]["packages"] = {"value": listed, "source": "site-packages"}
    return json.dumps(data)


def answered(text: str, stderr: str = "") -> Completed:
    return Completed((), 0, text, stderr, seconds=0.5)


def failed(code: int, stderr: str) -> Completed:
    return Completed((), code, "", stderr, seconds=0.5)


HANGS = Completed((), None, why=Why.TIMED_OUT, detail="killed", seconds=60.0)


class SshHost(LocalHost):
    """`answers`: host -> what its ssh calls end with, one after the other, the last again and again."""

    def __init__(self, answers: Mapping[str, Sequence[Completed]], environ: Mapping[str, str] | None = None) -> None:
        super().__init__({"HOME": "/nowhere", **(environ or {})})
        self.answers = {name: list(each) for name, each in answers.items()}
        self.asked: list[list[str]] = []
        self.lock = threading.Lock()

    def which(self, name: str) -> str | None:
        assert name == "ssh"
        return "/usr/bin/ssh"

    def run(self, argv: Sequence[str], **options: Any) -> Completed:
        assert argv[0] == "ssh"
        assert argv[-3] == "--"
        assert options["timeout"] > 0
        with self.lock:
            self.asked.append(list(argv))
            left = self.answers[argv[-2]]
            return replace(left.pop(0) if len(left) > 1 else left[0], argv=tuple(argv))
