"""YAML as we read it: safe, bounded, and with versions left as the strings that people wrote.

Plain YAML takes `3.10` for the number 3.1 and `2026-11-23` for a date. In our files every scalar that is not a
whole number, `true`, `false` or `null` is text, so that nobody has to think of quotes.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from envdoc.errors import DataError
from envdoc.knowledge import files

_INT = "tag:yaml.org,2002:int"
LIMIT_BYTES = 256 * 1024  # a profile has some 2 KiB, the longest table some 20
LIMIT_DEPTH = 20  # deeper nesting is no profile, and could exhaust the stack


def parse(text: str, name: str) -> Any:
    """The data of one YAML document, of a file that is ours or that `compose` has taken.

    Raises:
        DataError: not YAML; names file and line.
    """
    import yaml

    try:
        return yaml.load(text, Loader=loader())  # noqa: S506 - a SafeLoader with fewer types
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise broken(error, name) from error


def shipped(path: str) -> Any:
    """The data of a YAML file that travels with envdoc: from its compiled twin where the wheel has one.

    `tools/compile_data.py` writes the twins (`torch.json` beside `torch.yaml`) when a wheel is built; reading them
    saves the import of a YAML parser, a tenth of the time of `envdoc check`. A source checkout has none.

    Raises:
        OSError: the file is not there.
        DataError: not YAML.
    """
    try:
        return json.loads(files.read(path.removesuffix(".yaml") + ".json").decode())
    except FileNotFoundError:
        return parse(files.read(path).decode(), files.name(path))


def compose(text: str, name: str) -> Any:
    """The node tree of one YAML document from anywhere, whose nodes know their line; None for an empty one.

    Raises:
        DataError: not YAML, nested too deep, or with aliases (which let a small file grow without bounds).
    """
    import yaml

    try:
        _refuse_bombs(text, name)
        return yaml.compose(text, Loader=loader())
    except yaml.YAMLError as error:
        raise broken(error, name) from error


def _refuse_bombs(text: str, name: str) -> None:
    """Looks at the events, which are few whatever the file would grow to."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=loader()):
        place = f"{name}:{event.start_mark.line + 1}" if event.start_mark else name
        if isinstance(event, yaml.AliasEvent):
            raise DataError(f"{place}: aliases (`*name`) are not allowed", hint="write the value out")
        if tag := _tag(event):
            raise DataError(f"{place}: tags (`{tag}`) are not allowed", hint="write the plain value")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > LIMIT_DEPTH:
            raise DataError(f"{place}: nested deeper than {LIMIT_DEPTH}", hint="check that this is the right file")


def _tag(event: Any) -> str:
    """`!!int`, `!!python/object`: a type that somebody wrote, where the value's look should tell it; "" without."""
    tag, implicit = getattr(event, "tag", None), getattr(event, "implicit", True)
    plain = any(implicit) if isinstance(implicit, tuple) else bool(implicit)
    return "" if tag in (None, "!") or plain else str(tag)


def broken(error: Any, name: str) -> DataError:
    """What YAML's own error says, with file and line: `rtx.yaml:7: not valid YAML: mapping values ...`."""
    mark = getattr(error, "problem_mark", None)
    place = f"{name}:{mark.line + 1}" if mark is not None else name
    told = getattr(error, "problem", None) or str(error).splitlines()[0]
    return DataError(f"{place}: not valid YAML: {told}", hint="indent with blanks, not tabs, and close what you open")


@cache
def loader() -> Any:
    """A safe loader without floats and dates; libyaml's where it is there (ten times faster)."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class PlainLoader(base):  # type: ignore[misc]
        pass

    # numbers are decimal and no longer than a number of ours: not 1:2:3 (base 60), 0b1, 1_000 or 5,000 digits
    whole = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})$")
    dropped = {"tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp"}
    PlainLoader.yaml_implicit_resolvers = {
        first: [(tag, whole if tag == _INT else pattern) for tag, pattern in pairs if tag not in dropped]
        for first, pairs in base.yaml_implicit_resolvers.items()
    }
    return PlainLoader


def text_of(path: str, limit: int = LIMIT_BYTES) -> str:
    """The text of a file that may not be longer than `limit` bytes.

    Raises:
        DataError: it is not there, too long, or no UTF-8.
    """
    try:
        raw = files.read(path, limit + 1)
        if len(raw) > limit:
            raise DataError(f"{path}: longer than {limit // 1024} KiB", hint="check that this is the right file")
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}", hint="check the path") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 (byte {error.start})", hint="save the file as UTF-8") from error
