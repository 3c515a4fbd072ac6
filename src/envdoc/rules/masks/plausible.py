"""Whether a value under a secret's name can be one: not `missing`, `None`, `$HF_TOKEN`, `<your token>`, `str`."""

from __future__ import annotations

from envdoc.rules.masks.base import compiled, words
from envdoc.rules.masks.names import Family, family

# What stands after `password` or `token` in messages, configurations and signatures, and is none.
_WORDS = words(
    """
    a absent accepted again please try files line eof field end identifier at here all already always an and any
    are as ask asked at auto available bad basic be bearer been bool but by bytes can cannot changed check
    configured could default denied deprecated did digest disabled does empty enabled error expired expires
    failed failure false file for found from function given got has have hidden if ignored in incorrect int
    invalid is it its kerberos key keyring length like list loaded login malformed masked mismatch missing must
    negotiate never new nil no none not null object of ok on one only optional or our over pass passed password
    permission placeholder plain present prompt protected provided read redacted refused rejected required reset
    restored revoked saved secret see sent set should some stored str string successful successfully supported
    taken that the their them then this to token too true type unauthorized undefined unknown unset unused
    updated use used user using valid value verified visible was were what when which will with without word
    wrong yes you your
    """
)
_REFERENCE = (
    r"\$\{?[A-Z_][A-Z0-9_]*(?::?[-=+?][^}]*)?\}?|\$env:\w+|\$\(.*|%\w+%|!\w+!|\{\{?.*|"
    r"<[^>]*>?|\[[^\]]*\]?|\*+|\.{3,}.*|(?:[a-zA-Z]{2,8}[-_])?(?:x{3,}|X{3,})|…+|"
    r"-+|_+|\(.*|[A-Za-z_][\w.]*[(\[].*|@[\w/.]+|[|>][-+]?|vault:.*|env:.*|file:.*|secretref:.*|!\w+.*"
)
_TYPE = r"(?:str|bytes|int|bool|float|dict|list|Any|Optional|Union|String|Secret\w*)\b.*"
_NUMBER = r"[-+]?\d{1,9}(?:[.,]\d+)*(?:[a-z%]{0,4}|/\d+)|\d+(?:\.\d+)+\S{0,12}"
_PATH = r"(?:HK[A-Z]{2,}|~|\.{1,2}|[A-Za-z]:|\$\w+|%\w+%)?[\\/](?:[\w.@~ -]+[\\/])*[\w.@~ -]*"
_IDENTIFIER = r"(?:[A-Za-z_]\w*\.)*[A-Za-z_][A-Za-z_]*"
_STRIP = "()[]{}.,;:!?\"'`"


def can_be_secret(value: str, kind: Family, *, quoted: bool) -> bool:
    """Whether `value` may be masked under a name of this family."""
    bare = value.strip()
    word = bare.strip(_STRIP)
    if not word or word.lower() in _WORDS or (_is(_REFERENCE, bare) and not (quoted and bare[0] in "-_(@!")):
        return False
    if not quoted and (_is(_TYPE, bare) or _names_a_secret(word)):
        return False
    if kind is Family.SURE:
        return not _is(r"\d{1,3}(?:\.\d+)?", word)  # `PASS=12` of a test run
    if _is(_NUMBER, word) or _is(_PATH, bare):
        return False
    return kind is Family.LIKELY or looks_random(word)


def _names_a_secret(word: str) -> bool:
    """`token=self.token`, `api_key=api_key`: code in a traceback."""
    return _is(_IDENTIFIER, word) and family(word.rpartition(".")[2]) is not None


def looks_random(word: str) -> bool:
    """Letters with digits, small letters with capitals, or long: no word of a language."""
    if len(word) < 6 or not word.isascii() or _is(_NUMBER, word) or _is(_PATH, word):
        return False
    digits, letters = any(c.isdigit() for c in word), any(c.isalpha() for c in word)
    if digits and letters:
        return not _is(r"[a-z]+[-_]?\d{1,4}|v?\d+(?:\.\w+)+", word)
    mixed = word.lower() != word and not _is(r"(?:[A-Z]?[a-z]+|[A-Z]+)(?:[-_ .](?:[A-Z]?[a-z]+|[A-Z]+))*", word)
    return (len(word) >= 10 and mixed) or (digits and len(word) >= 12)


def _is(pattern: str, text: str) -> bool:
    return compiled(pattern).fullmatch(text) is not None
