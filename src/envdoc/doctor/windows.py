"""What only Windows has: long paths, page file, VC++ runtime, code page, links, WDDM."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import named, need, on_windows, python, untold
from envdoc.doctor.words import finding, found, passed, per_shell, run
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Severity
from envdoc.model.machine import Gpu

_UTF8 = 65001
_FILE_SYSTEM = r"SYSTEM\CurrentControlSet\Control\FileSystem"
# Python 3.15 reads files as UTF-8 whatever the code page says (PEP 686).
_UTF8_DEFAULT = (3, 15)
# Memory-mapped weights and spawned workers count against RAM + page file: WinError 1455 where it is short.
COMMIT_LEAST_MIB = 48 * 1024
_VC_REDIST = "https://aka.ms/vs/17/release/vc_redist.x64.exe"


@check("windows-long-paths", "Long paths", codes=("windows-long-paths-off",), applies=on_windows)
def long_paths(case: Case) -> Outcome:
    if need(case.machine.windows.long_paths, "LongPathsEnabled"):
        return passed("enabled")
    return found(
        finding(
            Severity.WARNING,
            "windows-long-paths-off",
            "Windows refuses paths over 260 characters: unpacking a package can end in `No such file`",
            evidence=(rf"HKLM\{_FILE_SYSTEM}: LongPathsEnabled is 0",),
            fix="Enable long paths in a terminal that runs as administrator, then sign in again",
            commands=per_shell(
                powershell=rf"Set-ItemProperty HKLM:\{_FILE_SYSTEM} LongPathsEnabled 1",
                cmd=rf"reg add HKLM\{_FILE_SYSTEM} /v LongPathsEnabled /t REG_DWORD /d 1 /f",
            ),
            links=("https://learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation",),
        )
    )


@check("windows-page-file", "Page file", codes=("windows-page-file-small",), applies=on_windows)
def page_file(case: Case) -> Outcome:
    page = need(case.machine.windows.page_file_mib, "page file")
    memory = need(case.machine.hardware.memory_total_mib, "main memory")
    told = f"{page / 1024:.0f} GiB, with {memory / 1024:.0f} GiB of memory"
    if page + memory >= COMMIT_LEAST_MIB:
        return passed(told)
    return found(
        finding(
            Severity.WARNING,
            "windows-page-file-small",
            f"The page file has {told}: loading a model can end in WinError 1455",
            evidence=(f"page file: {page} MiB", f"main memory: {memory} MiB"),
            fix="Let Windows manage its size, or set 32 GiB and more: System Properties, Advanced, Performance, "
            "Virtual memory. Fewer DataLoader workers help too",
            commands=run("SystemPropertiesPerformance.exe"),
            links=(
                "https://learn.microsoft.com/troubleshoot/windows-client/performance/introduction-to-the-page-file",
            ),
        )
    )


@check("windows-vc-runtime", "VC++ runtime", codes=("windows-vc-runtime-missing",), applies=on_windows)
def vc_runtime(case: Case) -> Outcome:
    fact = case.machine.windows.vc_runtime
    if fact.value is not None:
        return passed(fact.value)
    if fact.why is not None and fact.why.value != "absent":
        raise NotCheckedError(f"VC++ runtime: {fact.reason()}")
    return found(
        finding(
            Severity.ERROR,
            "windows-vc-runtime-missing",
            "The Visual C++ runtime is missing: torch's libraries fail to load with WinError 126",
            evidence=(f"VC++ runtime: {fact.reason()}",),
            fix="Install the Visual C++ 2015-2022 redistributable (x64)",
            commands=per_shell(
                powershell="winget install Microsoft.VCRedist.2015+.x64",
                cmd="winget install Microsoft.VCRedist.2015+.x64",
            ),
            links=(_VC_REDIST,),
        )
    )


@check("windows-code-page", "Code page", codes=("windows-code-page",), applies=on_windows)
def code_page(case: Case) -> Outcome:
    page = need(case.machine.os.code_page, "code page")
    if page == _UTF8 or case.machine.env.get("PYTHONUTF8") == "1":
        return passed(f"{page}" + (", PYTHONUTF8=1" if page != _UTF8 else ""))
    who = python(case)
    if version_tuple(who.version) >= _UTF8_DEFAULT:
        return passed(f"{page}; Python {who.version} reads UTF-8 anyway")
    name = {936: " (GBK)", 932: " (Shift JIS)", 949: " (Korean)", 950: " (Big5)"}.get(page, "")
    return found(
        finding(
            Severity.WARNING,
            "windows-code-page",
            f"Python reads files in code page {page}{name}: a UTF-8 data set ends in UnicodeDecodeError",
            evidence=(f"ANSI code page: {page}", "PYTHONUTF8 is not 1"),
            fix="Set PYTHONUTF8 before Python starts",
            commands=per_shell(
                cmd='set "PYTHONUTF8=1"',
                powershell='[Environment]::SetEnvironmentVariable("PYTHONUTF8", "1", "User")',
            ),
            links=("https://docs.python.org/3/using/windows.html#utf-8-mode",),
        )
    )


@check("windows-links", "Symbolic links", codes=("windows-no-symlinks",), applies=on_windows)
def links(case: Case) -> Outcome:
    if need(case.machine.windows.developer_mode, "developer mode"):
        return passed("developer mode is on")
    return found(
        finding(
            Severity.INFO,
            "windows-no-symlinks",
            "Without developer mode the Hugging Face cache copies files instead of linking them: more space",
            evidence=("developer mode: off",),
            fix="Turn developer mode on if space is short: Settings, System, For developers",
            commands=run("start ms-settings:developers"),
            links=("https://huggingface.co/docs/huggingface_hub/how-to-cache#limitations",),
        )
    )


@check("windows-driver-model", "Driver model", codes=("windows-wddm",), applies=on_windows, gpu=True)
def driver_model(case: Case) -> Outcome:
    gpus = case.machine.gpus.value or ()
    models = {gpu.driver_model.value for gpu in gpus if gpu.driver_model.value}
    unseen = [f"{named(gpu)}: driver model not told: {gpu.driver_model.reason()}" for gpu in gpus if _untold(gpu)]
    if not models and not unseen:
        raise NotCheckedError("no driver model is known")
    if "WDDM" not in models:
        return found(seen=", ".join(sorted(models)), unseen=unseen)
    hags = case.machine.windows.hags.value
    return found(
        finding(
            Severity.INFO,
            "windows-wddm",
            "Windows manages the GPU's memory (WDDM): what does not fit moves to main memory, and training "
            "becomes slow instead of failing",
            evidence=(
                "driver model: WDDM",
                f"hardware-accelerated GPU scheduling: {'on' if hags else 'off'}" if hags is not None else "",
            ),
            fix="Set the NVIDIA Control Panel's `CUDA - Sysmem Fallback Policy` to `Prefer No Sysmem Fallback` to "
            "see out-of-memory errors instead",
            links=("https://nvidia.custhelp.com/app/answers/detail/a_id/5490",),
        ),
        unseen=unseen,
    )


def _untold(gpu: Gpu) -> bool:
    return untold(gpu.driver_model)
