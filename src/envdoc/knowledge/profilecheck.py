"""All mistakes of one profile file: those of form by its schema, then those that only sense can tell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from envdoc.errors import DataError
from envdoc.knowledge import files, locks, yamlfile
from envdoc.knowledge.profileschema import SCHEMA
from envdoc.knowledge.schemacheck import Mistake
from envdoc.knowledge.schemacheck import check as check_form
from envdoc.model.codec import decode
from envdoc.model.cuda import version_tuple
from envdoc.model.profile import Profile


def check(path: str) -> list[Mistake]:
    """Every mistake of the file, with line and what to write instead; sense is judged once the form is right."""
    try:
        text = yamlfile.text_of(path)
        node = yamlfile.compose(text, path)
    except DataError as error:
        return [Mistake(*_place(error.message, path), error.hint)]
    if node is None:
        return [Mistake(path, 1, "the file is empty", "copy a shipped profile: `envdoc profiles show cpu`")]
    mistakes = list(check_form(node, SCHEMA, path))
    if mistakes:
        return mistakes
    profile = decode(Profile, yamlfile.parse(text, path))
    return list(_check_sense(profile, node, path))


def check_data(data: Mapping[str, Any], name: str) -> list[Mistake]:
    """The mistakes of form of a profile that came as data (a bundle's), by the schema that files are held to.
    What was left to its default may be there or not; where it came from is no field of a file."""
    told = {key: value for key, value in data.items() if key != "origin" and value not in ("", [], {})}
    node = yamlfile.compose(json.dumps({"gpus": None, **told}), name)
    return list(check_form(node, SCHEMA, name))


def _place(message: str, path: str) -> tuple[str, int, str]:
    """`a.yaml:7: not valid YAML: …` as file, line and text."""
    rest = message.removeprefix(path).lstrip(":")
    line, colon, text = rest.partition(": ")
    return (path, int(line), text) if colon and line.isdecimal() else (path, 1, rest.strip())


def _check_sense(profile: Profile, node: Any, path: str) -> Iterator[Mistake]:
    def at(text: str, instead: str, *keys: str) -> Mistake:
        return Mistake(path, _line_of(node, keys), text, instead)

    python = profile.python
    if python.prefer not in python.allow:
        yield at(f"python.prefer: {python.prefer} is not in python.allow", "add it there", "python", "prefer")
    gpus = profile.gpus
    if gpus is not None and version_tuple(gpus.min) > version_tuple(gpus.max):
        yield at(f"gpus.min {gpus.min} is above gpus.max {gpus.max}", "swap them", "gpus", "min")
    if gpus is None and set(profile.torch.cuda) != {"cpu"}:
        yield at("gpus is null, but torch.cuda names CUDA builds", "write `cuda: [cpu]`", "torch", "cuda")
    if gpus is not None and "cpu" in profile.torch.cuda:
        yield at("torch.cuda: a profile for GPUs cannot take `cpu`", "remove it", "torch", "cuda")
    if profile.components[0] != "torch":
        yield at("components: `torch` must come first", "write it first", "components")
    for name in set(profile.components) & set(profile.optional):
        yield at(f"optional: `{name}` is in components already", "remove it here", "optional")
    for name, file in profile.locks.items():
        places = [files.join(each, "locks", file) for each in (files.folder(path), files.profiles_folder())]
        found = next((place for place in places if files.is_file(place)), None)
        if found is None:
            yield at(f"locks.{name}: no file `{file}` in locks/", "put it beside the profile", "locks", name)
        elif found != places[-1]:  # ours are tested
            yield from locks.mistakes(found)


def _line_of(node: Any, keys: tuple[str, ...]) -> int:
    """The line of the value at `keys`; of the nearest field above it that is there."""
    for key in keys:
        found = next((value for name, value in node.value if name.value == key), None)
        if found is None:
            break
        node = found
    return int(node.start_mark.line) + 1
