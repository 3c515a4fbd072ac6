"""uv: one call a step. The step's requirements are written as a small project, because only there uv can be
told that a package comes from one index and nothing else does (`explicit = true`, `tool.uv.sources`).
"""

from __future__ import annotations

import json

from envdoc.installer.engines.base import Call, Request, lines
from envdoc.installer.places import REGISTRY_URL, Places, at_home, places
from envdoc.installer.secrets import bare
from envdoc.model.resolution import Source, SourceLayout
from envdoc.model.value import replace
from envdoc.rules.requirements import normal, pins

NAME = "uv"
_HOME = "envdoc-torch"


def environment(tool: str, python: str, path: str) -> Call:
    """`uv venv`; `--allow-existing` because the journal is there first."""
    return Call((tool, "venv", "--allow-existing", "--no-project", "--no-config", "--color", "never",
                 "--python", python, path))  # fmt: skip


def install(tool: str, request: Request) -> tuple[Call, ...]:
    """One `uv pip install`, with torch's packages bound to their index."""
    where = places(request.step.sources)
    project, constraints = request.folder / "pyproject.toml", request.folder / "constraints.txt"
    # where there is no registry, everything may come from home, and `--no-index` would hide a bound one
    home = where.home if where.registry is not None else None
    files = {project: _project(request, home), constraints: lines(request.step.constraints)}
    argv = (
        *(tool, "pip", "install", "--color", "never", "--python", request.python),
        *("--requirements", str(project), "--constraints", str(constraints)),
        *_places(where),
        *_builds(request),
        *(("--no-deps",) if request.step.no_deps else ()),
        *(("--cache-dir", request.options.cache) if request.options.cache else ()),
        *(("--offline",) if request.options.offline else ()),
    )
    return (Call(argv, files, request.step.build_env, _secrets(where)),)


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
    text += ["", "[[tool.uv.index]]", f'name = "{_HOME}"', f"url = {json.dumps(bare(home.url).url)}"]
    text += ["explicit = true", *(['format = "flat"'] if home.layout is SourceLayout.LINKS else []), ""]
    return "\n".join(text)


def _places(where: Places) -> list[str]:
    argv = ["--index-strategy", "first-index"]
    for number, source in enumerate(where.first):
        told = bare(source.url)
        if source.layout is SourceLayout.INDEX:
            argv += ["--index", f"envdoc-{number}={told.url}"]
        elif not _hidden_links(where):
            argv += ["--find-links", told.url]
    if where.registry is None and where.first:
        argv += _only(where)
    elif where.registry is not None and where.registry.url.rstrip("/") != REGISTRY_URL:
        # the plain registry is left to uv, whose own configuration may name a mirror of it
        argv += ["--default-index", f"envdoc-registry={bare(where.registry.url).url}"]
    return argv


def _only(where: Places) -> list[str]:
    """Without a registry: the last index is the default one, and folders alone need none."""
    indexes = [each for each in where.first if each.layout is SourceLayout.INDEX]
    return ["--default-index", bare(indexes[-1].url).url] if indexes else ["--no-index"]


def _secrets(where: Places) -> dict[str, str]:
    named = [(_HOME, where.home), ("envdoc-registry", where.registry)]
    named += [(f"envdoc-{number}", source) for number, source in enumerate(where.first)]
    out: dict[str, str] = {}
    links = _hidden_links(where)
    if links:
        out["UV_FIND_LINKS"] = ",".join(links)
    for name, source in named:
        if source is None or source.url in links or not bare(source.url).user:
            continue
        prefix = f"UV_INDEX_{name.upper().replace('-', '_')}"
        out |= {f"{prefix}_USERNAME": bare(source.url).user, f"{prefix}_PASSWORD": bare(source.url).password}
    return out


def _hidden_links(where: Places) -> list[str]:
    """All listings, where one has credentials: a listing has no name to hang them on, and uv takes the variable
    only where no listing is an argument."""
    links = [each.url for each in where.first if each.layout is SourceLayout.LINKS]
    return links if any(bare(url).user for url in links) else []


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
