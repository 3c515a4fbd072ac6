"""Bad input as one table: each fault provoked for real, the environment compared byte for byte, and still of use.

A row says what is fed, which codes the failed command tells (its own first, then what the rules for logs add), a line
that must be among the evidence, and whether the next run of the same command with good input goes on.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from build_kit import CODE, FETCH, LISTS, environment, in_folder, seen, source_tree
from loopback import Index, wheel
from test_fetch_tree import link, tar, zipped

from envdoc import installer
from envdoc.components.base import Context
from envdoc.components.llama.place import fetch as llama_sources
from envdoc.host.local import LocalHost
from envdoc.installer import Options
from envdoc.knowledge.tables import load
from envdoc.model.builds import Origin
from envdoc.model.finding import findings_code
from envdoc.model.machine import System
from envdoc.model.plan import AdoptEnvironment, InstallPackages, MakeEnvironment, Plan, Prove, ProvidePython, Step
from envdoc.model.resolution import Source, SourceKind
from envdoc.model.results import InstallResult, ProofResult, ProofStatus, StepStatus
from envdoc.model.value import replace
from envdoc.workflow.diagnose import explain_log

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="its compilers and conda are shell scripts"),
    pytest.mark.skipif(
        not (shutil.which("cmake") and shutil.which("cc")), reason="cmake and a C compiler are not there"
    ),
]
MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
GOOD = {"tiny-1.0/CMakeLists.txt": LISTS, "tiny-1.0/hello.c": CODE}
LOGIN = b"<!DOCTYPE html><html><form action='/login'><input name='user'></form></html>"
# What conda 25 prints where its installation belongs to somebody else; it ends with 1.
CONDA = """\
#!/bin/sh
echo 'EnvironmentNotWritableError: The current user does not have write permissions to the target environment.' >&2
echo '  environment location: /opt/conda/envs/train' >&2
exit 1
"""
NO_CACHE = "#!/bin/sh\necho 'NoWritablePkgsDirError: No writeable pkgs directories configured.' >&2\nexit 1\n"


@dataclass
class Mirror:
    """Answers every path alike: a body, cut off after so many bytes, or sent on to another address."""

    body: bytes = b""
    cut: int = 0
    location: str = ""
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[str]:
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.asked.append(self.path)
                self.send_response(302 if mirror.location and not self.path.startswith("/end") else 200)
                if mirror.location:
                    self.send_header("Location", mirror.location)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(mirror.body)))
                self.end_headers()
                self.wfile.write(mirror.body[: mirror.cut] if mirror.cut else mirror.body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        server.server_close()


@dataclass
class Bench:
    """An environment that works: with a program that was built there, a package, and a file of the user's."""

    folder: Path
    env: Path
    result: InstallResult | None = None

    def install(self, *steps: Step, env: Path | None = None, engine: str = "uv") -> InstallResult:
        root = env or self.env
        first = () if env else (AdoptEnvironment(str(root)),)
        plan = Plan(str(root), "", (*first, *steps, Prove(("import:site",))))
        passed = (ProofResult("import:site", "import", ProofStatus.PASSED),)
        return installer.execute(
            plan,
            LocalHost(),
            Options(engine=engine, cache=str(self.folder / "cache")),
            on_event=lambda _: None,
            prove=lambda *_: passed,
            explain_log=explain_log,
        )

    def fetched(self, mirror: Mirror, name: str = "tiny-1.0.tar.gz", **changes: Any) -> InstallResult:
        with mirror.open() as root:
            return self.install(
                replace(FETCH, id="more", into=".envdoc/build/more", place=f"{root}/{name}", **changes)
            )

    def packages(self, url: str, name: str = "trl==1.1") -> InstallResult:
        source = Source("mirror", SourceKind.PYPI, url)
        return self.install(InstallPackages("stack", "Install the rest", (name,), (name,), (source,)))

    def built(self, **changes: Any) -> InstallResult:
        return self.install(*in_folder(self.folder / "sources", **changes))

    def state(self) -> dict[str, bytes | None]:
        return seen(self.env)

    def works(self) -> bool:
        program = subprocess.run([self.env / "tiny/bin/hello"], capture_output=True, text=True, check=False)
        python = [self.env / "bin/python", "-c", "import trl; print(trl.__version__)"]
        package = subprocess.run(python, capture_output=True, text=True, check=False)
        return (program.stdout, package.stdout) == ("hello\n", "1.0\n")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    for name in [each for each in os.environ if each.startswith(("UV_", "PIP_", "CONDA_", "MAMBA_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made = Bench(tmp_path, environment(tmp_path / "env"))
    source_tree(tmp_path / "sources")
    assert made.built().usable
    with Index() as index:
        index.add("pypi", wheel("trl", "1.0"))
        assert made.packages(index.url("pypi"), "trl==1.0").usable
    return made


def wrong_checksum(bench: Bench) -> InstallResult:
    return bench.fetched(Mirror(tar(GOOD)), sha256="0" * 64)


def half_a_download(bench: Bench) -> InstallResult:
    return bench.fetched(Mirror(tar(GOOD), cut=100))


def half_an_archive(bench: Bench) -> InstallResult:
    """Whole as the server tells it."""
    return bench.fetched(Mirror(tar(GOOD)[:-20]))


def old_index_file(bench: Bench) -> InstallResult:
    """The tables name a file that the index's page does not have (yet, or any more)."""
    with Mirror(b'<a href="tiny-0.9.tar.gz">tiny-0.9.tar.gz</a>').open() as root:
        index = Source("mirror", SourceKind.PYPI, root)
        step = replace(FETCH, id="more", into=".envdoc/build/more", origin=Origin.INDEX, place="tiny-1.0.tar.gz")
        return bench.install(replace(step, sources=(index,)))


def old_index_version(bench: Bench) -> InstallResult:
    with Index() as index:
        index.add("pypi", wheel("trl", "1.0"))
        return bench.packages(index.url("pypi"))


def compiler_that_dies(bench: Bench) -> InstallResult:
    """As the kernel ends one when memory runs out."""
    dying = bench.folder / "dying-cc"
    dying.write_text('#!/bin/sh\ncase "$*" in *hello.c*) kill -9 $$;; esac\nexec cc "$@"\n')
    dying.chmod(0o755)
    return bench.built(flags=(f"-DCMAKE_C_COMPILER={dying}",))


def compiler_that_crashes(bench: Bench) -> InstallResult:
    """gcc's own words for a crash of its own."""
    dying = bench.folder / "crashing-cc"
    words = "hello.c:2:1: internal compiler error: Segmentation fault"
    dying.write_text(f'#!/bin/sh\ncase "$*" in *hello.c*) echo "{words}" >&2; exit 4;; esac\nexec cc "$@"\n')
    dying.chmod(0o755)
    return bench.built(flags=(f"-DCMAKE_C_COMPILER={dying}",))


def no_disk(bench: Bench) -> InstallResult:
    """The build folder on a disk of 256 KiB, and an object of 4 MiB."""
    large = "const char large[4 << 20] = {1};\n" + CODE.replace("return 0", "return large[9]")
    source_tree(bench.folder / "sources", large)
    place = bench.env / ".envdoc/build"
    mounted = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        return bench.built()
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        source_tree(bench.folder / "sources")


def no_llama_cpp(bench: Bench) -> InstallResult:
    """A tree of another project, by llama.cpp's own step."""
    places = {"llama.cpp": str(bench.folder / "sources")}
    context = Context(System.LINUX, "x86_64", MINOR, "", "cpu", (), load(), places=places)
    return bench.install(llama_sources(context))


def conda(bench: Bench, words: str, monkeypatch: pytest.MonkeyPatch) -> InstallResult:
    program = bench.folder / "conda"
    program.write_text(words)
    program.chmod(0o755)
    monkeypatch.setenv("CONDA_EXE", str(program))
    root = bench.folder / "other"
    steps = (ProvidePython(MINOR, (sys.executable,)), MakeEnvironment(str(root)))
    result = bench.install(*steps, env=root, engine="conda")
    assert not (root / "bin").exists()  # nothing that looks like an environment
    return result


def redirects_without_end(bench: Bench) -> InstallResult:
    return bench.fetched(Mirror(location="/again"))


def redirects_to_a_login(bench: Bench) -> InstallResult:
    return bench.fetched(Mirror(LOGIN, location="/end/login"))


def redirects_to_nowhere(bench: Bench) -> InstallResult:
    return bench.fetched(Mirror(location="http://127.0.0.1:9/tiny-1.0.tar.gz"))


def web_page_for_a_file(bench: Bench) -> InstallResult:
    return bench.fetched(Mirror(LOGIN))


def web_page_for_an_index(bench: Bench) -> InstallResult:
    with Mirror(LOGIN).open() as root:
        return bench.packages(f"{root}/simple/")


def index_that_redirects_to_a_login(bench: Bench) -> InstallResult:
    with Mirror(LOGIN, location="/end/login").open() as root:
        return bench.packages(f"{root}/simple/")


def climbs_out(bench: Bench) -> InstallResult:
    return bench.fetched(Mirror(tar({**GOOD, "tiny-1.0/../../escaped.txt": "x"})))


def climbs_out_of_a_zip(bench: Bench) -> InstallResult:
    return bench.fetched(Mirror(zipped({**GOOD, "..\\escaped.txt": "x"})), "tiny-1.0.zip")


def links_out(bench: Bench) -> InstallResult:
    return bench.fetched(Mirror(tar(GOOD, link("tiny-1.0/out", "/etc"))))


FAULTS: dict[str, tuple[Callable[[Bench], InstallResult], list[str], str, str]] = {
    "wrong checksum": (wrong_checksum, ["archive-hash-mismatch"], "more", "0" * 64),
    "half a download": (half_a_download, ["archive-not-fetched"], "more", "100 of "),
    "half an archive": (half_an_archive, ["archive-not-fetched"], "more", "ended before"),
    "an index without the file": (
        old_index_file,
        ["archive-not-fetched"],
        "more",
        "tiny-1.0.tar.gz is not on its page",
    ),
    "an index without the version": (old_index_version, ["package-not-found"], "stack", "trl==1.1"),
    "a compiler that is killed": (compiler_that_dies, ["build-failed"], "tiny", "Killed"),
    "a compiler that crashes": (compiler_that_crashes, ["build-failed"], "tiny", "internal compiler error"),
    "no disk in the build folder": (no_disk, ["build-failed", "disk-full"], "tiny", "No space left on device"),
    "a tree that is no llama.cpp": (no_llama_cpp, ["source-tree-wrong"], "llama.cpp-source", "ggml/CMakeLists.txt"),
    "redirects without end": (redirects_without_end, ["archive-not-fetched"], "more", "30 redirects"),
    "a redirect to a login": (redirects_to_a_login, ["archive-not-fetched"], "more", "no whole archive"),
    "a redirect to nowhere": (redirects_to_nowhere, ["archive-not-fetched"], "more", "connection refused"),
    "a web page for a file": (web_page_for_a_file, ["archive-not-fetched"], "more", "no whole archive"),
    "a web page for an index": (web_page_for_an_index, ["source-web-page"], "stack", "trl"),
    "an index behind a login": (index_that_redirects_to_a_login, ["source-web-page"], "stack", "trl"),
    "an archive that climbs out": (climbs_out, ["archive-unsafe"], "more", "leads out of its folder"),
    "a zip that climbs out": (climbs_out_of_a_zip, ["archive-unsafe"], "more", "leads out of its folder"),
    "an archive with a link out": (links_out, ["archive-unsafe"], "more", "absolute path"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_input_is_named_and_changes_nothing(bench: Bench, fault: str) -> None:
    provoke, codes, step, line = FAULTS[fault]
    before, outside = bench.state(), {path.name for path in bench.folder.iterdir()}
    result = provoke(bench)
    failed = [each.id for each in result.steps if each.status is StepStatus.FAILED]
    told = [finding.code for finding in result.findings]
    assert (result.usable, failed, told[: len(codes)]) == (False, [step], codes)
    evidence = [each for finding in result.findings for each in finding.evidence]
    assert any(line in each for each in evidence), evidence
    assert all(finding.remediation.text for finding in result.findings)
    assert findings_code(result.findings) == 1
    assert (bench.state() == before, bench.works()) == (True, True)
    assert {path.name for path in bench.folder.iterdir()} - outside <= {"dying-cc", "crashing-cc", "cache", "home"}
    assert not list(bench.env.rglob("*.part"))


@pytest.mark.parametrize("fault", FAULTS)
def test_the_same_environment_takes_good_input_afterwards(bench: Bench, fault: str) -> None:
    FAULTS[fault][0](bench)
    assert bench.built().usable
    assert bench.fetched(Mirror(tar(GOOD))).usable
    with Index() as index:
        index.add("pypi", wheel("trl", "1.1"))
        assert bench.packages(index.url("pypi")).usable


@pytest.mark.parametrize(
    ("words", "line"),
    [(CONDA, "EnvironmentNotWritableError"), (NO_CACHE, "NoWritablePkgsDirError")],
    ids=["env", "cache"],
)
def test_a_conda_without_write_access(bench: Bench, monkeypatch: pytest.MonkeyPatch, words: str, line: str) -> None:
    before = bench.state()
    result = conda(bench, words, monkeypatch)
    (found, *_) = result.findings
    assert (found.code, findings_code(result.findings), result.usable) == ("environment-not-writable", 1, False)
    assert any(line in each for each in found.evidence)
    assert (bench.state() == before, bench.works()) == (True, True)


@pytest.mark.parametrize("change", ["manifest", "sums", "starter"])
def test_a_bundle_that_was_changed(bench: Bench, change: str) -> None:
    """By the whole command: nothing is made, and the exit code says so."""
    from test_bundle_parts import whole

    bundle = whole(bench.folder / "bundle")
    name = {"manifest": "manifest.json", "sums": "SHA256SUMS", "starter": "install.sh"}[change]
    whole_file = (bundle / name).read_bytes()
    swapped = whole_file.translate(bytes.maketrans(b"0123456789", b"1234567890"))
    (bundle / name).write_bytes(whole_file.replace(b"2026", b"2025") if change == "manifest" else swapped)
    assert (bundle / name).read_bytes() != whole_file
    before = bench.state()
    words = ["install", "--offline", str(bundle), "--env", str(bench.env), "--adopt", "--yes", "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "envdoc", *words], capture_output=True, text=True, check=False, timeout=120
    )
    told = json.loads(done.stdout)
    assert ([each["code"] for each in told["findings"]], done.returncode) == (["bundle-changed"], 1)
    assert all(each["remediation"]["text"] for each in told["findings"])
    assert (bench.state() == before, bench.works()) == (True, True)
