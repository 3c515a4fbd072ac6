"""The operating system: distribution, kernel, C library, WSL, container, Windows build and code page."""

from __future__ import annotations

import re

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import OperatingSystem, System
from envdoc.probe import paths
from envdoc.probe.ask import Ask

_CURRENT_VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_CODE_PAGE = r"HKLM\SYSTEM\CurrentControlSet\Control\Nls\CodePage"
_MAC_VERSION = "/System/Library/CoreServices/SystemVersion.plist"


def probe(host: Host, ask: Ask) -> OperatingSystem:
    """The operating system, without starting a process."""
    del ask
    if host.system is System.WINDOWS:
        return _windows(host)
    if host.system is System.DARWIN:
        return _mac(host)
    return _linux(host)


def _linux(host: Host) -> OperatingSystem:
    release = host.read("/etc/os-release")
    if not release.known:
        release = host.read("/usr/lib/os-release")
    told = parse_os_release(release.or_else(""))
    kernel = _first_line(host.read("/proc/sys/kernel/osrelease"))
    return OperatingSystem(
        system=host.system,
        arch=host.arch,
        name=_field(told, "PRETTY_NAME", release),
        version=_field(told, "VERSION_ID", release),
        kernel=kernel,
        libc=libc(host),
        wsl=wsl(host, kernel),
        container=container(host),
        code_page=missing(Why.UNSUPPORTED),
    )


def parse_os_release(text: str) -> dict[str, str]:
    """`PRETTY_NAME="Ubuntu 24.04.3 LTS"` lines as a dict."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip().strip("\"'") for key, value in pairs}


def _field(told: dict[str, str], name: str, asked: Fact[str]) -> Fact[str]:
    if told.get(name):
        return known(told[name], asked.source)
    return missing(asked.why or Why.ABSENT, asked.source, asked.detail or f"no {name}", asked.code)


def _first_line(fact: Fact[str]) -> Fact[str]:
    text = fact.or_else("").strip()
    if not fact.known:
        return fact
    return known(text.splitlines()[0], fact.source) if text else missing(Why.ABSENT, fact.source, "empty")


def libc(host: Host) -> Fact[str]:
    """The C library by its own file: `GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.`"""
    for path in _libc_files(host):
        if not paths.exists(host, path):
            continue
        told = host.search(path, rb"release version \d+\.\d+")
        if told.value:
            return known("glibc " + told.value[0].rsplit(" ", 1)[1], path)
    musl = f"/lib/ld-musl-{host.arch}.so.1"
    if paths.exists(host, musl):
        told = host.search(musl, rb"1\.[12]\.\d{1,2}")
        return known("musl " + told.value[0] if told.value else "musl", musl)
    return missing(Why.ABSENT, "libc.so.6", "not in the usual folders")


def _libc_files(host: Host) -> tuple[str, ...]:
    return (
        f"/lib/{host.arch}-linux-gnu/libc.so.6",
        f"/usr/lib/{host.arch}-linux-gnu/libc.so.6",
        "/lib64/libc.so.6",
        "/usr/lib64/libc.so.6",
        "/usr/lib/libc.so.6",
    )


def wsl(host: Host, kernel: Fact[str]) -> Fact[int]:
    """0, 1 or 2. WSL 1 says `4.4.0-19041-Microsoft`, WSL 2 `5.15.167.4-microsoft-standard-WSL2`."""
    release = kernel.or_else("")
    if "microsoft" in release or "WSL2" in release:
        return known(2, kernel.source)
    if "Microsoft" in release:
        return known(1, kernel.source)
    if paths.exists(host, "/dev/dxg") and paths.exists(host, "/usr/lib/wsl/lib"):
        return known(2, "/dev/dxg")  # a kernel of the user's own
    return known(0, kernel.source) if kernel.known else missing(kernel.why or Why.FAILED, kernel.source)


_BY_VARIABLE = (
    ("KUBERNETES_SERVICE_HOST", "kubernetes"),
    ("APPTAINER_CONTAINER", "apptainer"),
    ("SINGULARITY_CONTAINER", "singularity"),
)


def container(host: Host) -> Fact[str]:
    """The kind of container that we are in, or "none"."""
    for variable, kind in _BY_VARIABLE:
        if variable in host.environ:
            return known(kind, variable)
    for path, kind in (("/run/.containerenv", "podman"), ("/.dockerenv", "docker"), ("/.singularity.d", "apptainer")):
        if paths.exists(host, path):
            return known(kind, path)
    named = host.read("/run/systemd/container").or_else("").strip()
    if named:
        return known(named, "/run/systemd/container")
    cgroup = host.read("/proc/1/cgroup")
    for word, kind in (("kubepods", "kubernetes"), ("docker", "docker"), ("libpod", "podman"), ("/lxc", "lxc")):
        if word in cgroup.or_else(""):
            return known(kind, "/proc/1/cgroup")
    if cgroup.value is None:  # it may be one, of a kind that leaves no other trace
        return missing(cgroup.why or Why.FAILED, "/proc/1/cgroup", cgroup.detail, cgroup.code)
    return known("none", "/proc/1/cgroup")


def _windows(host: Host) -> OperatingSystem:
    def value(name: str) -> Fact[str | int]:
        return host.registry(_CURRENT_VERSION, name)

    build = value("CurrentBuild")
    number = f"{value('CurrentMajorVersionNumber').or_else(10)}.{value('CurrentMinorVersionNumber').or_else(0)}"
    version = f"{number}.{build.value}"
    return OperatingSystem(
        system=host.system,
        arch=host.arch,
        name=_windows_name(value("ProductName"), build),
        version=_with_build(build, version),
        kernel=_with_build(build, f"{version}.{value('UBR').or_else(0)}"),
        libc=missing(Why.UNSUPPORTED),
        wsl=known(0, "registry"),
        container=missing(Why.UNSUPPORTED),
        code_page=_code_page(host),
    )


def _with_build(build: Fact[str | int], text: str) -> Fact[str]:
    if build.why is not None:
        return missing(build.why, build.source, build.detail, build.code)
    return known(text, "registry")


def _windows_name(product: Fact[str | int], build: Fact[str | int]) -> Fact[str]:
    """The registry of Windows 11 still says `Windows 10 Pro`; the build tells them apart."""
    if product.value is None:
        return missing(product.why or Why.ABSENT, product.source, product.detail, product.code)
    text = str(product.value)
    digits = str(build.or_else("0"))
    if digits.isdecimal() and int(digits) >= 22000:
        text = text.replace("Windows 10", "Windows 11")
    return known(text, "registry")


def _code_page(host: Host) -> Fact[int]:
    told = host.registry(_CODE_PAGE, "ACP")
    text = str(told.or_else(""))
    if text.isdecimal():
        return known(int(text), "registry")
    return missing(told.why or Why.FAILED, "registry", told.detail or text, told.code)


def _mac(host: Host) -> OperatingSystem:
    plist = host.read(_MAC_VERSION)
    found = re.search(r"<key>ProductVersion</key>\s*<string>([\d.]+)", plist.or_else(""))
    version: Fact[str] = known(found[1], plist.source) if found else missing(plist.why or Why.ABSENT, plist.source)
    return OperatingSystem(
        system=host.system,
        arch=host.arch,
        name=known(f"macOS {found[1]}", plist.source) if found else missing(Why.ABSENT, plist.source),
        version=version,
        kernel=missing(Why.UNSUPPORTED),
        libc=missing(Why.UNSUPPORTED),
        wsl=known(0),
        container=missing(Why.UNSUPPORTED),
        code_page=missing(Why.UNSUPPORTED),
    )
