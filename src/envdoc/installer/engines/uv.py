"""uv: one call a step. The step's requirements are written as a small project, because only there uv can be
told that a package comes from one index and nothing else does (`explicit = true`, `tool.uv.sources`).
"""

from __future__ import annotations

import json
from pathlib import Path

from envdoc.installer.engines.base import Call, Request, lines, with_hashes
from envdoc.installer.places import OUT_OF_SIGHT, REGISTRY_URL, Places, at_home, places
from envdoc.installer.secrets import Credential, credential_for, whole
from envdoc.model.resolution import Source, SourceLayout
from envdoc.model.value import replace
from envdoc.rules.requirements import normal, pins

NAME = "uv"
_HOME, _REGISTRY = "envdoc-torch", "envdoc-registry"


def environment(tool: str, python: str, path: str) -> Call:
    """`uv venv`; `--allow-existing` because the journal is there first."""
    return Call((tool, "venv", "--allow-existing", "--no-project", "--no-config", "--color", "never",
                 "--python", python, path))  # fmt: skip


def question(tool: str, request: Request) -> Call | None:
    """uv takes hashes for what it is held to as well as for what it is asked for."""
    del tool, request
    return None


def install(tool: str, request: Request) -> tuple[Call, ...]:
    """One `uv pip install`, with torch's packages bound to their index."""
    where = places(request.step.sources)
    project, constraints = request.folder / "pyproject.toml", request.folder / "constraints.txt"
    # where there is no registry, everything may come from home, and `--no-index` would hide a bound one
    home = where.home if where.registry is not None else None
    held = with_hashes(request.step.constraints, request.step.hashes)
    files = {project: _project(request, home), constraints: lines(held), **_overrides(request)}
    argv = (
        *(tool, "pip", "install", "--no-config", "--color", "never", "--python", request.python),
        *("--requirements", str(project), "--constraints", str(constraints)),
        *_places(where, request.options.credentials),
        *_builds(request),
        *(("--require-hashes", "--overrides", str(path)) if (path := next(iter(_overrides(request)), None)) else ()),
        *(("--no-deps",) if request.step.no_deps else ()),
        *request.aside,
        *(word for name in request.trees for word in ("--reinstall-package", name, "--refresh-package", name)),
        *(("--cache-dir", request.options.cache) if request.options.cache else ()),
        *(("--offline",) if request.options.offline else ()),
    )
    return (Call(argv, files, request.step.build_env, _secrets(where, request.options.credentials)),)


def files_of(tool: str, request: Request, platform: str, minor: str, out: Path) -> Call:
    """`uv pip compile` of the same step for another machine: `out` (PEP 751) names the one file of each package that
    would be taken there, by the target's markers and tags. `platform` is uv's name for it."""
    where = places(request.step.sources)
    home = where.home if where.registry is not None else None
    project, constraints = request.folder / "pyproject.toml", request.folder / "constraints.txt"
    held = with_hashes(request.step.constraints, request.step.hashes)
    hidden = _overrides(request)
    files = {project: _project(request, home), constraints: lines(held), **hidden}
    argv = (
        *(tool, "pip", "compile", str(project), "--no-config", "--color", "never", "--quiet", "--no-header"),
        *("--python", request.python, "--python-platform", platform, "--python-version", minor),
        *("--constraints", str(constraints), "--format", "pylock.toml", "--output-file", str(out)),
        *(word for path in hidden for word in ("--overrides", str(path))),
        *_places(where, request.options.credentials),
        *_builds(request),
        *(("--no-deps",) if request.step.no_deps else ()),
        *(("--cache-dir", request.options.cache) if request.options.cache else ()),
    )
    return Call(argv, files, request.step.build_env, _secrets(where, request.options.credentials))


def _overrides(request: Request) -> dict[Path, str]:
    """Where everything must have its hash: what stays out of sight."""
    if not request.step.hashed_only:
        return {}
    never = tuple(f"{name} ; sys_platform == 'none'" for name in sorted(OUT_OF_SIGHT))
    return {request.folder / "overrides.txt": lines(never)}


def from_cache(call: Call) -> Call | None:
    """Exact versions that an earlier installation fetched need no question to any index."""
    return None if "--offline" in call.argv else replace(call, argv=(*call.argv, "--offline"))


def _project(request: Request, home: Source | None) -> str:
    """The step as a project: its own workspace root, so that no project around the environment is looked at."""
    wanted = [f"  {json.dumps(each, ensure_ascii=False)}," for each in request.step.requirements]
    head = ["[project]", 'name = "envdoc-step"', 'version = "0"', 'requires-python = ">=3.8"']
    text = [*head, "dependencies = [", *wanted, "]", "", "[tool.uv.workspace]", "members = []"]
    bound = [next(iter(pins((each,))), normal(each)) for each in request.step.requirements if at_home(each)]
    if home is None or not bound:
        return "\n".join([*text, ""])
    text += ["", "[tool.uv.sources]", *(f'{name} = {{ index = "{_HOME}" }}' for name in bound)]
    text += ["", "[[tool.uv.index]]", f'name = "{_HOME}"', f"url = {json.dumps(home.url)}"]
    text += ["explicit = true", *(['format = "flat"'] if home.layout is SourceLayout.LINKS else []), ""]
    return "\n".join(text)


def _places(where: Places, known: tuple[Credential, ...]) -> list[str]:
    argv = ["--index-strategy", "first-index"]
    for number, source in enumerate(where.first):
        if source.layout is SourceLayout.INDEX:
            argv += ["--index", f"envdoc-{number}={source.url}"]
        elif not _hidden_links(where, known):
            argv += ["--find-links", source.url]
    if where.registry is None and where.first:
        argv += _only(where)
    elif where.registry is not None and where.registry.url.rstrip("/") != REGISTRY_URL:
        argv += ["--default-index", f"{_REGISTRY}={where.registry.url}"]
    return argv


def _only(where: Places) -> list[str]:
    """Without a registry: the last index is the default one, and folders alone need none."""
    indexes = [each for each in where.first if each.layout is SourceLayout.INDEX]
    return ["--default-index", indexes[-1].url] if indexes else ["--no-index"]


def _secrets(where: Places, known: tuple[Credential, ...]) -> dict[str, str]:
    named = [(_HOME, where.home), (_REGISTRY, where.registry)]
    named += [(f"envdoc-{number}", source) for number, source in enumerate(where.first)]
    out: dict[str, str] = {}
    links = _hidden_links(where, known)
    if links:
        out["UV_FIND_LINKS"] = ",".join(whole(url, known) for url in links)
    for name, source in named:
        credential = credential_for(source.url, known) if source is not None else None
        if credential is None or source is None or source.url in links:
            continue
        prefix = f"UV_INDEX_{name.upper().replace('-', '_')}"
        out |= {f"{prefix}_USERNAME": credential.user, f"{prefix}_PASSWORD": credential.password}
    return out


def _hidden_links(where: Places, known: tuple[Credential, ...]) -> list[str]:
    """All listings, where one has credentials: a listing has no name to hang them on, and uv takes the variable
    only where no listing is an argument."""
    links = [each.url for each in where.first if each.layout is SourceLayout.LINKS]
    return links if any(credential_for(url, known) for url in links) else []


def _builds(request: Request) -> list[str]:
    if not request.step.only_binary:
        return []
    argv = ["--only-binary", ":all:"]
    for name in request.step.allow_build:
        argv += ["--no-binary", name]  # the exception from `:all:`, as in pip
    return argv


def remove(tool: str, python: str, name: str) -> Call:
    """`uv pip uninstall`."""
    return Call((tool, "pip", "uninstall", "--no-config", "--color", "never", "--python", python, name))
