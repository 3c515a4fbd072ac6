"""What pip must be asked for where every file has its hash: all that the step leads to, each by its locked version.

pip checks the hashes of requirements, not those of constraints, and refuses what a requirement leads to. The set is
found as pip itself says it: each package is asked about alone and by its hash (`--dry-run --no-deps --report`), and
what it tells of itself says what to ask about next. Nothing that has no right hash is opened, let alone run.

    {"version": "1", "environment": {"python_version": "3.12", "sys_platform": "linux", …},
     "install": [{"metadata": {"name": "trl", "version": "1.0", "requires_dist": ["torch>=2", …]}, …}]}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envdoc.errors import EnvdocError
from envdoc.findings import text
from envdoc.installer.dists import same_version
from envdoc.installer.engines.base import Request
from envdoc.installer.places import OUT_OF_SIGHT
from envdoc.model import jsontext
from envdoc.model.cuda import version_tuple
from envdoc.model.value import dataclass, replace
from envdoc.rules.closure import edge, reached
from envdoc.rules.requirements import holds, normal, pins

_LEAST = "22.2"  # the first pip with --report: https://pip.pypa.io/en/stable/news/#v22-2


@dataclass(frozen=True, slots=True)
class View:
    """What is known by now. All keys are normalised names."""

    asked: dict[str, str]  # the versions of what was asked for
    locked: dict[str, str]  # those that the lock has for this Python
    needs: dict[str, tuple[str, ...]]  # Requires-Dist lines
    found: dict[str, frozenset[str]]  # what all that leads to, with the extras
    present: Mapping[str, str]

    def line(self, name: str) -> str:
        """What pip is asked for; "" where nothing is to be fetched. What no lock has stands there without a version,
        and pip refuses it by name."""
        there = self.present.get(name, "")
        if name in self.asked:
            return self._pin(name, self.asked[name])
        if name in OUT_OF_SIGHT or (there and same_version(self.locked.get(name, there), there)):
            return ""
        return self._pin(name, self.locked[name]) if name in self.locked else name

    def _pin(self, name: str, version: str) -> str:
        extras = ",".join(sorted(self.found.get(name, ())))
        return f"{name}[{extras}]=={version}" if extras else f"{name}=={version}"


def check(version: str) -> None:
    """Refuse a pip that cannot be asked.

    Raises:
        EnvdocError: `engine-missing`.
    """
    if version and version_tuple(version) < version_tuple(_LEAST):
        told = text("errors", "old-pip", version=version, least=_LEAST)
        raise EnvdocError(told, hint=text("errors", "old-pip-hint"), code="engine-missing")


def unknown(request: Request) -> tuple[str, ...]:
    """The pins to ask pip about next; () where all is known, or where the last answer told nothing new."""
    if not any(request.answers):
        return _first(request)
    new = _missing(view(request))
    before = replace(request, answers=request.answers[:-1])
    return new if not any(before.answers) or new != _missing(view(before)) else ()


def closure(request: Request) -> tuple[str, ...]:
    """What was asked for and all that it leads to, each as pip is to be asked: `fsspec[http]==2025.3.0`."""
    known = view(request)
    others = tuple(line for line in request.step.requirements if _name(line) not in known.asked)
    return (*others, *(line for name in known.found if (line := known.line(name))))


def lacks_hidden(request: Request) -> bool:
    """Whether something leads to torch's own packages that nobody chose: no reason to refuse, for uv neither."""
    return any(name in OUT_OF_SIGHT and name not in request.present for name in view(request).found)


def view(request: Request) -> View:
    """All answers over what is installed, as far as that is what the lock wants."""
    reports = [_object(answer) for answer in request.answers if answer]
    environment = next((_texts(each.get("environment")) for each in reports), {})
    asked, locked = pins(_first(request)), _locked(request, environment)
    there = request.present
    needs = {name: lines for name, lines in request.needs.items() if _is_right(name, locked | asked, there)}
    needs |= {name: lines for each in reports for name, lines in _needs(each)}
    return View(asked, locked, needs, reached(request.step.requirements, needs, environment), there)


def _is_right(name: str, wanted: Mapping[str, str], present: Mapping[str, str]) -> bool:
    there = present.get(name, "")
    return same_version(wanted.get(name, there), there)


def _first(request: Request) -> tuple[str, ...]:
    """What was asked for; the lock's version where it is a range."""
    locked, asked = _locked(request, {}), pins(request.step.requirements)
    named = ((line, _name(line)) for line in request.step.requirements)
    return tuple(f"{name}=={locked[name]}" if name in locked.keys() - asked else line for line, name in named)


def _missing(known: View) -> tuple[str, ...]:
    """Locked packages that are needed, and that neither pip nor the environment has told anything about."""
    names = (name for name in known.found if name in known.locked and name not in OUT_OF_SIGHT)
    return tuple(f"{name}=={known.locked[name]}" for name in names if name not in known.needs)


def _locked(request: Request, environment: dict[str, str]) -> dict[str, str]:
    """The pins of the lock that hold there; before the first answer those that hold everywhere."""
    lines = ((line, line.partition(";")[2].strip()) for line in request.step.constraints)
    return pins(line for line, marker in lines if (holds(marker, environment) if environment else not marker))


def _needs(report: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    items = report.get("install")
    every = (each.get("metadata") for each in (items if isinstance(items, list) else ()) if isinstance(each, dict))
    return [
        (normal(str(told.get("name"))), _lines(told.get("requires_dist"))) for told in every if isinstance(told, dict)
    ]


def _name(line: str) -> str:
    return told.name if (told := edge(line)) else ""


def _object(answer: str) -> dict[str, Any]:
    try:
        told = jsontext.loads(answer, any_number=True)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _lines(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _texts(value: object) -> dict[str, str]:
    return {str(key): str(each) for key, each in value.items()} if isinstance(value, dict) else {}
