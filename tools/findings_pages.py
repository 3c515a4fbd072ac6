"""Make docs/findings/<code>.md from the rules of `envdoc diagnose`.

    python tools/findings_pages.py [--check]

A page that was written by hand (a code that `envdoc check` or `install` reports too) is left as it is; pages made
here end with a mark. `--check` writes nothing and fails where a page is missing or out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from envdoc.diagnose.rules import load
from envdoc.diagnose.values import Advice, Rule

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "findings"
MARK = "<!-- made by tools/findings_pages.py from src/envdoc/diagnose/rules/{file}: edit there -->"
_SHELLS = {
    "any": "any shell",
    "linux": "Linux",
    "windows": "Windows",
    "bash": "bash",
    "cmd": "cmd",
    "powershell": "PowerShell",
}
_CHOSEN = {
    "torch": "The torch build that fits the GPU, the driver, the system and the Python at hand (or in the log) is "
    "chosen by `envdoc facts torch`.",
    "torch-if-known": "Where the GPU or the driver is known, the torch build is chosen by `envdoc facts torch`.",
    "torch-for-toolkit": "The torch build for the toolkit's CUDA major version is chosen by `envdoc facts torch`.",
    "companions": "The torchvision and torchaudio for the torch in use are chosen by `envdoc facts companions`.",
    "driver-or-torch": "The least driver, and where one exists the torch build that the driver as it is serves, are "
    "chosen by `envdoc facts driver_floors` and `envdoc facts torch`.",
    "driver-for-ptx": "The driver that belongs to the toolkit is chosen by `envdoc facts native_drivers`.",
    "bitsandbytes": "The release with a library for torch's CUDA is chosen by `envdoc facts bitsandbytes`.",
    "xformers": "The release for the torch in use is chosen by `envdoc facts companions`.",
    "flash-attn": "What the right wheel's name must say is told from torch, its CUDA and the Python.",
    "triton-windows": "The release for the torch in use is chosen by `envdoc facts companions`.",
    "toolkit-for-arch": "The toolkits whose nvcc knows the capability are chosen by `envdoc facts toolkits`.",
    "host-gcc": "The newest gcc that the nvcc accepts stands in its own message.",
}


def page(rule: Rule) -> str:
    """One page, whole."""
    parts = [
        f"# {rule.code}",
        f"**Severity:** {rule.severity.value} · **From:** `envdoc diagnose`",
        f"## What it means\n{_sentence(rule.title)}",
        f"## Why it happens\n{rule.page.strip()}",
        f"## How envdoc knows\n{_signs(rule)}",
        f"## What mends it\n{_advice(rule.advice)}",
        "## Links\n" + "\n".join(f"- {link}" for link in dict.fromkeys((*rule.links, rule.source))),
        MARK.format(file=rule.file),
    ]
    return "\n\n".join(parts) + "\n"


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _signs(rule: Rule) -> str:
    lines = [f"- `{_code(anchor)}`" for sign in rule.signs for anchor in sign.say]
    if rule.look:
        lines.append(f"- a line that matches `{_code(rule.look)}`")
    text = "One of these stands in the log" + (", with its own surroundings" if _bounded(rule) else "") + ":\n"
    text += "\n".join(dict.fromkeys(lines))
    if rule.follows:
        codes = ", ".join(f"`{code}`" for code in rule.follows if code != "*") or "any other error"
        text += f"\n\nIt is folded under {codes} where that was found too, because it then follows from it."
    return text


def _code(text: str) -> str:
    return text.replace("`", "'").replace("|", "\\|")


def _bounded(rule: Rule) -> bool:
    return any(sign.near or sign.unless for sign in rule.signs)


def _advice(advice: Advice) -> str:
    parts = [_CHOSEN[advice.choose]] if advice.choose else []
    if advice.text:
        parts.append(_sentence(advice.text.strip()))
    for shell, commands in advice.commands.items():
        parts.append(f"{_SHELLS[shell]}:\n\n```\n" + "\n".join(commands) + "\n```")
    return "\n\n".join(parts)


def by_hand(path: Path) -> bool:
    """Whether a page exists that this tool did not write."""
    return path.exists() and "<!-- made by tools/findings_pages.py" not in path.read_text(encoding="utf-8")


def stale() -> list[str]:
    """Codes whose page is missing or out of date, and made pages of codes that no longer exist."""
    rules = {rule.code: rule for rule in load()}
    wrong = []
    for code, rule in rules.items():
        path = FOLDER / f"{code}.md"
        if not by_hand(path) and (not path.exists() or path.read_text(encoding="utf-8") != page(rule)):
            wrong.append(code)
    made = (path for path in FOLDER.glob("*.md") if not by_hand(path))
    return wrong + [path.stem for path in made if path.stem not in rules]


def main() -> None:
    if "--check" in sys.argv[1:]:
        wrong = stale()
        print("\n".join(f"out of date: {code}" for code in wrong) or "all pages are up to date")
        sys.exit(1 if wrong else 0)
    rules = {rule.code: rule for rule in load()}
    for code in stale():
        path = FOLDER / f"{code}.md"
        if code in rules:
            path.write_text(page(rules[code]), encoding="utf-8", newline="\n")
        else:
            path.unlink()
        print(path.name)


if __name__ == "__main__":
    main()
