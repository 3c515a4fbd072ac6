"""One reader of versions in sentences: whose version, and whether it is wanted, or is what is there.

    pyarrow requires NumPy 2.0 or newer                     wants numpy >=2.0
    CMake 3.26 or higher is required.  You are running version 3.22.1
    This model needs transformers>=4.56 but found 4.51.3
    was compiled for PyTorch 2.5.1+cu124, you have 2.7.0+cu128

The verb decides, not the number: "requires", "supports up to", "built for" tell what is wanted; "found", "installed",
"you have" what is there.
"""

from __future__ import annotations

import re

from envdoc.model.value import dataclass

_Q = r"[`'\"]?"
_V = r"v?(\d{1,4}(?:\.\d{1,4}){1,3}(?:[.-]?(?:dev|post|rc)\d{1,4})?(?:\+\w{1,12})?)"
# names that need no operator beside them to be a package's, or a program's
_KNOWN = (
    "accelerate bitsandbytes cmake cuda cuda\\stoolkit cuda\\sruntime cudnn cutlass datasets deepspeed diffusers "
    "flash[-_\\s]?attn flash[-_\\s]?attention flashinfer gcc g[+][+] clang glibc gradio huggingface[-_]hub llvm msvc "
    "nccl ninja numpy nvcc nvidia\\sdriver optimum pandas peft pip protobuf pyarrow pydantic pytorch torch python "
    "ray rustc? safetensors scipy setuptools sglang tensorflow tensorrt tokenizers torchao torchaudio torchvision "
    "triton trl transformer[-_]engine transformers unsloth unsloth[-_]zoo vllm xformers"
)
_NAMES = "|".join(sorted(_KNOWN.split(), key=len, reverse=True))
_N = rf"(?<![\w./-]){_Q}((?i:{_NAMES})){_Q}"
_ANY = rf"{_Q}([A-Za-z][\w.-]{{1,40}}?)(?:\[[\w,]{{1,20}}\])?"
_OF = r"(?: version| release| package| library)?(?: of)?"
_LEAST = (
    r"(?: (?:at least|version|a minimum of|(?:greater|newer|higher|more) than|or equal to|above|>=?|==|<=?|~=)){0,3}"
)
_MORE = (
    r"(?:\+| ?(?:or|and|/) ?(?:a )?(?:newer|later|higher|above|greater|up|more recent)|"
    r" or older| or lower| and below)?"
)
# of any name only with a point, or a program's own setting (`head_dim=256`, `pp_size == 1`) would be a package's
_BOUND = r"((?:(?:[<>]=?|[=!~]=) ?\d[\w*+]{0,8}\.[\w.*+]{1,16}(?:, ?[<>=!~]{1,2} ?\d[\w.*+]{0,20}){0,5}))"
_ANY_BOUND = r"((?:[<>=!~]{1,2} ?\d[\w.*+]{0,20}(?:, ?)?){1,6})"
_TO = r"(?: to)?(?: be)?(?: run)?(?: on| with)?(?: the| a| your)?(?: minimum)?"
_ONLY = r"(?:only (?:available|works|compatible)|support(?:ed)?)(?: in| with| for| from| on)?"
_VERB = r"(?:require[sd]?|needs?|expect(?:s|ed)?|wants?|demands?|depends on|(?:only )?supports?|upgrade|update)"
_DO = r"(?:install(?: -{1,2}[\w-]{1,20}){0,3}|upgrade to|downgrade to|with|for)"
_SEEN = r"(?:[Ff]ound|got|have|has|detected|running|using|installed|is|are on|with)"
_BAD = r"is (?:installed|found|used|too (?:old|new)|(?:not |un)supported|not compatible|incompatible)"
_BUILT = r"(?:built|build|compiled|linked|made|written)"


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


# each with a name, and a version or a bound
_WANTS = _compiled(
    rf"(?:{_VERB}|{_DO}) {_N} ?{_ANY_BOUND}",
    rf"(?:{_VERB}|{_DO}) {_ANY} ?{_BOUND}",
    rf"{_N} ?{_ANY_BOUND}{_Q} (?:is|are) (?:required|needed)",
    rf"{_ANY} ?{_BOUND}{_Q} (?:is|are) (?:required|needed)",
    rf"{_VERB} {_N} (\d{{2}})\+",
    rf"{_VERB}{_TO} {_N}{_OF}(?: to)?{_LEAST} {_Q}{_V}{_Q}{_MORE}",
    rf"{_N}{_OF}{_LEAST} {_V}{_MORE},?(?: is| are)? (?:required|needed|the minimum|expected)",
    rf"{_N}{_OF} (?:must|should|has to|needs to) be{_LEAST} {_V}{_MORE}",
    rf"(?i:minimum|minimal|maximum|lowest|oldest)(?: required| supported)? {_N}{_OF}(?: is|:|=)? ?{_V}",
    rf"{_BUILT} (?:for|with|against|using) {_N}{_OF} ?\(?{_V}",
    rf"{_ONLY} {_N}{_OF}{_LEAST} ?{_V}{_MORE}",
)
_REFUSED = _compiled(
    rf"(?:[Ii]ncompatible|not compatible) with {_N}{_OF}{_LEAST} ?{_V}",
    rf"{_N}{_OF} ?\(?(?:is |: |= ?|==)?{_V}\)? (?:{_BAD}|does not)",
)
_HAS = _compiled(
    rf"{_SEEN} {_N}{_OF}(?:==| |: ?|=|-){{1,2}}\(?{_V}",
    rf"{_N}{_OF} ?\(?(?:is |: |= ?|==)?{_V}\)? (?:{_BAD}|(?:was )?found|installed|detected|does not|but)",
    rf"(?:[Yy]our|[Cc]urrent|[Ii]nstalled|[Dd]etected|the)(?: installed| current)? {_N}{_OF}(?: is|:|=)? ?\(?{_V}",
)
# a version that stands alone, of the package that was spoken of: but found 4.51.3 · You are running version 3.22.1
_BARE = re.compile(
    r"(?i:but (?:found|got|have|is|the)|found|you have|got|installed|current|running(?: with)?|now|detected|actual)"
    rf"(?: version| one)?(?: is|:|=| [A-Za-z][\w-]{{1,30}} ?(?:==)?)? ?[`'\"(]?{_V}"
)
_LEAST_BARE = re.compile(rf"(?:at least|>=|minimum(?: required)?(?: version)?(?: is)?) ?{_V}")
_NEWER = re.compile(r"at least|>=|[Mm]inimum|newer|later|higher|above|greater|\+\Z|or more recent|and up\b")


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence says: a package, the versions it should have, and the one that is there ("" not said)."""

    package: str
    wants: str
    has: str


def told(sentence: str) -> Told | None:
    """The first package whose version the sentence wants or refuses; None where it speaks of none."""
    if wanted := _first(_WANTS, sentence):
        package = name_of(wanted[1])
        rest = sentence[: wanted.start()] + " \n " + sentence[wanted.end() :]
        return Told(package, _bound(wanted), _has(rest, package))
    if refused := _first(_REFUSED, sentence):
        return Told(name_of(refused[1]), "", refused[2])
    there, least = _first(_HAS, sentence), _LEAST_BARE.search(sentence)
    return Told(name_of(there[1]), f">={least[1]}", there[2]) if there and least else None


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := pattern.search(text))), None)


def name_of(text: str) -> str:
    """A name as pip, or its makers, write it: `torch` of `PyTorch`."""
    name = text.strip("`'\" ").lower().replace("_", "-")
    return {"pytorch": "torch", "cuda": "CUDA", "cuda toolkit": "CUDA toolkit", "cuda runtime": "CUDA runtime",
            "cmake": "CMake", "python": "Python", "flash attention": "flash-attn", "flash-attention": "flash-attn",
            "cudnn": "cuDNN", "nccl": "NCCL", "nvidia driver": "NVIDIA driver"}.get(name, name)  # fmt: skip


def _bound(found: re.Match[str]) -> str:
    text = found[2].strip(" ,.")
    if text[0] in "<>=!~":
        return text
    return f">={text}" if _NEWER.search(found[0].replace(text, "")) else text


def _has(rest: str, package: str) -> str:
    for pattern in _HAS:
        for found in pattern.finditer(rest):
            if name_of(found[1]) == package:
                return str(found[2])
    bare = _BARE.search(rest)
    return str(bare[1]) if bare else ""
