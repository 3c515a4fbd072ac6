"""Logic of sentences that speak of versions: which package, which version is wanted, which is there."""

from __future__ import annotations

import re

from envdoc.diagnose.clean import without_prefix
from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.logic.apart import rule_of
from envdoc.diagnose.logic.said import is_error, newer
from envdoc.diagnose.needs import frames, in_stack
from envdoc.diagnose.values import Advice, Match
from envdoc.diagnose.versions import Told, told
from envdoc.model.value import replace

_PIP = re.compile(r"[a-z][a-z0-9-]{1,40}")
_NO_PIP = {"clang", "gcc", "glibc", "llvm", "msvc", "nvcc", "rust", "rustc", "torch", "torchaudio", "torchvision"}
_ADVICE = re.compile(r"recommended|will be dropped|deprecated")  # what goes on without
_CLASH = re.compile(
    r"but (?:found|got|you have|have|is|the)|you have|too (?:old|new)|(?:not |in)compatible|mismatch|"
    r"(?:not |un)supported|You are running|[Pp]lease (?:up|down)grade|does not support"
)


def apart(match: Match, case: Case) -> list[Match]:
    """`This model needs transformers>=4.56 but found 4.51.3`; only where it is refused, not where it is praised."""
    text = _sentence(match)
    said = told(text)
    if said is None or not (is_error(match) or (said.wants and said.has) or _CLASH.search(text)):
        return []
    if (said.wants and said.wants == said.has) or (_ADVICE.search(text) and not is_error(match)):
        return []
    if newer(match, case) and _says(match, "package-outdated"):  # that rule says the same
        return []
    return [_with(match, said)]


def _says(match: Match, code: str) -> bool:
    """Whether a literal of that code's rule stands in the line too."""
    anchors = (anchor for sign in rule_of(code).signs for anchor in sign.say)
    return any(anchor in match.sighting.line.text for anchor in anchors)


def _with(match: Match, said: Told) -> Match:
    values = {"wanted": said.package, "wants": said.wants, "has": said.has}
    who = next((frame.module for frame in frames(match.sighting) if frame.module), "")
    if who and who.replace("_", "-") != said.package:
        values["package"] = who
    captured = {**match.captured, **{name: value for name, value in values.items() if value}}
    known = in_stack(said.package.replace("-", "_")) and said.package not in _NO_PIP  # a log is no index
    if known and _PIP.fullmatch(said.package) and said.wants[:1] in ("<", ">", "=", "~"):
        captured["bound"] = said.package + said.wants.replace(" ", "")
        return replace(match, captured=captured)
    rule = replace(match.rule, advice=Advice({"any": ("envdoc check", "envdoc resolve")}))
    return replace(match, rule=rule, captured=captured)


def _sentence(match: Match) -> str:
    lines = match.sighting.lines[match.sighting.at : match.sighting.at + 2]
    first, *more = (without_prefix(line.text) for line in lines)
    goes_on = bool(more) and not re.match(r"(?:Traceback|File \"|\w{2,40}(?:Error|Warning):)", more[0])
    return f"{first} {more[0]}" if goes_on else first


FUNCTIONS: dict[str, Judge] = {"versions-apart": apart}
