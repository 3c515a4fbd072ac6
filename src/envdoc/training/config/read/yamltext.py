"""A YAML training file, with the line of every key and a bound on what aliases may grow to."""

from __future__ import annotations

from typing import Any

from envdoc.training.config.read.scalars import loader
from envdoc.training.config.values import Entry, Form, Problem, TrainFile

LIMIT_NODES = 10_000  # OmegaConf's own bound on nodes after aliases are expanded
LIMIT_DEPTH = 64  # deeper nesting is no configuration, and could exhaust the stack


def read_yaml(path: str, text: str, *, omegaconf: bool = True) -> TrainFile:
    """Every key of the file, or the problem that keeps it from being read.

    `omegaconf` says which reader the release has (see `scalars`).
    """
    import yaml

    if problem := _too_deep(text, omegaconf):
        return TrainFile(path, Form.YAML, problems=(problem,))
    made = loader(omegaconf=omegaconf)(text)
    try:
        node = made.get_single_node()
        if node is None:
            return TrainFile(path, Form.YAML, problems=(Problem("train-file-broken", "empty"),))
        if not isinstance(node, yaml.MappingNode):
            return TrainFile(path, Form.YAML, problems=(_no_mapping(node),))
        if problem := _alias_problem(node):
            return TrainFile(path, Form.YAML, problems=(problem,))
        twice = _duplicates(node)
        own = [(key, value) for key, value in node.value if key.tag != "tag:yaml.org,2002:merge"]
        made.flatten_mapping(node)
        entries = dict(_entry(made, key, value) for key, value in (*node.value, *own))
        return TrainFile(path, Form.YAML, entries, twice)
    except yaml.YAMLError as error:
        return TrainFile(path, Form.YAML, problems=(_broken(error),))
    finally:
        made.dispose()


def _entry(made: Any, key: Any, value: Any) -> tuple[str, Entry]:
    import yaml

    quoted = isinstance(value, yaml.ScalarNode) and value.style in ("'", '"')
    name = str(_constructed(made, key))
    return name, Entry(name, _constructed(made, value), key.start_mark.line + 1, quoted)


def _constructed(made: Any, node: Any) -> Any:
    """The value of a node. PyYAML lets what Python says of `!!int x`, `!!bool x` or `2026-13-45` through as it is."""
    import yaml

    try:
        return made.construct_object(node, deep=True)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        if isinstance(error, yaml.YAMLError):
            raise
        kind = node.tag.rpartition(":")[2]
        raise yaml.constructor.ConstructorError(
            None, None, f"no {kind}: {str(node.value)[:40]!r}", node.start_mark
        ) from error


def _too_deep(text: str, omegaconf: bool) -> Problem | None:
    """Looks at the events, which are few whatever the file would grow to; a file that is no YAML is told later."""
    import yaml

    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader(omegaconf=omegaconf)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > LIMIT_DEPTH:
                line = event.start_mark.line + 1 if event.start_mark else 0
                return Problem("train-file-broken", "too-deep", line, values={"limit": str(LIMIT_DEPTH)})
    except yaml.YAMLError:
        return None
    return None


def _no_mapping(node: Any) -> Problem:
    import yaml

    name = "list" if isinstance(node, yaml.SequenceNode) else "no-mapping"
    return Problem("train-file-broken", name, node.start_mark.line + 1)


def _alias_problem(root: Any) -> Problem | None:
    """A cycle, or aliases that would grow beyond the bound: counted without expanding them."""
    sizes: dict[int, int] = {}

    def size(node: Any, above: tuple[int, ...]) -> int:
        if id(node) in above:
            raise _Cycle(node.start_mark.line + 1)
        if id(node) not in sizes:
            inner = node.value if isinstance(node.value, list) else []
            children = [child for each in inner for child in (each if isinstance(each, tuple) else (each,))]
            sizes[id(node)] = 1 + sum(size(child, (*above, id(node))) for child in children)
        return sizes[id(node)]

    try:
        total = size(root, ())
    except _Cycle as cycle:
        return Problem("train-file-broken", "cycle", cycle.line)
    if total <= LIMIT_NODES:
        return None
    return Problem("train-file-broken", "grows", values={"nodes": f"{total:.3g}" if total > 1e9 else str(total)})


class _Cycle(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _duplicates(node: Any) -> tuple[Problem, ...]:
    """Keys of the file that stand more than once, at their second place."""
    first: dict[str, int] = {}
    found = []
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key.value, str):  # a list or a mapping as a key
            continue
        if key.value in first and key.tag != "tag:yaml.org,2002:merge":
            values = {"key": str(key.value), "first": str(first[key.value])}
            found.append(Problem("train-key-twice", "summary", line, str(key.value), values))
        else:
            first[key.value] = line
    return tuple(found)


def _broken(error: Any) -> Problem:
    """What YAML's own error says and where; a tab as indentation has a sentence of its own."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    told = getattr(error, "problem", None) or str(error).splitlines()[0]
    line = mark.line + 1 if mark is not None else 0
    name = "tab" if "'\\t'" in told or "found character that cannot start any token" in told else "syntax"
    return Problem("train-file-broken", name, line, values={"reason": told})
