"""The command line of a training run, from a string or a script: split as a shell would, nothing executed.

FORCE_TORCHRUN=1 llamafactory-cli train qwen3.yaml learning_rate=1e-5
torchrun --nproc-per-node=8 src/train.py --stage sft --do_train
accelerate launch --config_file fsdp.yaml src/train.py qwen3.yaml
deepspeed --num_gpus 8 src/train.py --deepspeed ds.json --stage sft
python run/ranks.py --ranks 2 --llamafactory qwen3.yaml
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from envdoc.model.value import replace
from envdoc.training.config.values import RANKS, Entry, Form, Launch, Problem, TrainFile

PROGRAMS = ("llamafactory-cli", "lmf", "torchrun", "accelerate", "deepspeed")
_VARIABLE = re.compile(r"[A-Za-z_]\w*=")
_SCRIPT = re.compile(r"(train|launcher)\.py$|llamafactory[./]launcher$")
_RANKS = re.compile(r"(^|[/\\])ranks\.py$")
# `if not defined A set "A=0"`, `if (-not $env:A) { $env:A = '0' }`, `export A="${A:-0}"`
_DEFAULTS = (
    re.compile(r"""if not defined (\w+) set "?\1=([^"]*)"?$""", re.IGNORECASE),
    re.compile(r"""if \(-not \$env:(\w+)\) \{ \$env:\1 = '([^']*)' \}$""", re.IGNORECASE),
    re.compile(r"""(?:export )?(\w+)="?\$\{\1:-([^}"]*)\}"?$"""),
)
_WINDOWS = (".bat", ".cmd", ".ps1")
_DRIVE = re.compile(r"\b[A-Za-z]:\\")
_SWITCHES = ("standalone", "multi_gpu", "use_deepspeed", "use_fsdp", "cpu", "no_python", "module", "m", "debug")


def read_command(path: str, text: str) -> TrainFile:
    """The first command of the text that starts a training run, with the variables that were set before it."""
    before: dict[str, str] = {}
    text, defaults = _defaults(text)
    for words in commands(text, windows=path.lower().endswith(_WINDOWS) or bool(_DRIVE.search(text))):
        variables, rest = _variables(words)
        before |= {} if rest else variables
        made = _training(path, before | variables, rest)
        if made is not None and made.launch is not None:
            return replace(made, launch=replace(made.launch, defaults=defaults))
    return TrainFile(path, Form.COMMAND, problems=(Problem("train-command-unknown", "summary"),))


def _defaults(text: str) -> tuple[str, dict[str, str]]:
    """The text without its lines that set a variable only where the environment has none, and what these set."""
    found: dict[str, str] = {}
    kept = []
    for line in text.splitlines(keepends=True):
        match = next(filter(None, (pattern.match(line.strip()) for pattern in _DEFAULTS)), None)
        if match is None:
            kept.append(line)
        else:
            found[match[1]] = match[2]
    return "".join(kept), found


def commands(text: str, *, windows: bool = False) -> Iterator[list[str]]:
    """Each line's words; continued lines (`\\` of a shell, `^` of cmd) are one, `&&` and `;` part commands.

    On `windows` a backslash is part of a path.
    """
    joined = re.sub(r"[ \t]*[\\^]\r?\n[ \t]*", " ", text)
    for line in joined.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith(("#", "::", "rem ", "REM ")):
            continue
        words = _words(stripped, windows)
        current: list[str] = []
        for word in words:
            if word in ("&&", ";", "||", "|", "&"):
                yield current
                current = []
            elif word.endswith(";"):
                yield [*current, word[:-1]]
                current = []
            else:
                current.append(word)
        yield current


def _words(line: str, windows: bool) -> list[str]:
    split = shlex.shlex(line, posix=True)
    split.whitespace_split = True
    if windows:
        split.escape = ""
    try:
        return list(split)
    except ValueError:  # quotes that are never closed
        return line.split()


def _training(path: str, variables: dict[str, str], rest: list[str]) -> TrainFile | None:
    if not rest:
        return None
    name = re.split(r"[/\\]", rest[0])[-1].removesuffix(".exe")
    if name in ("llamafactory-cli", "lmf"):
        verb, arguments = (rest[1], rest[2:]) if len(rest) > 1 else ("", [])
        return _judged(path, Launch("llamafactory-cli", verb, variables), arguments)
    if name in ("python", "python3", "py"):
        return _python(path, variables, rest[1:])
    if name in PROGRAMS:
        rest = rest[2:] if name == "accelerate" and rest[1:2] == ["launch"] else rest[1:]
        return _script(path, Launch(name, "train", variables), rest)
    return None


def _python(path: str, variables: dict[str, str], words: list[str]) -> TrainFile | None:
    place = next((index for index, word in enumerate(words) if _RANKS.search(word)), None)
    if place is not None:
        return _ranks(path, variables, words[place + 1 :])
    return _script(path, Launch("python", "train", variables), words)


def _ranks(path: str, variables: dict[str, str], words: list[str]) -> TrainFile | None:
    """The launcher that `envdoc launch` writes: `--ranks 2 --llamafactory a.yaml`, or a program behind `--`."""
    cut = words.index("--") if "--" in words else len(words)
    own = {entry.key: str(entry.value) for entry in _pairs(words[:cut])}
    launch = Launch(RANKS, "train", variables, {"nproc_per_node": own.get("ranks", "")})
    if "llamafactory" in own:
        return _judged(path, launch, [own["llamafactory"]])
    return _script(path, launch, words[cut + 1 :])


def _variables(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """`FORCE_TORCHRUN=1 …`, `env A=b …`, `set A=b`, `export A=b`, `$env:A = "b"`."""
    found: dict[str, str] = {}
    rest = [word.removeprefix("$env:") for word in words]
    if len(rest) == 3 and rest[1] == "=":
        return {rest[0]: rest[2]}, []
    while rest and (_VARIABLE.match(rest[0]) or rest[0] in ("env", "set", "export", "nohup", "time")):
        if _VARIABLE.match(rest[0]):
            name, _, value = rest[0].partition("=")
            found[name] = value
        rest.pop(0)
    return found, rest


def _script(path: str, launch: Launch, words: list[str]) -> TrainFile | None:
    """A launcher's own options stand before the script, the training program's behind it."""
    place = next((index for index, word in enumerate(words) if _SCRIPT.search(word)), None)
    if place is None:
        return None
    told = {entry.key.replace("-", "_"): str(entry.value) for entry in _pairs(words[:place], _SWITCHES)}
    options = launch.options | {key: value for key, value in told.items() if key not in ("m", "module")}
    arguments = words[place + 1 :]
    if arguments[:1] == ["train"] and not words[place].endswith("train.py"):
        arguments = arguments[1:]
    return _judged(path, Launch(launch.program, launch.verb, launch.variables, options), arguments)


def _judged(path: str, launch: Launch, arguments: list[str]) -> TrainFile:
    first = arguments[0] if arguments else ""
    if first.endswith((".yaml", ".yml", ".json")):
        entries = [_dotted(word) for word in arguments[1:] if "=" in word and not word.startswith("-")]
        named = Launch(launch.program, launch.verb, launch.variables, launch.options, first)
        return TrainFile(path, Form.COMMAND, {entry.key: entry for entry in entries}, launch=named)
    entries = list(_pairs(arguments))
    return TrainFile(path, Form.COMMAND, {entry.key: entry for entry in entries}, launch=launch)


def _dotted(word: str) -> Entry:
    """`key=value` behind a YAML file: OmegaConf reads the value as YAML."""
    from envdoc.training.config.read.yamltext import read_yaml

    key, _, told = word.partition("=")
    entry = read_yaml("", f"{key}: {told}").entries.get(key)
    return Entry(key, entry.value if entry else told, file="command line")


def _pairs(words: list[str], switches: tuple[str, ...] = ()) -> Iterator[Entry]:
    """`--key value`, `--key=value`, `--key a b c`, `--switch`."""
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if not word.startswith("-") or _number(word):
            continue
        key, equals, told = word.lstrip("-").partition("=")
        values = [told] if equals else []
        while not equals and index < len(words) and key.replace("-", "_") not in switches:
            if words[index].startswith("-") and not _number(words[index]):
                break
            values.append(words[index])
            index += 1
        yield Entry(key, values[0] if len(values) == 1 else (values or True))


def _number(word: str) -> bool:
    return re.fullmatch(r"-\.?\d[\d.eE+-]*", word) is not None
