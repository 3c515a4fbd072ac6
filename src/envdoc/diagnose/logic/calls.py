"""Logic of calls between packages of different times, read from the kind of the exception and who raised it.

    AttributeError: 'DynamicCache' object has no attribute 'get_usable_length'
    TypeError: SFTTrainer.__init__() got an unexpected keyword argument 'tokenizer'
    ModuleNotFoundError: No module named 'transformers.models.qwen3_next'

In a user's own script with a user's own names it is a slip of theirs: an installed package must have a part in it.
"""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge
from envdoc.diagnose.logic.apart import rule_of
from envdoc.diagnose.needs import Frame, frames, in_stack
from envdoc.diagnose.values import Match
from envdoc.model.value import replace

_MODULE = re.compile(r"module '([A-Za-z_]\w{0,40})([\w.]{0,80})' has no attribute '(\w{1,60})'")
_OBJECT = re.compile(r"'([A-Za-z_]\w{1,60})' object has no attribute '(\w{1,60})'")
_ARGUMENT = re.compile(
    r"(?:([A-Za-z_][\w.<>]{0,80})\(\) )?(?:got an unexpected keyword argument '(\w{1,60})'|"
    r"missing \d{1,2} required (?:positional|keyword-only) arguments?: '(\w{1,60})'|"
    r"takes (?:from )?\d{1,2}[\w ]{0,12} positional arguments? but)"
)
_UNDEFINED = re.compile(r"NameError: name '(\w{1,60})' is not defined")
_RAISED = re.compile(r"(?:Error|Exception|Failed|Timeout)$")
_SUBMODULE = re.compile(r"No module named '?([A-Za-z_]\w{1,40})\.([\w.]{1,80})")
_PLAIN = {
    "NoneType", "bool", "bytes", "dict", "float", "function", "generator", "int", "list", "method", "module", "set",
    "str", "tuple", "type",
}  # fmt: skip
# what classes of the stack end in; a user's own is seen by its frames
_CLASS = re.compile(
    r"(?:Accelerator|AdamW?|Args|Arguments|Attention|Cache|CausalLM|Collator|Config|DataLoader|Decoder|Embedding|"
    r"Encoder|Engine|Generation|LM|Layer|LLM|Linear\w{0,8}|MLP|Mixin|Model|Optimizer|Params\w{0,8}|Pipeline|Plugin|"
    r"Processor|Quantizer|Router|Sampler|Scheduler|State|Tensor|TokenizerFast|Tokenizer|Trainer|Wrapper)$"
)


def attribute(match: Match, _case: Case) -> list[Match]:
    """A name that a module or an object of another package does not have."""
    line = match.sighting.line.text
    if "partially initialized" in line:
        return []
    if found := _MODULE.search(line):
        if not in_stack(found[1]) or found[3].startswith("__"):
            return []
        return _apart(match, name=found[3], module=found[1] + found[2])
    found = _OBJECT.search(line)
    if found is None or found[1] in _PLAIN or not _of_packages(match, found[1]):
        return []
    return _apart(match, name=found[2], module=found[1])


def argument(match: Match, _case: Case) -> list[Match]:
    """An argument that a function of another package does not take any more, or takes only now."""
    found = _ARGUMENT.search(match.sighting.line.text)
    if found is not None and _RAISED.search((found[1] or "").partition(".")[0]):
        return [replace(match, rule=rule_of("cause-above"))]  # an exception that could not be told again
    if found is None or not _of_packages(match, (found[1] or "").partition(".")[0]):
        return []
    return _apart(match, name=found[2] or found[3] or "", module=found[1] or "")


def name(match: Match, _case: Case) -> list[Match]:
    """A name that an installed package did not get: an optional package is missing, or of another release."""
    found, above = _UNDEFINED.search(match.sighting.line.text), frames(match.sighting)
    if found is None or not above or not any(in_stack(frame.module) for frame in above[:2]):
        return []
    who = next(frame.module for frame in above if frame.module)
    return [replace(match, captured={**match.captured, "name": found[1], "package": who})]


def submodule(match: Match, _case: Case) -> list[Match]:
    """A part of an installed package: were the package itself missing, Python would name that alone."""
    line = match.sighting.line.text
    found = _SUBMODULE.search(line)
    if found is None or "is not a package" in line or not in_stack(found[1]) or "._C" in line:
        return []
    return _apart(match, name=found[2].rstrip("."), module=found[1])


def _apart(match: Match, name: str, module: str) -> list[Match]:
    captured = {**match.captured, **{key: value for key, value in (("name", name), ("module", module)) if value}}
    who = next((frame.module for frame in frames(match.sighting) if frame.module), "")
    if who and who != module.partition(".")[0]:
        captured["package"] = who
    return [replace(match, captured=captured)]


def _of_packages(match: Match, named: str) -> bool:
    """Whether packages are at odds: the raising frame is an installed one's, or the name is of the stack's make."""
    above: tuple[Frame, ...] = frames(match.sighting)
    if above and above[0].module:
        return True
    return bool(_CLASS.search(named))


FUNCTIONS: dict[str, Judge] = {
    "attribute-apart": attribute,
    "argument-apart": argument,
    "name-apart": name,
    "submodule-apart": submodule,
}
