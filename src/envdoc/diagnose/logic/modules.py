"""Logic of modules that are not there: of an installed package's own needs, and of those that all programs import."""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.needs import in_stack
from envdoc.diagnose.values import Match
from envdoc.knowledge import extensions, modules
from envdoc.model.value import replace

_OWN_RULE = (
    "torch",
    "triton",
    "flash_attn",
    "bitsandbytes",
    "deepspeed",
    "llamafactory",
    "pkg_resources",
    "distutils",
    "setuptools",
    "numpy",
    "tomllib",
)


def module_missing(match: Match, _case: Case) -> list[Match]:
    """Only where an installed package imports it: the file of the last frame is in site-packages."""
    module = match.captured.get("module", "")
    if _is_part(module, match.sighting.line.text):
        return []
    above = [line.text for line in match.sighting.lines[: match.sighting.at] if 'File "' in line.text]
    if not above or not re.search(r"(?:site|dist)-packages", above[-1]) or module.partition(".")[0] in _OWN_RULE:
        return []
    package = re.search(r"(?:site|dist)-packages[\\/]{1,2}(\w{2,40})", above[-1])
    captured = {**match.captured, **({"package": package[1]} if package else {})}
    return [replace(match, captured=captured)]


def module_known(match: Match, _case: Case) -> list[Match]:
    """A module that is no user's own, whoever imports it: the table says what pip calls it."""
    if _is_part(match.captured.get("module", ""), match.sighting.line.text):
        return []
    top = match.captured.get("module", "").partition(".")[0]
    row = extensions.of_module(top)
    package = modules.packages().get(top) or (row.package if row and top not in _OWN_RULE else "")
    return [replace(match, captured={**match.captured, "package": package})] if package else []


def _is_part(module: str, line: str) -> bool:
    """Whether a part of a package is missing that is itself there: Python names what it does not find first."""
    top, dot, _ = module.partition(".")
    return bool(dot) and in_stack(top) and "is not a package" not in line


FUNCTIONS: dict[str, Judge] = {"module-missing": module_missing, "module-known": module_known}
