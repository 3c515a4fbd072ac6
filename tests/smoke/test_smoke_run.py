"""`prove` over real processes, with target Pythons that hold small stand-ins for torch."""

from __future__ import annotations

import ast
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from smoke_fakes import FakeNvml, ProcessHost

from envdoc import smoke
from envdoc.errors import UsageError
from envdoc.model.results import ProofStatus
from envdoc.smoke import PROOFS, ProofEvent, prove
from envdoc.smoke.base import LOADING
from envdoc.smoke.jobs import Job, proof_named

SLOW = 20.0 if sys.platform == "win32" else 1.5  # seconds for two Pythons to start


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on PYTHONPATH: a file `name.py` in it is a package of the target environment."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def outcome(name: str, **options: object) -> tuple[str, str, list[str]]:
    (result,) = prove(ProcessHost(), sys.executable, [name], **options)  # type: ignore[arg-type]
    return result.status.value, result.reason, [finding.code for finding in result.findings]


def test_an_import_that_works(modules: Path) -> None:
    (modules / "good.py").write_text("__version__ = '1.2'")
    assert outcome("import:good") == ("passed", "1.2", [])


def test_what_failed_is_looked_at_in_the_python_that_was_proved(modules: Path) -> None:
    (result,) = prove(ProcessHost(), sys.executable, ["import:nowhere"])
    told = [command.command for command in result.findings[0].remediation.commands]
    assert told == [f"envdoc check --python {sys.executable}"]


def test_a_missing_package(modules: Path) -> None:
    assert outcome("import:nowhere") == ("failed", "`nowhere` is not installed", ["import-failed"])


def test_a_package_whose_own_need_is_missing(modules: Path) -> None:
    (modules / "needy.py").write_text("import pyarrow_of_old")
    told = ("failed", "`needy` needs `pyarrow_of_old`, which is not installed", ["import-failed"])
    assert outcome("import:needy") == told


def test_an_import_that_raises_keeps_its_words(modules: Path) -> None:
    (modules / "angry.py").write_text("raise RuntimeError('numpy.dtype size changed')")
    (result,) = prove(ProcessHost(), sys.executable, ["import:angry"])
    assert (result.status, result.reason) == (ProofStatus.FAILED, "RuntimeError: numpy.dtype size changed")
    assert "Traceback" in result.output_tail


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(
    ("signal", "reason", "code"),
    [
        ("SIGSEGV", "the process died: SIGSEGV (segmentation fault)", "proof-crashed"),
        ("SIGKILL", "the process died: SIGKILL (killed)", "proof-killed"),
        ("SIGILL", "the process died: SIGILL (illegal instruction)", "proof-crashed"),
    ],
)
@pytest.mark.parametrize("warm", [True, False])
def test_a_child_that_dies_is_named_and_the_rest_still_runs(
    modules: Path, signal: str, reason: str, code: str, warm: bool
) -> None:
    if warm:
        (modules / "torch.py").write_text("__version__ = '2.8.0'")
    (modules / "deadly.py").write_text(f"import os, signal\nos.kill(os.getpid(), signal.{signal})")
    (modules / "good.py").write_text("__version__ = '1.2'")
    names = ["import:torch"] * warm + ["import:deadly", "import:good"]
    *_, deadly, good = prove(ProcessHost(), sys.executable, names)
    assert (deadly.status.value, deadly.reason) == ("crashed", reason)
    assert [finding.code for finding in deadly.findings] == [code]
    assert (good.status.value, good.reason) == ("passed", "1.2")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_torch_that_kills_the_shared_process_fails_alone(modules: Path) -> None:
    (modules / "torch.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    (modules / "good.py").write_text("__version__ = '1.2'")
    torch, good = prove(ProcessHost(), sys.executable, ["import:torch", "import:good"])
    assert (torch.status.value, torch.reason) == ("crashed", "the process died: SIGSEGV (segmentation fault)")
    assert (good.status.value, good.reason) == ("passed", "1.2")


def test_a_hang_is_stopped_with_what_it_started(modules: Path, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    (modules / "slow.py").write_text(
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "print('still here', flush=True)\n"
        "time.sleep(60)\n"
    )
    (result,) = prove(ProcessHost(), sys.executable, ["import:slow"], timeout_factor=SLOW / LOADING)
    assert (result.status, [finding.code for finding in result.findings]) == (
        ProofStatus.TIMED_OUT,
        ["proof-timed-out"],
    )
    assert result.reason == f"it took longer than {SLOW:.0f} s and was stopped"
    assert result.output_tail == "still here"
    told = [command.command for command in result.findings[0].remediation.commands]
    again = f"envdoc smoke --cpu --python {sys.executable} --only import:slow --timeout-factor 3"
    assert told == [again], "no GPU took part"
    assert [pid for pid in pids.read_text().split() if alive(int(pid))] == []


@pytest.mark.parametrize("warm", [True, False])
def test_packages_that_load_slowly_have_time_of_their_own(modules: Path, warm: bool) -> None:
    """A disk that is cold, a scanner that reads every file: longer than the proof's own limit, and no fault."""
    (modules / "torch.py").write_text("" if warm else "raise RuntimeError('no warm start')")
    (modules / "bitsandbytes.py").write_text(f"import time\ntime.sleep({SLOW})")
    own = PROOFS["bnb-nf4-cpu"].timeout
    (result,) = prove(ProcessHost(), sys.executable, ["bnb-nf4-cpu"], timeout_factor=0.6 * SLOW / own)
    assert (result.status, result.seconds > SLOW or not warm) == (ProofStatus.FAILED, True)


def test_loading_has_its_bound_too(modules: Path) -> None:
    (modules / "torch.py").write_text("")
    (modules / "bitsandbytes.py").write_text("import time\ntime.sleep(60)")
    status, reason, codes = outcome("bnb-nf4-cpu", timeout_factor=SLOW / LOADING)
    told = f"loading its packages took longer than {SLOW:.0f} s and was stopped"
    assert (status, reason, codes) == ("timed-out", told, ["proof-timed-out"])


def test_the_proposed_line_asks_the_same_python_again_with_more_time(modules: Path) -> None:
    """Run as printed: what was only slow passes then. Without a GPU nobody is told to look at one."""
    (modules / "slow.py").write_text(f"import time\ntime.sleep({SLOW * 2})\n__version__ = '1'")
    (result,) = prove(ProcessHost(), sys.executable, ["import:slow"], timeout_factor=SLOW / LOADING)
    assert result.status is ProofStatus.TIMED_OUT
    (command,) = result.findings[0].remediation.commands
    program, *words = shlex.split(command.command, posix=sys.platform != "win32")
    assert (program, words[:3]) == ("envdoc", ["smoke", "--cpu", "--python"])
    script = "from envdoc.__main__ import start; start()"
    again = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, encoding="utf-8")
    assert (again.returncode, "import:slow" in again.stdout) == (0, True), again.stdout


def test_a_machine_without_gpus_is_sent_to_the_proofs_of_the_same_python(modules: Path) -> None:
    if shutil.which("nvidia-smi"):
        pytest.skip("this machine has an NVIDIA GPU")
    (modules / "good.py").write_text("__version__ = '1'")
    script = "from envdoc.__main__ import start; start()"
    argv = [sys.executable, "-c", script, "smoke", "--python", sys.executable, "--only", "import:good"]
    ran = subprocess.run(argv, capture_output=True, text=True, encoding="utf-8")
    assert (ran.returncode, f"$ envdoc smoke --cpu --python {sys.executable}" in ran.stdout) == (75, True), ran.stdout


HANGS = """\
import time
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    time.sleep(60)
"""


def test_what_hangs_once_all_is_loaded_is_stopped_in_its_own_time(modules: Path) -> None:
    (modules / "torch.py").write_text(HANGS)
    own = PROOFS["matmul-cpu"].timeout
    start = time.monotonic()
    status, reason, _ = outcome("matmul-cpu", timeout_factor=SLOW / own)
    assert (status, reason) == ("timed-out", f"it took longer than {SLOW:.0f} s and was stopped")
    assert time.monotonic() - start < LOADING * SLOW / own


def test_no_import_has_less_time_than_a_cold_disk_takes() -> None:
    """An import took 144 s beside other work: each proof that loads packages has the same time for it."""
    every = [*PROOFS.values(), proof_named("import:deepspeed")]
    told = [Job(proof).told(0, 1.0) for proof in every]
    assert {job["loading"] for job in told} == {LOADING} == {600.0}
    inside = [job for job in told if job["needs"] and not job["loads"]]
    assert [job["name"] for job in (*inside, told[-1]) if job["timeout"] < LOADING] == []


def alive(pid: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        kernel, code = ctypes.windll.kernel32, ctypes.c_ulong()
        handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return bool(handle) and code.value == 259  # STILL_ACTIVE
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="processes end with their parent on Linux")
@pytest.mark.parametrize("warm", [True, False])
def test_nothing_outlives_envdoc(modules: Path, tmp_path: Path, warm: bool) -> None:
    """envdoc is killed by SIGKILL while a proof hangs: the proof, what it started and its folder are gone."""
    pids = tmp_path / "pids"
    (modules / "torch.py" if warm else modules / "unused.py").write_text("")
    (modules / "slow.py").write_text(
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pids) + '.part'!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        f"os.rename({str(pids) + '.part'!r}, {str(pids)!r})\n"
        "time.sleep(60)\n"
    )
    script = (
        "import sys\nfrom smoke_fakes import ProcessHost\nfrom envdoc.smoke import prove\n"
        f"prove(ProcessHost(), sys.executable, {['import:torch'] * warm + ['import:slow']!r})\n"
    )
    folder = tmp_path / "tmp"
    folder.mkdir()
    path = os.pathsep.join([str(modules), str(Path(__file__).parent), *filter(None, sys.path)])
    environ = {**os.environ, "PYTHONPATH": path, "TMPDIR": str(folder)}
    envdoc = subprocess.Popen([sys.executable, "-c", script], env=environ)
    wait_for(pids.exists)
    envdoc.kill()
    envdoc.wait()
    wait_for(lambda: not any(alive(int(pid)) for pid in pids.read_text().split()))
    wait_for(lambda: sorted(map(str, folder.rglob("*"))) == [])


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_package_that_exits_is_a_failure(modules: Path) -> None:
    (modules / "quitter.py").write_text("raise SystemExit(0)")
    assert outcome("import:quitter")[:2] == ("failed", "SystemExit: 0")


def test_a_package_that_exits_hard_is_not_a_pass(modules: Path) -> None:
    (modules / "quitter.py").write_text("import os; os._exit(0)")
    assert outcome("import:quitter")[:2] == ("crashed", "the process ended by itself with exit code 0")


def test_a_python_that_is_not_there(tmp_path: Path) -> None:
    results = prove(ProcessHost(), str(tmp_path / "python"), ["import:a", "import:b"])
    assert [result.status.value for result in results] == ["failed", "failed"]
    assert "did not start" in results[0].reason


def test_gpu_proofs_without_a_gpu_are_not_checked() -> None:
    status, reason, codes = outcome("matmul-gpu")
    assert (status, reason, codes) == ("not-checked", "no GPU: NVML: absent (nvml, libnvidia-ml.so.1)", [])


def test_every_visible_gpu_gets_its_own_child(modules: Path) -> None:
    (modules / "torch.py").write_text(
        "import os\nversion = __import__('types').SimpleNamespace(cuda=None)\n__version__ = '2.8.0'"
    )
    host = ProcessHost(FakeNvml(["NVIDIA H200", "NVIDIA H200", "NVIDIA H200"]), {"CUDA_VISIBLE_DEVICES": "2,0"})
    results = prove(host, sys.executable, ["matmul-gpu"])
    assert [(result.gpu, result.findings[0].code) for result in results] == [
        (2, "torch-cpu-build"),
        (0, "torch-cpu-build"),
    ]


def test_a_variable_that_hides_every_gpu_is_named() -> None:
    host = ProcessHost(FakeNvml(["NVIDIA H200"]), {"CUDA_VISIBLE_DEVICES": "-1"})
    (result,) = prove(host, sys.executable, ["matmul-gpu"])
    assert result.reason == "no GPU: `CUDA_VISIBLE_DEVICES=-1` hides all of the 1"


def test_a_wrong_name_says_what_is_near() -> None:
    with pytest.raises(UsageError, match="no proof is named `matmul-gp`") as error:
        prove(ProcessHost(), sys.executable, ["matmul-gp"])
    assert "matmul-gpu" in error.value.hint


def test_events_come_before_and_after_each_proof(modules: Path) -> None:
    (modules / "good.py").write_text("")
    events: list[ProofEvent] = []
    prove(ProcessHost(), sys.executable, ["import:good"], on_event=events.append)
    assert [(event.name, event.number, event.total, event.result is None) for event in events] == [
        ("import:good", 1, 1, True),
        ("import:good", 1, 1, False),
    ]


def test_nothing_is_left_in_the_temporary_folder(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("tmp")
    (modules / "good.py").write_text("")
    prove(ProcessHost(environ={"TMPDIR": str(folder)}), sys.executable, ["import:good", "import:bad"])
    assert list(folder.iterdir()) == []


def test_every_proof_has_its_script_and_its_line_in_the_reference() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "proofs.md").read_text(encoding="utf-8")
    listed = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert listed == list(PROOFS)
    scripts = {path.stem for path in (Path(smoke.__file__).parent / "proofs").glob("*.py")} - {"__init__"}
    assert {proof.script for proof in PROOFS.values()} | {"import_module"} == scripts


def test_a_component_names_proofs_that_exist() -> None:
    from envdoc.components import registry

    for component in registry.names():
        for name in registry.named(component).PROOFS:
            assert proof_named(name).name == name


ROOM = Path(smoke.__file__).parent
IN_THE_TARGET = [ROOM / "child.py", ROOM / "kit.py", *(ROOM / "proofs").glob("*.py"), *(ROOM / "lib").glob("*.py")]


@pytest.mark.parametrize("path", IN_THE_TARGET, ids=lambda path: path.stem)
def test_what_runs_in_the_target_needs_nothing_to_start(path: Path) -> None:
    """Python 3.9's grammar, and at the top nothing but the standard library: the package may be what is broken."""
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in tree.body
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names
