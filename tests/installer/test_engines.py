"""What uv and pip are told: each package from its own place, under the lock, without credentials in sight."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from installer_kit import PYPI, PYTORCH

from envdoc.errors import EnvdocError
from envdoc.installer import Options
from envdoc.installer.child import variables
from envdoc.installer.engines import ENGINES
from envdoc.installer.engines.base import Call, Request
from envdoc.installer.places import Places, at_home, places
from envdoc.installer.secrets import credentials_of
from envdoc.model.plan import InstallPackages
from envdoc.model.resolution import Source, SourceKind, SourceLayout

FOLDER = Path("/envs/a b/.envdoc/steps/all")
ALIYUN = "https://mirrors.aliyun.com/pytorch-wheels/cu128/"
FLAT = Source("mirror:aliyun", SourceKind.MIRROR, ALIYUN, SourceLayout.LINKS)
TUNA = Source("pypi", SourceKind.PYPI, "https://pypi.tuna.tsinghua.edu.cn/simple")
SECRET = Source("pytorch", SourceKind.PYTORCH, "https://host/whl/cu128")
KNOWN = Options(credentials=credentials_of(("https://me:p%40ss@host/whl/{cuda}", "https://me:p%40ss@host/flat/")))
FOLDER_SOURCE = Source("local:/my wheels", SourceKind.LOCAL, "/my wheels", SourceLayout.LINKS)
NAMED = Source("https://ours/simple", SourceKind.URL, "https://ours/simple")


def calls(engine: str, *sources: Source, options: Options | None = None, **more: object) -> tuple[Call, ...]:
    step = InstallPackages(
        "all",
        "all",
        ("torch==2.7.1+cu128", "trl==1.0"),
        ("torch==2.7.1+cu128", "numpy==2.2.6"),
        sources,
        **more,  # type: ignore[arg-type]
    )
    request = Request("/envs/a b/bin/python", step, FOLDER, options or Options(), {"pip": "25"})
    return ENGINES[engine].install("/bin/uv", request)


def test_uv_is_told_torchs_own_place() -> None:
    (call,) = calls("uv", PYTORCH, PYPI)
    assert call.argv == (
        *("/bin/uv", "pip", "install", "--no-config", "--color", "never", "--python", "/envs/a b/bin/python"),
        *("--requirements", str(FOLDER / "pyproject.toml"), "--constraints", str(FOLDER / "constraints.txt")),
        *("--index-strategy", "first-index", "--only-binary", ":all:"),
    )
    assert call.files[FOLDER / "constraints.txt"] == "torch==2.7.1+cu128\nnumpy==2.2.6\n"
    assert tomllib.loads(call.files[FOLDER / "pyproject.toml"]) == {
        "project": {
            "name": "envdoc-step",
            "version": "0",
            "requires-python": ">=3.8",
            "dependencies": ["torch==2.7.1+cu128", "trl==1.0"],
        },
        "tool": {
            "uv": {
                "workspace": {"members": []},
                "sources": {"torch": {"index": "envdoc-torch"}},
                "index": [{"name": "envdoc-torch", "url": PYTORCH.url, "explicit": True}],
            }
        },
    }


def test_pip_is_told_torchs_own_place_in_a_call_of_its_own() -> None:
    home, rest = calls("pip", PYTORCH, PYPI)
    assert home.argv == (
        *("/envs/a b/bin/python", "-I", "-X", "utf8", "-m", "pip", "install", "--no-color", "--progress-bar", "off"),
        *("--requirement", str(FOLDER / "requirements-home.txt"), "--index-url", PYTORCH.url),
        *("--only-binary", ":all:", "--no-deps"),
    )
    assert rest.argv == (
        *("/envs/a b/bin/python", "-I", "-X", "utf8", "-m", "pip", "install", "--no-color", "--progress-bar", "off"),
        *("--requirement", str(FOLDER / "requirements-rest.txt"), "--only-binary", ":all:"),
    )
    assert home.files[FOLDER / "requirements-home.txt"] == "torch==2.7.1+cu128\n"
    assert rest.files[FOLDER / "requirements-rest.txt"] == "torch==2.7.1+cu128\ntrl==1.0\n"
    assert (home.env, rest.env) == (
        {"PIP_CONSTRAINT": "constraints-home.txt"},
        {"PIP_CONSTRAINT": "constraints-rest.txt"},
    )
    assert (
        home.files[FOLDER / "constraints-home.txt"] == rest.files[FOLDER / "constraints-rest.txt"] == "numpy==2.2.6\n"
    )


@pytest.mark.parametrize(
    ("sources", "uv", "pip"),
    [
        ((PYPI,), [], [[]]),
        (
            (PYTORCH, TUNA),
            ["--default-index", f"envdoc-registry={TUNA.url}"],
            [["--index-url", PYTORCH.url], ["--index-url", TUNA.url]],
        ),
        ((FLAT, PYPI), [], [["--no-index", "--find-links", FLAT.url], []]),
        (
            (PYTORCH,),
            ["--index", f"envdoc-0={PYTORCH.url}", "--default-index", PYTORCH.url],
            [["--index-url", PYTORCH.url]] * 2,
        ),
        (
            (FOLDER_SOURCE,),
            ["--find-links", "/my wheels", "--no-index"],
            [["--no-index", "--find-links", "/my wheels"]] * 2,
        ),
        (
            (NAMED, PYTORCH, PYPI),
            ["--index", f"envdoc-0={NAMED.url}"],
            [["--index-url", NAMED.url], ["--index-url", NAMED.url, "--extra-index-url", PYPI.url]],
        ),
    ],
)
def test_places_as_arguments(sources: tuple[Source, ...], uv: list[str], pip: list[list[str]]) -> None:
    (call,) = calls("uv", *sources)
    start = call.argv.index("first-index") + 1
    assert list(call.argv[start : call.argv.index("--only-binary")]) == uv
    told = []
    for each in calls("pip", *sources):
        start = next(n for n, word in enumerate(each.argv) if word.endswith(".txt")) + 1
        arguments = list(each.argv[start : each.argv.index("--only-binary")])
        told.append(arguments)
    assert told == pip


def test_a_flat_listing_is_told_as_such() -> None:
    (call,) = calls("uv", FLAT, PYPI)
    (index,) = tomllib.loads(call.files[FOLDER / "pyproject.toml"])["tool"]["uv"]["index"]
    assert index == {"name": "envdoc-torch", "url": FLAT.url, "explicit": True, "format": "flat"}


def test_credentials_go_by_variables_only() -> None:
    (uv,) = calls("uv", SECRET, PYPI, options=KNOWN)
    assert uv.secret == {"UV_INDEX_ENVDOC_TORCH_USERNAME": "me", "UV_INDEX_ENVDOC_TORCH_PASSWORD": "p@ss"}
    home, _ = calls("pip", SECRET, PYPI, options=KNOWN)
    assert home.secret == {"PIP_INDEX_URL": "https://me:p%40ss@host/whl/cu128"}
    for call in (uv, home):
        assert "p%40ss" not in repr((call.argv, call.files, call.env))


def test_a_flat_listing_with_credentials_beside_the_registry() -> None:
    links = Source("x", SourceKind.URL, "https://host/flat/", SourceLayout.LINKS)
    (uv,) = calls("uv", PYTORCH, links, PYPI, options=KNOWN)
    assert uv.secret == {"UV_FIND_LINKS": "https://me:p%40ss@host/flat/"}
    assert "p%40ss" not in repr((uv.argv, uv.files))


def test_options_of_a_step_and_of_the_run() -> None:
    options = Options(cache="/cache", offline=True)
    (uv,) = calls(
        "uv", PYPI, options=options, no_deps=True, allow_build=("deepspeed",), build_env={"DS_BUILD_OPS": "0"}
    )
    assert uv.argv[-8:] == (
        *("--only-binary", ":all:", "--no-binary", "deepspeed", "--no-deps"),
        *("--cache-dir", "/cache", "--offline"),
    )
    assert uv.env == {"DS_BUILD_OPS": "0"}
    (pip,) = calls(
        "pip", PYPI, options=options, no_deps=True, allow_build=("deepspeed",), build_env={"DS_BUILD_OPS": "0"}
    )
    assert pip.argv[-7:] == (
        *("--only-binary", ":all:", "--no-binary", "deepspeed", "--no-deps"),
        *("--cache-dir", "/cache"),
    )
    assert pip.env == {"DS_BUILD_OPS": "0", "PIP_CONSTRAINT": "constraints-rest.txt"}


def test_an_environment_without_pip_gets_it_first() -> None:
    step = InstallPackages("all", "all", ("six==1.16.0",), (), (PYPI,))
    first, _ = ENGINES["pip"].install("", Request("/e/bin/python", step, FOLDER, Options(), {}))
    assert first.argv == ("/e/bin/python", "-I", "-X", "utf8", "-m", "ensurepip")


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ((), Places(None, (), None)),
        ((PYPI,), Places(None, (), PYPI)),
        ((PYTORCH, PYPI), Places(PYTORCH, (), PYPI)),
        ((PYPI, PYTORCH), Places(None, (), PYPI)),
        ((PYTORCH,), Places(PYTORCH, (PYTORCH,), None)),
        ((FOLDER_SOURCE, PYPI), Places(FOLDER_SOURCE, (FOLDER_SOURCE,), PYPI)),
        ((PYTORCH, FOLDER_SOURCE), Places(PYTORCH, (FOLDER_SOURCE,), None)),
    ],
)
def test_roles_of_sources(sources: tuple[Source, ...], expected: Places) -> None:
    assert places(sources) == expected


def test_a_listing_gets_the_slash_that_its_links_need() -> None:
    for url, whole in ((ALIYUN[:-1], ALIYUN), ("https://x/torch_stable.html", "https://x/torch_stable.html")):
        told = places((Source("m", SourceKind.MIRROR, url, SourceLayout.LINKS), PYPI))
        assert told.home is not None
        assert told.home.url == whole


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("torch==2.7.1", True),
        ("TorchVision==0.22.1+cu128", True),
        ("xformers==0.0.31+cu128", True),
        ("xformers==0.0.31", False),
        ("numpy==2.2.6", False),
        ("trl", False),
    ],
)
def test_what_torchs_place_gives(requirement: str, expected: bool) -> None:
    assert at_home(requirement) is expected


def test_the_childs_variables() -> None:
    theirs = ("PIP_TARGET", "UV_PROJECT_ENVIRONMENT", "UV_NO_SOURCES", "UV_A_NEW_ONE", "HTTPS_PROXY", "UV_CACHE_DIR")
    theirs += ("PIP_CERT", "UV_HTTP_TIMEOUT", "UV_DEFAULT_INDEX", "SSL_CERT_FILE", "PIP_CONFIG_FILE", "pip_prefix")
    told = variables("/envs/a", {"DS_BUILD_OPS": "0"}, theirs)
    removed = {name for name, value in told.items() if value == ""}
    assert removed >= {
        "PYTHONPATH",
        "PIP_TARGET",
        "UV_PROJECT_ENVIRONMENT",
        "UV_NO_SOURCES",
        "VIRTUAL_ENV",
        "PYTHONHOME",
    }
    assert removed >= {"UV_A_NEW_ONE", "UV_DEFAULT_INDEX", "pip_prefix", "RUST_LOG"}
    assert not removed & {"HTTPS_PROXY", "UV_CACHE_DIR", "PIP_CERT", "UV_HTTP_TIMEOUT", "SSL_CERT_FILE"}
    kept = {name: value for name, value in told.items() if value}
    assert (kept["PIP_USER"], kept["PIP_REQUIRE_VIRTUALENV"], kept["DS_BUILD_OPS"]) == ("0", "0", "0")
    assert (kept["UV_NO_CONFIG"], kept["PIP_CONFIG_FILE"]) == ("1", os.devnull)
    assert kept["ENVDOC_INSTALLS_INTO"] == "/envs/a"


def test_pips_python_takes_no_module_from_the_folder_it_works_in(tmp_path: Path) -> None:
    step = InstallPackages("torch", "t", ("torch==2.7.1",), ("torch==2.7.1",), (PYTORCH, PYPI))
    engine = ENGINES["pip"]
    made = (
        engine.environment("", sys.executable, str(tmp_path / "env")),
        *engine.install("", Request(sys.executable, step, tmp_path, Options(), {})),
        engine.remove("", sys.executable, "torch"),
    )
    for module in ("venv", "pip", "ensurepip"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('planted')\n")
    for call in made:
        begins = call.argv[: call.argv.index("-m") + 2]
        done = subprocess.run([*begins, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert (done.returncode, "planted" in done.stderr) == (0, False), begins


HASHED = (
    "torch==2.7.1+cu128",
    "trl==1.0",
    'web==1.4 ; sys_platform == "win32"',
    'web==1.5 ; sys_platform == "linux"',
    "numpy==2.2.6",
)


def hashed(*answers: str, **more: object) -> Request:
    step = InstallPackages(
        "all",
        "all",
        ("trl[cli]==1.0",),
        HASHED,
        (PYTORCH, PYPI),
        {pin: (f"sha256:{pin}",) for pin in HASHED[1:]},
        True,
    )
    present = {"pip": "25", "torch": "2.7.1+cu128", **more.pop("present", {})}  # type: ignore[dict-item]
    return Request("/python", step, FOLDER, Options(), present, answers=answers, **more)  # type: ignore[arg-type]


def report(**needs: list[str]) -> str:
    told = [{"metadata": {"name": name, "version": "1", "requires_dist": lines}} for name, lines in needs.items()]
    return json.dumps({"environment": {"sys_platform": "linux"}, "install": told})


def asks(request: Request) -> str | None:
    call = ENGINES["pip"].question("", request)
    if call is None:
        return None
    assert call.argv[-4:] == ("--no-deps", "--dry-run", "--report", str(FOLDER / "report.json"))
    assert "--require-hashes" in call.argv
    return call.files[FOLDER / "requirements-ask.txt"]


def gets(request: Request) -> tuple[str, bool]:
    """The last call's requirements, and whether they come without what they lead to."""
    (call,) = ENGINES["pip"].install("", request)
    return call.files[FOLDER / "requirements-rest.txt"], "--no-deps" in call.argv


def test_pip_is_asked_what_packages_lead_to_until_all_is_known() -> None:
    assert asks(hashed()) == "trl[cli]==1.0 --hash=sha256:trl==1.0\n"
    first = report(trl=["torch", "web[x]>1; extra == 'cli'", "unknown; extra == 'no'"])
    assert asks(hashed(first)) == 'web==1.5 --hash=sha256:web==1.5 ; sys_platform == "linux"\n'
    second = report(web=["numpy", "win; sys_platform == 'win32'"])
    assert asks(hashed(first, second)) == "numpy==2.2.6 --hash=sha256:numpy==2.2.6\n"
    assert asks(hashed(first, second, report(numpy=[]))) is None
    wanted, alone = gets(hashed(first, second, report(numpy=[])))
    assert [line.partition(" ")[0] for line in wanted.splitlines()] == [
        "trl[cli]==1.0",
        "web[x]==1.5",
        "numpy==2.2.6",
    ]
    assert not alone


def test_an_answer_that_tells_nothing_new_ends_the_questions_and_pip_refuses_what_no_lock_has() -> None:
    first = report(trl=["web", "stranger"])
    assert asks(hashed(first, "no json", "{}")) is None
    wanted, _ = gets(hashed(first, "{}"))
    assert "stranger" in wanted.splitlines()


def test_what_is_there_in_its_version_is_neither_asked_about_nor_fetched() -> None:
    more = {"present": {"web": "1.5", "numpy": "1.26"}, "needs": {"web": ("numpy",), "numpy": ("stranger",)}}
    first = report(trl=["web"])
    assert asks(hashed(first, **more)) == "numpy==2.2.6 --hash=sha256:numpy==2.2.6\n"
    wanted, _ = gets(hashed(first, report(numpy=[]), **more))
    assert [line.partition(" ")[0] for line in wanted.splitlines()] == ["trl[cli]==1.0", "numpy==2.2.6"]


def test_torchs_own_packages_that_nobody_chose_are_left_out_as_uv_leaves_them_out() -> None:
    first = report(trl=["triton", "torchaudio"])
    assert asks(hashed(first)) is None
    assert gets(hashed(first)) == ("trl[cli]==1.0 --hash=sha256:trl==1.0\n", True)


@pytest.mark.parametrize("engine", ["uv", "conda"])
def test_other_engines_ask_nothing(engine: str) -> None:
    assert ENGINES[engine].question("/bin/uv", hashed()) is None


def test_an_old_pip_is_named() -> None:
    with pytest.raises(EnvdocError, match="pip 22\\.1"):
        ENGINES["pip"].question("", hashed(present={"pip": "22.1.2"}))
