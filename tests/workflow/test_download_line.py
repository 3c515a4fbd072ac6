"""Downloads of models: the right program and options for each hub, a mirror with what it needs, ModelScope."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from envdoc.errors import UsageError
from envdoc.host.local import LocalHost
from envdoc.knowledge.tables import load
from envdoc.model.facts import known
from envdoc.model.machine import Machine, OperatingSystem, Package, System, Target
from envdoc.rules import hub_cli
from envdoc.workflow.download import DownloadWish, plan, run

posix = pytest.mark.skipif(sys.platform == "win32", reason="writes a POSIX environment")


@pytest.mark.parametrize(
    ("hub", "words"),
    [
        ("0.22.2", "huggingface-cli download a/b --local-dir d --resume-download"),
        ("0.33.4", "huggingface-cli download a/b --local-dir d"),
        ("0.34.0", "hf download a/b --local-dir d"),
        ("0.36.0", "hf download a/b --local-dir d"),
        ("1.33.0", "hf download a/b --local-dir d"),
        ("2.4.0", "hf download a/b --local-dir d"),
        ("", "hf download a/b --local-dir d"),
    ],
)
def test_the_program_and_its_options_are_those_of_the_version(hub: str, words: str) -> None:
    assert " ".join(hub_cli.download("a/b", "d", hub)) == words


def environment(root: Path, **packages: str) -> str:
    site = root / "lib/python3.12/site-packages"
    site.mkdir(parents=True)
    (root / "pyvenv.cfg").write_text("version_info = 3.12.1\n")
    (root / "bin").mkdir()
    for name, version in packages.items():
        (site / f"{name}-{version}.dist-info").mkdir()
    return str(root)


@posix
def test_a_mirror_comes_with_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    root = environment(tmp_path / "e", huggingface_hub="1.33.0")
    (tmp_path / "e/bin/hf").write_text("#!/bin/sh\nexit 0\n")
    told = plan(LocalHost(), DownloadWish("Qwen/Qwen3-8B", root, "models/q", mirror="cn"))
    assert told.lines(System.LINUX) == (
        "export HF_ENDPOINT=https://hf-mirror.com",
        "export HF_HUB_DISABLE_XET=1",
        f"{root}/bin/hf download Qwen/Qwen3-8B --local-dir models/q",
    )
    assert told.findings == ()


def test_the_users_own_endpoint_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://mine.example/ ")
    told = plan(LocalHost(), DownloadWish("a/b"))
    assert told.variables == {"HF_ENDPOINT": "https://mine.example", "HF_HUB_DISABLE_XET": "1"}
    monkeypatch.setenv("HF_ENDPOINT", "https://huggingface.co")
    assert plan(LocalHost(), DownloadWish("a/b")).variables == {}


@posix
def test_modelscope_needs_its_client(tmp_path: Path) -> None:
    root = environment(tmp_path / "e", huggingface_hub="1.33.0")
    told = plan(LocalHost(), DownloadWish("Qwen/Qwen3-8B", root, "m", source="modelscope"))
    assert told.argv == ("modelscope", "download", "--model", "Qwen/Qwen3-8B", "--local_dir", "m")
    assert [each.code for each in told.findings] == ["hub-client-missing"]
    assert "modelscope" in told.findings[0].remediation.commands[0].command


@pytest.mark.parametrize("repo", ["", "a b", "a/b/c", "--help", "../x", "a/b;rm -rf"])
def test_what_is_no_repository_is_refused(repo: str) -> None:
    with pytest.raises(UsageError, match="no name of a repository"):
        plan(LocalHost(), DownloadWish(repo))


@pytest.mark.parametrize("mirror", ["nowhere", "ftp://x", "https://me:s3cr3t@host"])
def test_what_is_no_mirror_is_refused_without_its_secret(mirror: str) -> None:
    with pytest.raises(UsageError) as refused:
        plan(LocalHost(), DownloadWish("a/b", mirror=mirror))
    assert "s3cr3t" not in refused.value.message


@posix
def test_it_can_be_run_and_its_exit_code_counts(tmp_path: Path) -> None:
    root = environment(tmp_path / "e", huggingface_hub="1.33.0")
    script = tmp_path / "e/bin/hf"
    script.write_text('#!/bin/sh\necho "$HF_ENDPOINT $@"\nexit 3\n')
    script.chmod(0o755)
    said: list[str] = []
    told = plan(LocalHost(), DownloadWish("a/b", root, "d", mirror="https://m.example"))
    assert run(LocalHost(), told, said.append) == 3
    assert said == ["https://m.example download a/b --local-dir d"]


@pytest.mark.parametrize(
    ("value", "have", "codes"),
    [("1", (), ["hub-client-missing"]), ("1", ("modelscope",), []), ("1 ", (), []), ("0", (), [])],
)
def test_the_variable_for_modelscope_needs_the_package(value: str, have: tuple[str, ...], codes: list[str]) -> None:
    from envdoc.doctor import Case, examine

    installed = tuple(Package(name, "1.30.0", "/site") for name in have)
    target = Target(packages=known(installed, "site-packages"))
    machine = Machine(OperatingSystem(System.LINUX, "x86_64"), env={"USE_MODELSCOPE_HUB": value}, target=target)
    report = examine(Case(machine, load()), only=("hub-modelscope",))
    assert [each.code for each in report.findings] == codes
