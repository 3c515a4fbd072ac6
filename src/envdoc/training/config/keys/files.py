"""The files of an installed LLaMA-Factory and transformers that say which keys there are."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.training.config.keys import source
from envdoc.training.config.keys.values import Key, Keys, Template

_OWN = ("model_args", "data_args", "training_args", "finetuning_args", "generating_args")
_THEIRS = ("training_args", "training_args_seq2seq")
LIMIT = 1 << 20


def installed(host: Host, llamafactory: str, transformers: str, versions: tuple[str, str]) -> Keys | None:
    """What the two package folders say; None where one of the files cannot be read.

    `versions` are those of the two distributions.
    """
    constants = _text(host, llamafactory, "extras", "constants.py")
    utils = _text(host, transformers, "trainer_utils.py")
    theirs = [_text(host, transformers, f"{name}.py") for name in _THEIRS]
    own = [_text(host, llamafactory, "hparams", f"{name}.py") for name in _OWN]
    if not all((constants, *theirs, *own)):
        return None
    told = _text(host, llamafactory, "data", "template.py")
    keys = parsed(own, theirs, (constants, utils, *theirs))
    return Keys(*versions, llamafactory, keys, source.templates(told))


def parsed(own: list[str], theirs: list[str], more: tuple[str, ...]) -> dict[str, Key]:
    """The keys of the sources; LLaMA-Factory's win, as its class stands below transformers'. `more` has the enums."""
    choices: dict[str, tuple[str, ...]] = {}
    for text in more:
        choices.update(source.enums(text))
    keys: dict[str, Key] = {}
    for text in own:
        keys |= {name: key for name, key in source.fields(text, choices, "llamafactory").items() if name not in keys}
    for text in theirs:
        keys |= {name: key for name, key in source.fields(text, choices, "transformers").items() if name not in keys}
    return keys


def templates(text: str) -> dict[str, Template]:
    return source.templates(text)


def _text(host: Host, *parts: str) -> str:
    separator = "\\" if "\\" in parts[0] else "/"
    text = host.read(separator.join(parts), limit=LIMIT).or_else("")
    return text.replace("\r\n", "\n")  # a checkout on Windows
