"""What only Windows has: long paths, page file, VC++ runtime, code page, links, WDDM."""

from __future__ import annotations

from envdoc.doctor.base import Case, NotCheckedError, Outcome, check
from envdoc.doctor.look import named, need, not_told, on_windows, python, untold
from envdoc.doctor.words import found, passed, per_shell, run
from envdoc.findings import finding, text
from envdoc.model.cuda import version_tuple
from envdoc.model.machine import Gpu

_UTF8 = 65001
_FILE_SYSTEM = r"SYSTEM\CurrentControlSet\Control\FileSystem"
# Python 3.15 reads files as UTF-8 whatever the code page says (PEP 686).
_UTF8_DEFAULT = (3, 15)
# Memory-mapped weights and spawned workers count against RAM + page file: WinError 1455 where it is short.
COMMIT_LEAST_MIB = 48 * 1024


@check("windows-long-paths", codes=("windows-long-paths-off",), applies=on_windows)
def long_paths(case: Case) -> Outcome:
    if need(case.machine.windows.long_paths, "LongPathsEnabled"):
        return passed(text("checks", "enabled"))
    return found(
        finding(
            "windows-long-paths-off",
            evidence=(text("windows-long-paths-off", "off", file_system=_FILE_SYSTEM),),
            commands=per_shell(
                powershell=rf"Set-ItemProperty HKLM:\{_FILE_SYSTEM} LongPathsEnabled 1",
                cmd=rf"reg add HKLM\{_FILE_SYSTEM} /v LongPathsEnabled /t REG_DWORD /d 1 /f",
            ),
        )
    )


@check("windows-page-file", codes=("windows-page-file-small",), applies=on_windows)
def page_file(case: Case) -> Outcome:
    page = need(case.machine.windows.page_file_mib, "what-page-file")
    memory = need(case.machine.hardware.memory_total_mib, "what-main-memory")
    told = text("checks", "page-file", page=f"{page / 1024:.0f}", memory=f"{memory / 1024:.0f}")
    if page + memory >= COMMIT_LEAST_MIB:
        return passed(told)
    return found(
        finding(
            "windows-page-file-small",
            told=told,
            evidence=(
                text("windows-page-file-small", "page-mib", page=page),
                text("windows-page-file-small", "memory-mib", memory=memory),
            ),
            commands=run("SystemPropertiesPerformance.exe"),
        )
    )


@check("windows-vc-runtime", codes=("windows-vc-runtime-missing",), applies=on_windows)
def vc_runtime(case: Case) -> Outcome:
    fact = case.machine.windows.vc_runtime
    if fact.value is not None:
        return passed(fact.value)
    if fact.why is not None and fact.why.value != "absent":
        raise NotCheckedError(text("checks", "vc-why", why=fact.reason()))
    return found(
        finding(
            "windows-vc-runtime-missing",
            evidence=(text("checks", "vc-why", why=fact.reason()),),
            commands=per_shell(
                powershell="winget install Microsoft.VCRedist.2015+.x64",
                cmd="winget install Microsoft.VCRedist.2015+.x64",
            ),
        )
    )


@check("windows-code-page", codes=("windows-code-page",), applies=on_windows)
def code_page(case: Case) -> Outcome:
    page = need(case.machine.os.code_page, "what-code-page")
    if page == _UTF8 or case.machine.env.get("PYTHONUTF8") == "1":
        return passed(f"{page}, PYTHONUTF8=1" if page != _UTF8 else f"{page}")
    who = python(case)
    if version_tuple(who.version) >= _UTF8_DEFAULT:
        return passed(text("checks", "reads-utf8", page=page, python=who.version))
    name = {936: " (GBK)", 932: " (Shift JIS)", 949: " (Korean)", 950: " (Big5)"}.get(page, "")
    return found(
        finding(
            "windows-code-page",
            page=page,
            name=name,
            evidence=(text("windows-code-page", "page", page=page), text("windows-code-page", "not-1")),
            commands=per_shell(
                cmd='set "PYTHONUTF8=1"',
                powershell='[Environment]::SetEnvironmentVariable("PYTHONUTF8", "1", "User")',
            ),
        )
    )


@check("windows-links", codes=("windows-no-symlinks",), applies=on_windows)
def links(case: Case) -> Outcome:
    if need(case.machine.windows.developer_mode, "what-developer-mode"):
        return passed(text("checks", "developer-mode-on"))
    return found(
        finding(
            "windows-no-symlinks",
            evidence=(text("windows-no-symlinks", "off"),),
            commands=run("start ms-settings:developers"),
        )
    )


@check("windows-driver-model", codes=("windows-wddm",), applies=on_windows, gpu=True)
def driver_model(case: Case) -> Outcome:
    gpus = case.machine.gpus.value or ()
    models = {gpu.driver_model.value for gpu in gpus if gpu.driver_model.value}
    unseen = [not_told(named(gpu), "driver-model", gpu.driver_model) for gpu in gpus if _untold(gpu)]
    if not models and not unseen:
        raise NotCheckedError(text("checks", "no-driver-model"))
    if "WDDM" not in models:
        return found(seen=", ".join(sorted(models)), unseen=unseen)
    hags = case.machine.windows.hags.value
    return found(
        finding(
            "windows-wddm",
            evidence=(
                text("windows-wddm", "model"),
                text("windows-wddm", "hags-on" if hags else "hags-off") if hags is not None else "",
            ),
        ),
        unseen=unseen,
    )


def _untold(gpu: Gpu) -> bool:
    return untold(gpu.driver_model)
