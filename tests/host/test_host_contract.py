"""What every host promises: the real one, the recording one, and the one that replays the recording."""

from __future__ import annotations

import http.server
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from host_helpers import Ask, Program

from envdoc.host import download, web
from envdoc.host.base import Stat
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import System

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX")


def test_run_gives_output_and_exit_code(ask: Ask, program: Program) -> None:
    argv = program("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    done = ask(lambda host: host.run(argv, timeout=20))
    newline = os.linesep
    assert (done.argv, done.returncode, done.stdout, done.stderr, done.why, done.ok) == (
        tuple(argv),
        3,
        f"out{newline}",
        f"err{newline}",
        None,
        False,
    )


def test_run_feeds_stdin_and_sets_folder_and_variables(ask: Ask, program: Program, tmp_path: Path) -> None:
    argv = program(
        """
        import os, sys
        sys.stdout.reconfigure(encoding="utf-8")
        print(sys.stdin.buffer.read().decode(), os.getcwd(), os.environ.get("ADDED"), os.environ.get("LANGUAGE"))
        """
    )
    asked = {"env": {"ADDED": "ä", "LANGUAGE": ""}, "cwd": str(tmp_path), "stdin": "grüß"}
    done = ask(lambda host: host.run(argv, timeout=20, **asked))
    assert done.stdout.split() == ["grüß", str(tmp_path.resolve()), "ä", "None"]


def test_run_streams_lines_of_both_pipes(ask: Ask, program: Program) -> None:
    argv = program("import sys; print('one'); print('two'); sys.stdout.flush(); print('end', file=sys.stderr)")

    def lines(host) -> list[str]:  # type: ignore[no-untyped-def]
        seen: list[str] = []
        host.run(argv, timeout=20, on_line=seen.append)
        return seen

    assert sorted(ask(lines)) == ["end", "one", "two"]


def test_run_of_an_absent_program(ask: Ask, tmp_path: Path) -> None:
    by_name = ask(lambda host: host.run(["no-such-program-7f3a"], timeout=5))
    assert (by_name.returncode, by_name.why, by_name.detail) == (None, Why.ABSENT, "not found on PATH")
    by_path = ask(lambda host: host.run([str(tmp_path / "nothing")], timeout=5))
    assert (by_path.returncode, by_path.why) == (None, Why.ABSENT)


@posix
def test_run_in_a_folder_that_is_not_there(ask: Ask, program: Program, tmp_path: Path) -> None:
    argv, cwd = program("pass"), str(tmp_path / "absent")
    done = ask(lambda host: host.run(argv, timeout=5, cwd=cwd))
    assert (done.why, done.detail) == (Why.FAILED, f"cannot start in {cwd}: No such file or directory")


@posix
def test_run_of_a_file_that_may_not_run(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "tool"
    path.write_text("#!/bin/sh\n")
    done = ask(lambda host: host.run([str(path)], timeout=5))
    assert (done.returncode, done.why, done.detail) == (None, Why.DENIED, "Permission denied")


@posix
def test_run_of_a_file_that_is_no_program(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "tool"
    path.write_bytes(b"\x7fELF nonsense")
    path.chmod(0o755)
    done = ask(lambda host: host.run([str(path)], timeout=5))
    assert (done.returncode, done.why, done.detail) == (None, Why.FAILED, "Exec format error")


PAST = 4.0 if sys.platform == "win32" else 0.5  # seconds; time for a Python to start and say something


def test_run_past_its_time(ask: Ask, program: Program) -> None:
    argv = program("import time; print('begun', flush=True); time.sleep(60)")
    done = ask(lambda host: host.run(argv, timeout=PAST))
    assert (done.returncode, done.stdout.strip(), done.why, done.detail) == (
        None,
        "begun",
        Why.TIMED_OUT,
        f"killed after {PAST:g} s",
    )
    assert done.seconds < PAST + 1


def test_the_same_command_may_answer_differently_in_time(ask: Ask, program: Program, tmp_path: Path) -> None:
    argv = program("import sys; n = len(open(sys.argv[1]).read()); open(sys.argv[1], 'a').write('x'); print(n)")

    def twice(host) -> list[str]:  # type: ignore[no-untyped-def]
        counter = tmp_path / f"counter-{id(host)}"
        counter.write_text("")
        command = [*argv, str(tmp_path / "counter")]
        (tmp_path / "counter").write_text("")
        return [host.run(command, timeout=20).stdout.strip() for _ in range(2)]

    assert ask(twice) == ["0", "1"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"plain\n", "plain\n"),
        (b"\xef\xbb\xbf[global]\r\n", "[global]\r\n"),
        (b"\xff\xfea\x00\xe4\x00", "aä"),
        (b"\xfe\xff\x00a", "a"),
        (b"caf\xe9", "caf�"),
        (b"", ""),
    ],
)
def test_read_decodes(ask: Ask, tmp_path: Path, content: bytes, text: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert ask(lambda host: host.read(str(path))) == known(text, str(path))


def test_read_stops_at_its_limit(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert ask(lambda host: host.read(str(path), limit=4)).value == "0123"


def test_read_of_what_is_no_file(ask: Ask, tmp_path: Path) -> None:
    absent, below = str(tmp_path / "absent"), str(tmp_path / "file" / "below")
    (tmp_path / "file").write_text("")
    assert ask(lambda host: host.read(absent)) == missing(Why.ABSENT, absent)
    assert ask(lambda host: host.read(below)).why is Why.ABSENT
    assert not ask(lambda host: host.read(str(tmp_path))).known
    assert ask(lambda host: host.read("a\0b")).why is Why.FAILED


@posix
def test_read_does_not_wait_for_a_named_pipe(ask: Ask, tmp_path: Path) -> None:
    pipe = str(tmp_path / "pipe")
    os.mkfifo(pipe)
    assert ask(lambda host: host.read(pipe)) == missing(Why.UNSUPPORTED, pipe, "not a regular file")


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_read_denied(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("x")
    path.chmod(0)
    assert ask(lambda host: host.read(str(path))) == missing(Why.DENIED, str(path), "Permission denied")


def test_listdir(ask: Ask, tmp_path: Path) -> None:
    for name in ("b", "a", "ü"):
        (tmp_path / name).write_text("")
    assert ask(lambda host: host.listdir(str(tmp_path))) == known(("a", "b", "ü"), str(tmp_path))
    assert ask(lambda host: host.listdir(str(tmp_path / "absent"))).why is Why.ABSENT


def test_listdir_of_a_file(ask: Ask, tmp_path: Path) -> None:
    path = str(tmp_path / "file")
    Path(path).write_text("")
    told = ask(lambda host: host.listdir(path))
    assert (told.why, told.source) == (Why.UNSUPPORTED, path)
    assert told.detail == "Not a directory" or sys.platform == "win32"  # Windows has words of its own


@pytest.mark.parametrize("name", ["what?", "out\tnew", "a|b", "two\nlines"])
def test_a_name_that_no_file_can_have_is_absent(ask: Ask, tmp_path: Path, name: str) -> None:
    """Windows calls it wrong (123), or nothing but EINVAL where a file is opened."""
    path = str(tmp_path / name)
    assert ask(lambda host: host.stat(path)) == missing(Why.ABSENT, path)
    assert ask(lambda host: host.read(path)) == missing(Why.ABSENT, path)
    assert ask(lambda host: host.listdir(path)) == missing(Why.ABSENT, path)


def test_stat(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    os.utime(path, (1000, 1000))
    assert ask(lambda host: host.stat(str(path))) == known(
        Stat(5, False, False, 1000.0, path.stat().st_ino), str(path)
    )
    assert ask(lambda host: host.stat(str(tmp_path))).value.is_dir
    assert ask(lambda host: host.stat(str(tmp_path / "absent"))) == missing(Why.ABSENT, str(tmp_path / "absent"))


@posix
def test_links(ask: Ask, tmp_path: Path) -> None:
    target, link, broken = tmp_path / "target", tmp_path / "link", tmp_path / "broken"
    target.write_bytes(b"123")
    link.symlink_to(target)
    broken.symlink_to(tmp_path / "absent")
    info = ask(lambda host: host.stat(str(link))).value
    assert (info.size, info.is_link) == (3, True)
    assert ask(lambda host: host.stat(str(broken))) == missing(Why.ABSENT, str(broken), "a link that leads nowhere")
    assert ask(lambda host: host.realpath(str(link))) == str(target.resolve())
    assert ask(lambda host: host.realpath(str(broken))) == str(broken)


def test_search(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "library.so"
    path.write_bytes(b"\0" * 5000 + b"sm_75 sm_80\0junk\xff" + b"sm_90 compute_90\0")
    pattern = rb"sm_\d+(?: (?:sm|compute)_\d+)+"
    assert ask(lambda host: host.search(str(path), pattern)) == known(("sm_75 sm_80",), str(path))
    every = ask(lambda host: host.search(str(path), pattern, first=False))
    assert every.value == ("sm_75 sm_80", "sm_90 compute_90")
    assert ask(lambda host: host.search(str(path), b"absent")) == missing(Why.ABSENT, str(path), "no match")
    assert ask(lambda host: host.search(str(tmp_path / "absent"), pattern)).why is Why.ABSENT
    (tmp_path / "empty").write_bytes(b"")
    assert ask(lambda host: host.search(str(tmp_path / "empty"), pattern)).detail == "an empty file"


def test_disk_of_a_folder_that_is_not_there_yet(ask: Ask, tmp_path: Path) -> None:
    fact = ask(lambda host: host.disk(str(tmp_path / "to" / "be" / "made")))
    assert 0 < fact.value.free_mib <= fact.value.total_mib
    assert fact.source == str(tmp_path)


def test_main_memory_by_windows_own_call(ask: Ask) -> None:
    fact = ask(lambda host: host.memory())
    if sys.platform == "win32":
        assert 0 < fact.value.free_mib <= fact.value.total_mib
    else:
        assert fact == missing(Why.UNSUPPORTED, "GlobalMemoryStatusEx", "only Windows has this call")


def test_environ_and_which(ask: Ask) -> None:
    assert ask(lambda host: host.environ["PATH"]) == os.environ["PATH"]
    assert ask(lambda host: host.environ.get("NO_SUCH_VARIABLE_7F3A")) is None
    assert ask(lambda host: host.which("no-such-program-7f3a")) is None
    found = ask(lambda host: host.which("cmd" if sys.platform == "win32" else "sh"))
    assert Path(found).is_file()


def test_what_the_machine_is(ask: Ask) -> None:
    systems = {"linux": System.LINUX, "win32": System.WINDOWS, "darwin": System.DARWIN}
    assert ask(lambda host: host.system) is systems[sys.platform]
    assert ask(lambda host: host.arch) in ("x86_64", "aarch64")
    assert 1 <= ask(lambda host: host.cpu_count()) <= (os.cpu_count() or 1)


@posix
def test_registry_is_only_on_windows(ask: Ask) -> None:
    key = r"HKLM\SOFTWARE\Microsoft"
    gone = missing(Why.UNSUPPORTED, key, "only Windows has a registry")
    assert ask(lambda host: host.registry(key, "x")) == gone
    assert ask(lambda host: host.registry_keys(key)) == gone


def test_nvml_never_raises(ask: Ask) -> None:
    started = ask(lambda host: host.nvml.init())
    count = ask(lambda host: host.nvml.count())
    name = ask(lambda host: host.nvml.device(0, "Name"))
    if not started.known:
        assert started.source == "nvml"
        assert started.detail.startswith("NVML_ERROR_")
        assert count == name == started
        assert ask(lambda host: host.nvml.system("DriverVersion")).why is started.why


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/slow"):
            self.server.released.wait(5)  # type: ignore[attr-defined]
        self.send_response(404 if self.path == "/absent" else 200)
        self.end_headers()
        self.wfile.write("größer".encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as httpd:
        httpd.released = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"127.0.0.1:{httpd.server_address[1]}"
        httpd.released.set()  # type: ignore[attr-defined]
        httpd.shutdown()
        thread.join()


def test_fetch(ask: Ask, server: str) -> None:
    url = f"http://{server}/simple/"
    assert ask(lambda host: host.fetch(url, timeout=5)) == known("größer", url)
    assert ask(lambda host: host.fetch(f"http://{server}/absent", timeout=5)).detail == "HTTP 404"
    assert ask(lambda host: host.fetch(url, timeout=5, limit=3)).detail == "longer than 3 bytes"


@posix
@pytest.mark.parametrize("kind", ["link", "second name", "pipe"])
def test_a_beginning_that_was_planted_is_none(server: str, tmp_path: Path, kind: str) -> None:
    victim, part = tmp_path / "diary", tmp_path / "f.whl.part"
    victim.write_text("mine")
    {"link": part.symlink_to, "second name": part.hardlink_to, "pipe": lambda _: os.mkfifo(part)}[kind](victim)
    got = download.download(f"http://{server}/x", str(tmp_path / "f.whl"), 5, 1 << 20, resume=True)
    assert got.known
    assert (victim.read_text(), (tmp_path / "f.whl").read_text("utf-8")) == ("mine", "größer")


@pytest.mark.parametrize("status", [403, 407])
def test_what_a_proxy_refuses_is_told_by_its_status(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    class Proxy(_Handler):
        def do_CONNECT(self) -> None:
            self.send_response(status)
            self.end_headers()

    for name in ("NO_PROXY", "no_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        monkeypatch.setenv("https_proxy", f"http://me:pa55@127.0.0.1:{httpd.server_address[1]}")
        fact = web.fetch("https://example.org/simple/", 5, 1 << 20)
        httpd.shutdown()
    assert (fact.why, fact.detail) == (Why.FAILED, f"HTTP {status} of the proxy")


def test_fetch_keeps_credentials_to_itself(ask: Ask, server: str) -> None:
    fact = ask(lambda host: host.fetch(f"http://name:pa55@{server}/x?token=abcdef", timeout=5))
    assert fact == known("größer", f"http://***@{server}/x?token=***")
    refused = ask(lambda host: host.fetch("http://name:pa55@127.0.0.1:9/x?token=abcdef", timeout=5))
    assert refused.why is Why.FAILED
    assert not {"pa55", "abcdef", "name:"} & set(f"{refused.source} {refused.detail}".replace("@", " ").split())
    assert "pa55" not in repr(refused)
    assert "abcdef" not in repr(refused)


def test_fetch_is_bounded_in_time(ask: Ask, server: str) -> None:
    fact = ask(lambda host: host.fetch(f"http://{server}/slow", timeout=0.3))
    assert fact.why is Why.TIMED_OUT


def test_fetch_of_a_broken_address(ask: Ask) -> None:
    assert ask(lambda host: host.fetch("not an address", timeout=5)).why is Why.FAILED
