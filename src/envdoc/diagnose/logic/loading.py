"""Logic of compiled files that do not load: a library, a symbol or an operator that is not here, a file that is none.

Here is what no rule with a sentence of its own takes: the library or symbol is named, and who asks for it.
"""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.logic.said import is_error
from envdoc.diagnose.needs import Asker, asker, in_stack, symbol_of
from envdoc.diagnose.values import Match
from envdoc.model.value import replace

_LIBRARY = re.compile(r"(lib[\w.+-]{1,60}\.so(?:\.\d{1,4}){0,3}): cannot open shared object")
_OF_TORCH = re.compile(r"lib(?:c10|torch|shm|caffe2)\w{0,20}\.so")
_OF_DRIVER = re.compile(r"lib(?:cuda|nvidia-ml|nvidia-ptxjitcompiler)\.so")
_SYMBOL = re.compile(r"(?:undefined symbol|Symbol not found|symbol lookup error)[: ]{0,3}([\w@.]{2,120})")
_OPERATOR = re.compile(r"(?:operator |run ')([A-Za-z_]\w{1,40})::(\w{1,60})")
_OWN_OPERATORS = ("aten", "prims", "prim")
_HEADER = re.compile(
    r"(?:fatal error: ['\"]?|include file:? ['\"]?)([\w./+-]{2,80}\.(?:hpp|cuh|h))\b|fatal error: (\w{2,20}):"
)
_NOT_LOADED = (
    ("file too short", "log-short"),
    ("invalid ELF header", "log-short"),
    ("not a mach-o file", "log-foreign"),
    ("wrong ELF class", "log-foreign"),
    ("incompatible architecture", "log-foreign"),
    ("cannot enable executable stack", "log-stack"),
    ("failed to map segment", "log-map"),
    ("static TLS", "log-tls"),
    ("not found (required by", "log-version"),
)


def any_library(match: Match, case: Case) -> list[Match]:
    """`liblzma.so.5: cannot open shared object file`, asked for by an installed package or a program."""
    found = _LIBRARY.search(match.sighting.line.text)
    if found is None or _OF_DRIVER.match(found[1]) or case.facts.vendor == "amd":
        return []
    who, line = asker(match.sighting), match.sighting.line.text
    if who is None and not is_error(match) and "error while loading shared libraries" not in line:
        return []
    captured = {**match.captured, "library": found[1], **_named(who)}
    words = "log-torch" if _OF_TORCH.match(found[1]) else ""
    return [replace(match, captured=captured, words=words)]


def other_symbol(match: Match, _case: Case) -> list[Match]:
    """A symbol of no library that we know, asked for by an installed package's file."""
    found, who = _SYMBOL.search(match.sighting.line.text), asker(match.sighting)
    symbol = found[1] if found else match.captured.get("symbol", "")  # in a box it stands in the next line
    if not symbol or who is None or who.torch_itself or symbol_of(symbol) == "torch":
        return []
    words = "log-python" if symbol_of(symbol) == "python" else ""
    captured = {**match.captured, "symbol": symbol, **_named(who)}
    return [replace(match, words=words, captured=captured)]


def not_loaded(match: Match, _case: Case) -> list[Match]:
    """The loader's own words for a file that it refuses."""
    line = match.sighting.line.text
    words = next((words for says, words in _NOT_LOADED if says in line), "")
    if not words or not any(each in line for each in (".so", ".dylib", "shared object")):
        return []
    who = asker(match.sighting)
    return [replace(match, words=words, captured={**match.captured, **_named(who)})]


def operator(match: Match, _case: Case) -> list[Match]:
    """`operator vllm::foo does not exist`: the package of that name did not bring, or not load, its compiled part."""
    found = _OPERATOR.search(match.sighting.line.text)
    if found is None or found[1] in _OWN_OPERATORS:
        return []
    named = {"package": found[1], "name": f"{found[1]}::{found[2]}"}
    again = {"again": found[1].replace("_", "-")} if in_stack(found[1]) else {}
    return [replace(match, captured={**match.captured, **named, **again})]


def header(match: Match, _case: Case) -> list[Match]:
    """A header that a compiler does not find; `cuda_runtime.h` and `Python.h` have words of their own."""
    found = _HEADER.search(match.sighting.line.text)
    return [replace(match, captured={**match.captured, "header": found[1] or found[2]})] if found else []


def _named(who: Asker | None) -> dict[str, str]:
    """`again`, what pip is to install again, only where the name is known to be a package's: a log is no index."""
    if who is None:
        return {}
    again = {"again": who.package} if in_stack(who.module) and not who.torch_itself else {}
    return {"package": who.package, "made": who.made, **again}


FUNCTIONS: dict[str, Judge] = {
    "any-library": any_library,
    "other-symbol": other_symbol,
    "not-loaded": not_loaded,
    "operator": operator,
    "header": header,
}
