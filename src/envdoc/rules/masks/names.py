"""Which names hold secrets: `HF_TOKEN`, `apiKey`, `X-Api-Key`; not `eos_token`, `key_proj`, `TOKENIZERS_X`."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from envdoc.rules.masks.base import compiled, words


class Family(Enum):
    """How sure a name makes us. SURE: any value is secret but words like `missing`. LIKELY: numbers, types and
    paths are not. WEAK: only what looks random."""

    SURE = 3
    LIKELY = 2
    WEAK = 1


_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+"
_SURE_WORDS = words(
    "credentials credential creds psk secretkey requirepass masterauth userpass dbpass rootpass adminpass"
)
_PASSWORD = ("password", "passwd", "passphrase", "passcode")
# Before `token`: who speaks of a language model's tokens.
_OF_A_MODEL = words(
    """
    a accepted add added additional all any assistant audio avg begin blank boa boi bos bov box byte char class
    cls completion context control count cur current decoder deleted draft drop dropped each einstein empty
    encoder end eoa eod eoi eom eop eos eot eov extra fim first forced from full gen generate generated gpu im
    image img input inst invalid label lang language last latent left lm mask masked max mean media merge middle
    min model multi n new newline next nl no non num number of one other out output pad padding patch per
    position prefix prev previous prompt punct query rare raw ref rejected reserved response right sample
    sampled second sentence sentinel sep separator sequence single skip soi sos sot source space special speech
    start step stop str sub suffix summary system tag target text the think this time tool total train trainable
    trained trim unexpected unk unknown unmatched unused user valid video vision visual vocab wildcard word
    """
)
# Before `token`: who speaks of access.
_OF_ACCESS = words(
    """
    access account admin agent api app auth authentication authorization aws azure bearer bot build ci clearml
    client cloud cluster codecov comet csrf dashscope deploy discord docker git gitea github gitlab hf hub
    huggingface id install job join jwt k8s kaggle line login master mlflow modelscope neptune ngc node npm
    oauth oidc openai personal private pypi read refresh registry release replicate repo role runner sas secret
    security server service session sessions sign signing slack ssh sso telegram upload vault wandb web webhook
    write x
    """
)
# Before `key`: what makes it a secret, however it is written.
_KEYED = words(
    """
    access account admin aes anthropic api app auth authentication aws azure bearer client cohere comet consumer
    dashscope datadog deepseek deploy dev encryption fernet functions gcp gemini google gpg groq hf hmac
    huggingface kaggle langchain langsmith license master mistral modelscope moonshot neptune ngc nvidia openai
    openrouter private project rsa secret security service session shared signing ssh storage stripe
    subscription tailscale together wandb webhook zhipu
    """
)
_GLUED_KEYS = frozenset(
    f"{word}key"
    for word in (
        "api",
        "access",
        "account",
        "auth",
        "private",
        "secret",
        "shared",
        "master",
        "signing",
        "encryption",
        "license",
        "ssh",
    )
)
# Before `KEY`, in capitals: a place in a table, or what may be known.
_NO_KEYS = words(
    """
    bucket cache candidate column composite dict foreign group h hash hot index json lookup map object partition
    primary public registry route routing row search sort unique
    """
)
_NO_PASSWORDS = words(
    "forward backward first second third one two multi single num last render full extra each per final"
)
_AFTER = words(
    """
    b64 backup base base64 data id new old pem raw string value
    """
)
# After a secret's word: the name speaks about it.
_ABOUT = words(
    """
    age attempts auth authentication count dir encoding error expired expires expiry field fields format hash
    helper ids index indices info input kind len length less limit list manager map max min mode model name
    names num padding per policy pooling probs prompt provider ratio required reset size source status store
    strength type types url usage used validation version weights
    """
)


@lru_cache(maxsize=4096)
def family(name: str) -> Family | None:
    """How likely a value under this name is secret; None where it is not."""
    name = (
        compiled(r"--?(?:D(?=\w{3}))?").sub("", name, count=1) if name.startswith("-") else name
    )  # cmake's `-DNAME=`
    words = [word.lower() for word in compiled(_WORD).findall(name)]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    loud = name.upper() == name and name.lower() != name
    if not words or name in ("PWD", "OLDPWD"):
        return None
    return _of(words, loud, name)


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name holds a secret: `HF_TOKEN`, not `TOKENIZERS_PARALLELISM`."""
    return bool(compiled(r"[\w.:-]+").fullmatch(name)) and family(name) in (Family.SURE, Family.LIKELY)


def _of(words: list[str], loud: bool, name: str) -> Family | None:
    *before, last = words
    if before and last in _ABOUT and not (loud and last in ("auth", "authentication")):
        return None
    for place, word in enumerate(words):
        if word.endswith(_PASSWORD) or word in _SURE_WORDS:
            return Family.SURE
        if word == "secret" and (
            place == len(words) - 1 or loud or words[place + 1] in ("key", "access", "token", *_AFTER)
        ):
            return Family.SURE
    if last == "pass" and before and before[-1] in _NO_PASSWORDS:
        return None
    if last in ("pwd", "pass"):
        return Family.SURE if loud or before or name == "Pwd" else Family.LIKELY if last == "pwd" else Family.WEAK
    if last == "pat" and loud:
        return Family.LIKELY
    if last in ("auth", "authorization", "cookie", "cookies", "jwt", "otp", "bearer", "secrets", "sas"):
        return Family.LIKELY if loud and before else Family.WEAK
    return _token(before, last, loud) or _key(words, loud)


def _token(before: list[str], last: str, loud: bool) -> Family | None:
    if last in ("authtoken", "accesstoken", "apitoken"):
        return Family.LIKELY
    if last not in ("token", "tokens"):
        return None
    if before and before[-1] in _OF_ACCESS:
        return Family.LIKELY if last == "token" or loud else None
    if before and before[-1] in _OF_A_MODEL:
        return None
    if last == "tokens":
        return Family.WEAK if loud and before else None
    return Family.LIKELY if loud or not before else Family.WEAK


def _key(words: list[str], loud: bool) -> Family | None:
    if words[-1] in _AFTER and len(words) > 1:
        words = words[:-1]
    *before, last = words
    if last in _GLUED_KEYS:
        return Family.LIKELY
    if last not in ("key", "keys") or not before or before[-1] in _NO_KEYS:
        return None
    if before[-1] in _KEYED:
        return Family.LIKELY if last == "key" or loud else Family.WEAK
    return Family.LIKELY if loud and last == "key" else None
