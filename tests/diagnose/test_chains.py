"""Chained tracebacks: the last exception leads, a cause speaks, and what was only looked for is silent."""

from __future__ import annotations

import pytest

from envdoc.diagnose import diagnose_text

DURING = "\nDuring handling of the above exception, another exception occurred:\n\n"
CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
LOOKED_FOR = "ModuleNotFoundError: No module named 'torchaudio._internal.fb'"
OPTIONAL = "ModuleNotFoundError: No module named 'vllm'"
LIBRARY = "OSError: libcudart.so.12: cannot open shared object file: No such file or directory"
DLL = 'OSError: [WinError 126] The specified module could not be found. Error loading "C:\\v\\torch\\lib\\fbgemm.dll"'
MEMORY = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB."
UNKNOWN = "ValueError: rows and columns are not the same"
CALL = "TypeError: SFTTrainer.__init__() got an unexpected keyword argument 'tokenizer_x'"


def raised(exception: str, package: str = "somepackage") -> str:
    frame = f'  File "/srv/env/lib/python3.12/site-packages/{package}/x.py", line 1, in f\n'
    return f"Traceback (most recent call last):\n{frame}{exception}\n"


def chain(*parts: str) -> str:
    return "".join(raised(each) if not each.startswith("\n") else each for each in parts)


@pytest.mark.parametrize(
    ("parts", "codes"),
    [
        ((LOOKED_FOR, DURING, UNKNOWN), []),
        ((OPTIONAL, DURING, UNKNOWN), []),
        ((OPTIONAL, DURING, "RuntimeError: the engine vllm is not there"), ["module-missing"]),
        ((OPTIONAL, DURING, "ImportError: no serving engine could be imported"), ["module-missing"]),
        ((OPTIONAL, DURING, LIBRARY), ["missing-cuda-library"]),
        ((OPTIONAL, DURING, CALL), ["names-apart"]),
        ((OPTIONAL, CAUSE, UNKNOWN), ["module-missing"]),
        ((OPTIONAL, CAUSE, LIBRARY, DURING, UNKNOWN), ["missing-cuda-library"]),
        ((LIBRARY, DURING, UNKNOWN), ["missing-cuda-library"]),
        ((DLL, DURING, "RuntimeError: could not start the trainer"), ["winerror-126-fbgemm"]),
        ((MEMORY, DURING, "RuntimeError: no batch size is small enough"), ["cuda-oom"]),
        ((MEMORY, DURING, CALL), ["cuda-oom"]),
        ((UNKNOWN, DURING, OPTIONAL), ["module-missing"]),
        ((MEMORY, DURING, LIBRARY), ["missing-cuda-library"]),
    ],
)
def test_which_part_speaks(parts: tuple[str, ...], codes: list[str]) -> None:
    assert [each.code for each in diagnose_text(chain(*parts)).findings] == codes


def test_what_was_handled_is_told_under_the_failure() -> None:
    found = diagnose_text(chain(MEMORY, DURING, LIBRARY))
    assert "cuda-oom" in found.folded["missing-cuda-library"]


@pytest.mark.parametrize(
    "log",
    [
        "UserWarning: fast path is off: ModuleNotFoundError: No module named 'vllm'\nstep 1\n",
        "2026-11-21 10:00:00 WARNING serving: no engine\n" + raised(OPTIONAL) + "step 1 loss 2.3\n",
    ],
)
def test_a_missing_part_in_a_warning_is_silent(log: str) -> None:
    assert diagnose_text(log).findings == ()


def test_the_same_in_an_error_is_told() -> None:
    log = "2026-11-21 10:00:00 ERROR serving: no engine\n" + raised(OPTIONAL)
    assert [each.code for each in diagnose_text(log).findings] == ["module-missing"]
