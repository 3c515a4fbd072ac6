"""YAML as we read it: safe, bounded, and with versions left as the strings that people wrote.

Plain YAML takes `3.10` for the number 3.1 and `2026-11-23` for a date. In our files every scalar that is not a
whole number, `true`, `false` or `null` is text, so that nobody has to think of quotes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from envdoc.errors import DataError

LIMIT_BYTES = 256 * 1024  # a profile has some 2 KiB, the longest table some 20


def parse(text: str, name: str) -> Any:
    """The data of one YAML document.

    Raises:
        DataError: not YAML, too long, or with aliases (which can blow up a small file); names file and line.
    """
    import yaml

    check_size(text, name)
    try:
        return yaml.load(text, Loader=loader())  # noqa: S506 - a SafeLoader with fewer types
    except yaml.YAMLError as error:
        raise broken(error, name) from error


def compose(text: str, name: str) -> Any:
    """The node tree of one YAML document, whose nodes know their line; None for an empty one.

    Raises:
        DataError: as for `parse`.
    """
    import yaml

    check_size(text, name)
    try:
        return yaml.compose(text, Loader=loader())
    except yaml.YAMLError as error:
        raise broken(error, name) from error


def check_size(text: str, name: str) -> None:
    if len(text) > LIMIT_BYTES:
        raise DataError(f"{name}: longer than {LIMIT_BYTES // 1024} KiB", hint="check that this is the right file")


def broken(error: Any, name: str) -> DataError:
    """What YAML's own error says, with file and line: `rtx.yaml:7: mapping values are not allowed here`."""
    mark = getattr(error, "problem_mark", None)
    place = f"{name}:{mark.line + 1}" if mark is not None else name
    told = getattr(error, "problem", None) or str(error).splitlines()[0]
    return DataError(f"{place}: not valid YAML: {told}", hint=f"mend `{place}`; indent with blanks, not tabs")


@cache
def loader() -> Any:
    """A safe loader without floats, dates and aliases; libyaml's where it is there (ten times faster)."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class PlainLoader(base):  # type: ignore[misc]
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                event = self.peek_event()
                raise yaml.composer.ComposerError(None, None, "aliases (`*name`) are not allowed", event.start_mark)
            return super().compose_node(parent, index)

    dropped = {"tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp"}
    PlainLoader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in pairs if tag not in dropped]
        for first, pairs in base.yaml_implicit_resolvers.items()
    }
    return PlainLoader


def text_of(path: Path) -> str:
    """The text of a file that may not be longer than `LIMIT_BYTES`.

    Raises:
        DataError: it is not there, too long, or no UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LIMIT_BYTES + 1)
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}", hint="check the path") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 (byte {error.start})", hint="save the file as UTF-8") from error
