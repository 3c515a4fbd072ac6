"""pip: the environment's own. pip has no index for one package only, so torch's packages are installed by
themselves and without dependencies from their index; the second call finds them in place and adds the rest.

Where every file must have its hash, pip knows one only for what it is asked for, not for what that leads to. So it is
asked first, without installing anything, what each package leads to (`pip_hashed`), and then for all of it.
"""

from __future__ import annotations

from envdoc.installer.engines import pip_hashed
from envdoc.installer.engines.base import Call, Request, lines, with_hashes
from envdoc.installer.places import REGISTRY_URL, at_home, places
from envdoc.installer.secrets import Credential, credential_for, whole
from envdoc.model.resolution import Source, SourceLayout
from envdoc.model.value import replace
from envdoc.rules.requirements import pins

NAME = "pip"
# A module is looked for in the working folder first, and that is the step's, which may have come with a repository.
_ALONE = ("-I", "-X", "utf8")
# Told by a variable, which outranks a constraint of the user's configuration instead of joining it; by its bare
# name, because pip splits the variable at blanks. Calls are made in the step's folder.
_CONSTRAINTS = "constraints-{part}.txt"


def environment(tool: str, python: str, path: str) -> Call:
    """`python -m venv`, which brings pip along (ensurepip) and lets existing files be."""
    del tool
    return Call((python, *_ALONE, "-m", "venv", path))


def question(tool: str, request: Request) -> Call | None:
    """What the packages lead to that pip was not asked about yet, each by its hash, nothing installed.

    Raises:
        EnvdocError: `engine-missing`, a pip that cannot be asked.
    """
    del tool
    if not request.step.hashed_only or request.step.no_deps:
        return None
    if "pip" not in request.present and not request.answers:
        return _ensured(request)
    pip_hashed.check(request.present.get("pip", ""))
    unknown = pip_hashed.unknown(request)
    if not unknown:
        return None
    where, answer = places(request.step.sources), request.folder / "report.json"
    call = _call(request, "ask", unknown, where.first, where.registry, alone=True)
    return replace(call, argv=(*call.argv, "--dry-run", "--report", str(answer)), answer=answer)


def install(tool: str, request: Request) -> tuple[Call, ...]:
    """torch's packages from home, then everything from the registry and what the user named."""
    del tool
    where = places(request.step.sources)
    home = tuple(each for each in request.step.requirements if at_home(each))
    calls = [] if "pip" in request.present else [_ensured(request)]
    if where.home is not None and home:
        calls.append(_call(request, "home", home, (where.home,), None, alone=True))
    if where.home is not None and home == request.step.requirements and request.step.no_deps:
        return tuple(calls)
    asked = any(request.answers)
    wanted = pip_hashed.closure(request) if asked else request.step.requirements
    alone = asked and pip_hashed.lacks_hidden(request)
    calls.append(_call(request, "rest", wanted, where.first, where.registry, alone=alone))
    return tuple(calls)


def _ensured(request: Request) -> Call:
    """An environment that uv made has no pip."""
    return Call((request.python, *_ALONE, "-m", "ensurepip"))


def _call(
    request: Request,
    part: str,
    requirements: tuple[str, ...],
    first: tuple[Source, ...],
    registry: Source | None,
    *,
    alone: bool = False,
) -> Call:
    wanted = request.folder / f"requirements-{part}.txt"
    argv, secret = _places(first, registry, request.options.credentials)
    hashed = request.step.hashed_only
    whole = (
        *(request.python, *_ALONE, "-m", "pip", "install", "--no-color", "--progress-bar", "off"),
        *("--requirement", str(wanted)),
        *argv,
        *_builds(request),
        *(("--require-hashes",) if hashed else ()),
        *(("--no-deps",) if request.step.no_deps or alone else ()),
        *request.aside,
        *(("--force-reinstall",) if request.trees else ()),
        *(("--cache-dir", request.options.cache) if request.options.cache else ()),
    )
    constraints = _CONSTRAINTS.format(part=part)
    # no hashes here: with one, pip wants some for what it fetches to build a source distribution too
    held = _held(request, requirements)
    if hashed:
        requirements = with_hashes(requirements, request.step.hashes)
    files = {wanted: lines(requirements), request.folder / constraints: lines(held)}
    return Call(whole, files, {**request.step.build_env, "PIP_CONSTRAINT": constraints}, secret)


def _held(request: Request, requirements: tuple[str, ...]) -> tuple[str, ...]:
    """The constraints on what is not required itself: with both, pip calls a missing version a conflict."""
    required = pins(requirements)
    return tuple(line for line in request.step.constraints if not pins((line,)).keys() & required.keys())


def _places(
    first: tuple[Source, ...], registry: Source | None, known: tuple[Credential, ...]
) -> tuple[list[str], dict[str, str]]:
    """Arguments and secret variables. A URL with credentials goes by a variable, which nobody's `ps` shows."""
    indexes = [each.url for each in first if each.layout is SourceLayout.INDEX]
    links = [each.url for each in first if each.layout is SourceLayout.LINKS]
    argv: list[str] = []
    secret: dict[str, str] = {}
    if registry is not None and (indexes or registry.url.rstrip("/") != REGISTRY_URL):
        indexes.append(registry.url)
    if indexes:
        _add(argv, secret, ("--index-url", "PIP_INDEX_URL"), indexes[:1], known)
        _add(argv, secret, ("--extra-index-url", "PIP_EXTRA_INDEX_URL"), indexes[1:], known)
    elif registry is None and links:
        argv.append("--no-index")
    _add(argv, secret, ("--find-links", "PIP_FIND_LINKS"), links, known)
    return argv, secret


def _add(
    argv: list[str],
    secret: dict[str, str],
    names: tuple[str, str],
    urls: list[str],
    known: tuple[Credential, ...],
) -> None:
    option, variable = names
    if any(credential_for(url, known) for url in urls):
        secret[variable] = " ".join(whole(url, known) for url in urls)
        return
    for url in urls:
        argv += [option, url]


def _builds(request: Request) -> list[str]:
    if not request.step.only_binary:
        return []
    argv = ["--only-binary", ":all:"]
    for name in request.step.allow_build:
        argv += ["--no-binary", name]
    return argv


def from_cache(call: Call) -> Call | None:
    """pip asks its index in any case."""
    del call
    return None


def remove(tool: str, python: str, name: str) -> Call:
    """`pip uninstall`, without a question."""
    del tool
    argv = ("-m", "pip", "uninstall", "--yes", "--no-input", "--disable-pip-version-check", name)
    return Call((python, *_ALONE, *argv))
