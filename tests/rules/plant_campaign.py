"""Secrets sent through every command, and every file that is written searched for them. For `tools/plant_secrets.py`
(all of it) and a test (some of it)."""

from __future__ import annotations

import collections
import io
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from secret_forms import Planted, planted

from envdoc.cli.app import run

MACHINES = Path(__file__).parents[1] / "machines"
ANCHOR = "RuntimeError: CUDA error: no kernel image is available for execution on the device"
FORMS = ("text", "json", "markdown", "junit", "github")


@dataclass
class Campaign:
    """What was sent where, and what came out that should not have."""

    folder: Path
    sent: collections.Counter[str] = field(default_factory=collections.Counter)
    leaks: list[str] = field(default_factory=list)
    written: int = 0

    def search(self, place: str, secrets: list[Planted], text: str) -> None:
        for each in secrets:
            if each.secret in text or (
                len(each.secret) > 14 and (each.secret[:-5] in text or each.secret[5:] in text)
            ):
                self.leaks.append(f"{place}: {each.form}")

    def command(self, argv: list[str], secrets: list[Planted], *files: Path) -> None:
        """Run it, and search both streams and the files that it wrote."""
        self.sent[" ".join(argv[:1])] += len(secrets)
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = out, err
        try:
            code = run(argv)
        finally:
            sys.stdout, sys.stderr = before
        text = "".join(stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
        assert code in (0, 1, 2, 75), (argv, code, text[-500:])
        self.search(" ".join(argv[:3]), secrets, text)
        for path in files:
            self.written += 1
            self.search(f"{argv[0]} wrote {path.name}", secrets, path.read_text(encoding="utf-8"))


def chosen(count: int, seed: int) -> list[Planted]:
    """So many planted secrets, from all forms."""
    every = list(planted(seed))
    step = max(1, len(every) // count)
    return [_own(each, random.Random(seed + number)) for number, each in enumerate(every[::step][:count])]


def _own(each: Planted, rng: random.Random) -> Planted:
    """With a secret that no other form has: letters for letters, digits for digits, in its middle."""
    new = list(each.secret)
    for at in range(len(new) // 3, len(new)):
        if new[at].isdigit():
            new[at] = rng.choice("23456789")
        elif new[at].isascii() and new[at].isalpha():
            hexadecimal = set(each.secret[-10:]) <= set("0123456789abcdef-")
            letters = "abcdef" if hexadecimal else "bcdfghjkmnpqrstvwz"
            new[at] = rng.choice(letters).upper() if new[at].isupper() else rng.choice(letters)
    secret = "".join(new)
    return Planted(each.form, each.text.replace(each.secret, secret), secret)


def campaign(folder: Path, count: int, seed: int = 1) -> Campaign:
    """Send `count` secrets through everything."""
    folder.mkdir(parents=True, exist_ok=True)
    done = Campaign(folder)
    secrets = chosen(count, seed)
    for number, each in enumerate(secrets):
        _log(done, each, number)
    for group in _grouped(secrets, 25):
        _report(done, group)
        _snapshot(done, group)
        _environment(done, group)
        _installer_log(done, group)
        _crash(done, group)
        _profile(done, group)
    for each in secrets:
        _argument(done, each)
    return done


def _grouped(secrets: list[Planted], size: int) -> Iterator[list[Planted]]:
    for at in range(0, len(secrets), size):
        yield secrets[at : at + size]


def _log(done: Campaign, each: Planted, number: int) -> None:
    """A failing log whose evidence holds the secret."""
    log = done.folder / "train.log"
    log.write_text(f"{each.text}\n{ANCHOR} {each.text}\n{each.text}\n", encoding="utf-8")
    done.command(["diagnose", str(log), "--format", ("text", "json")[number % 2]], [each])


def _report(done: Campaign, group: list[Planted]) -> None:
    """A log full of secrets, in the text for a project's form and in the file to attach."""
    log, file = done.folder / "train.log", done.folder / "report.json"
    log.write_text("\n\n".join(f"{each.text}\n{ANCHOR} {each.text}" for each in group), encoding="utf-8")
    machine = str(MACHINES / "linux-h200-580.json")
    for form in ("text", "json"):
        done.command(["report", str(log), "--machine", machine, "-o", str(file), "--format", form], group, file)


def _snapshot(done: Campaign, group: list[Planted]) -> None:
    """A snapshot of another machine that nobody redacted."""
    path = done.folder / "machine.json"
    data = json.loads((MACHINES / "linux-3090-broken-packages.json").read_text(encoding="utf-8"))
    data["env"] = {
        **data.get("env", {}),
        **{f"HF_X{n}": each.text for n, each in enumerate(group)},
        "HF_ENDPOINT": group[0].text,
        "LD_LIBRARY_PATH": group[-1].text,
    }
    data["note"] = "\n".join(each.text for each in group)
    path.write_text(json.dumps(data), encoding="utf-8")
    for form in FORMS:
        done.command(["check", "--machine", str(path), "--format", form], group)
    done.command(["check", "--machine", str(path), "-v"], group)
    done.command(["resolve", "--machine", str(path), "--format", "json"], group)
    done.command(["diff", str(path), str(MACHINES / "linux-h200-580.json")], group)
    done.command(["diff", str(MACHINES / "linux-h200-580.json"), str(path), "--format", "json"], group)


def _environment(done: Campaign, group: list[Planted]) -> None:
    """The variables of an environment and its journal."""
    env = done.folder / "env"
    own = env / ".envdoc"
    own.mkdir(parents=True, exist_ok=True)
    (env / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.1\n")
    lines = [
        json.dumps({"event": "failed", "step": "torch", "detail": each.text, "time": "2026-11-26T10:00:00"})
        for each in group
    ]
    (own / "journal.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    variables = {f"X{n}": each.text for n, each in enumerate(group) if "\n" not in each.text}
    (own / "variables.json").write_text(json.dumps(variables), encoding="utf-8")
    for form in ("text", "json"):
        done.command(["history", "--env", str(env), "--format", form], group)
        done.command(["env", "--env", str(env), "--format", form], group)
    done.command(["env", "--env", str(env), "--shell", "bash"], group)


def _installer_log(done: Campaign, group: list[Planted]) -> None:
    """What an engine prints, as it goes to the step's log and to the terminal."""
    from envdoc.installer import faults
    from envdoc.rules.masks import LineMasker

    masker = LineMasker()
    text = "\n".join(masker.line(line) for each in group for line in each.text.splitlines())
    done.sent["installer log"] += len(group)
    done.search("installer log", group, text)
    for each in group:
        finding = faults.explain("torch", f"error: {each.text}")
        done.search("installer finding", [each], finding.summary + "\n".join(finding.evidence))


def _crash(done: Campaign, group: list[Planted]) -> None:
    from envdoc.workflow.crash import write_crash_file

    path = Path(write_crash_file(RuntimeError("\n".join(each.text for each in group))))
    done.sent["crash file"] += len(group)
    done.written += 1
    done.search("crash file", group, path.read_text(encoding="utf-8"))
    path.unlink()


def _profile(done: Campaign, group: list[Planted]) -> None:
    path = done.folder / "own.yaml"
    text = (Path(__file__).parents[2] / "profiles" / "cpu.yaml").read_text(encoding="utf-8")
    secret = json.dumps("; ".join(each.text for each in group))
    path.write_text(text.replace("title:", f"title: {secret} #", 1), encoding="utf-8")
    done.command(["profiles", "show", str(path)], group)
    done.command(["resolve", "--profile", str(path), "--machine", str(MACHINES / "linux-h200-580.json")], group)


def _argument(done: Campaign, each: Planted) -> None:
    """What a user typed, echoed in a message."""
    word = each.text.replace("\0", "")
    done.command(["check", "--machine", f"/nowhere/{word}", "--format", "json"], [each])
    if "://" in word:
        done.command(
            [
                "resolve",
                "--mirror",
                word,
                "--machine",
                str(MACHINES / "linux-h200-580.json"),
                "--profile",
                "hopper",
                "--format",
                "json",
            ],
            [each],
        )
