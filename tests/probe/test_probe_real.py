"""The probes against a real environment with torch 2.8.0 from the registry (a cu128 build)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from envdoc.host.local import LocalHost
from envdoc.probe import Ask, target
from envdoc.rules.requirements import normal as normalise

pytestmark = pytest.mark.real

TOLD_BY_TORCH = """
import importlib.metadata, json, torch
print(json.dumps({
    "version": torch.__version__, "cuda": torch.version.cuda, "abi": torch._C._GLIBCXX_USE_CXX11_ABI,
    "flags": torch._C._cuda_getArchFlags(),
    "packages": {each.metadata["Name"]: each.version for each in importlib.metadata.distributions()}}))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with torch 2.8.0 and bitsandbytes; ENVDOC_TEST_TORCH_ENV names one that is there."""
    ready = os.environ.get("ENVDOC_TEST_TORCH_ENV")
    if ready:
        return Path(ready)
    prefix = tmp_path_factory.mktemp("torch") / "env"
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, prefix], check=True)
    wanted = ["torch==2.8.0", "torchvision==0.23.0", "bitsandbytes==0.50.2"]
    subprocess.run([uv, "pip", "install", "-q", "--python", prefix / "bin" / "python", *wanted], check=True)
    return prefix


def test_files_tell_what_torch_tells_when_imported(environment: Path) -> None:
    python = environment / "bin" / "python"
    done = subprocess.run([python, "-c", TOLD_BY_TORCH], capture_output=True, text=True, check=True)
    torch = json.loads(done.stdout)
    told = target.probe(LocalHost(), target.choose(LocalHost(), Ask(env=str(environment))))
    assert told.torch.value is not None
    assert told.torch.value.version == torch["version"]
    assert told.torch.value.cuda == torch["cuda"]
    assert told.torch.value.cxx11_abi.value == torch["abi"]
    assert " ".join(told.torch.value.arch_list.or_else(())) == torch["flags"]
    ours = {each.name: each.version for each in told.packages.or_else(())}
    assert ours == {normalise(name): version for name, version in torch["packages"].items()}
    assert told.leftovers == ()


def test_extensions_of_the_real_wheels(environment: Path) -> None:
    told = target.probe(LocalHost(), target.choose(LocalHost(), Ask(env=str(environment)))).extensions
    assert told["bitsandbytes"].cuda == ("11.8", "12.1", "12.4", "12.6", "12.8", "13.0", "13.2")
    assert (told["torchvision"].cuda, told["torchvision"].torch) == (("12.8",), "2.8.0")
