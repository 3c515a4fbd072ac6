"""Where packages come from, and what each place offers: recorded listings, and a real server on loopback."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from probe_machines import recorded

from envdoc.host.local import LocalHost
from envdoc.model.facts import Why, known, missing
from envdoc.model.machine import System
from envdoc.model.resolution import Offers, Source, SourceKind, SourceLayout, SourceState
from envdoc.probe import index_config, listings, online, sources
from envdoc.probe.index_config import PYPI, PYTORCH, package_index

INDEX = "https://download.pytorch.org/whl"
CU128 = """<!DOCTYPE html><html><body><h1>Links for torch</h1>
<a href="/whl/cu128/torch-2.7.0%2Bcu128-cp312-cp312-manylinux_2_28_x86_64.whl#sha256=c52c" data-dist-info-metadata="x">torch-2.7.0+cu128-cp312-cp312-manylinux_2_28_x86_64.whl</a><br/>
<a href="/whl/cu128/torch-2.8.0%2Bcu128-cp313-cp313-win_amd64.whl#sha256=9f">torch-2.8.0+cu128-cp313-cp313-win_amd64.whl</a><br/>
<a href="/whl/cu128/torch-2.7.1%2Bcu128-cp312-cp312-manylinux_2_28_aarch64.whl">x</a><br/>
<a data-yanked="bad" href="/whl/cu128/torch-2.9.9%2Bcu128-cp312-cp312-manylinux_2_28_x86_64.whl">x</a><br/>
</body></html>"""  # noqa: E501
PYPI_JSON = """{"meta": {"api-version": "1.1"}, "name": "torch", "files": [
 {"filename": "torch-2.10.0-cp312-cp312-manylinux_2_28_x86_64.whl", "yanked": false},
 {"filename": "torch-2.9.1-2-cp312-cp312-manylinux_2_28_x86_64.whl", "yanked": false},
 {"filename": "torch-2.9.0-cp312-cp312-manylinux_2_28_x86_64.whl", "yanked": "broken"},
 {"filename": "torch-2.9.1-cp312-none-macosx_11_0_arm64.whl", "yanked": false}]}"""


def test_the_default_places_in_order() -> None:
    assert index_config.configured(recorded()) == (
        Source("pytorch", SourceKind.PYTORCH, PYTORCH),
        Source("pypi", SourceKind.PYPI, PYPI),
    )


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("http://127.0.0.1:1/whl/{cuda}", ("pytorch", SourceKind.PYTORCH, SourceLayout.INDEX)),
        ("https://x/torch_stable.html", ("pytorch", SourceKind.PYTORCH, SourceLayout.LINKS)),
        ("/wheels", ("local:/wheels", SourceKind.LOCAL, SourceLayout.LINKS)),
    ],
)
def test_another_pytorch_index(named: str, expected: tuple[str, SourceKind, SourceLayout]) -> None:
    first = index_config.configured(recorded(environ={"ENVDOC_PYTORCH_INDEX": named}))[0]
    assert (first.name, first.kind, first.layout) == expected
    assert first.url == named


UV_TOML = '[[index]]\nurl = "https://a/simple"\n[[index]]\nurl = "https://b/simple"\ndefault = true\n'


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"environ": {"UV_DEFAULT_INDEX": "tuna=https://t/simple", "PIP_INDEX_URL": "https://p"}},
            "https://t/simple",
        ),
        ({"environ": {"PIP_INDEX_URL": "https://p/simple "}}, "https://p/simple"),
        ({"environ": {"HOME": "/h"}, "files": {"/h/.config/uv/uv.toml": UV_TOML}}, "https://b/simple"),
        ({"files": {"/etc/uv/uv.toml": '[pip]\nindex-url = "https://c/simple"\n'}}, "https://c/simple"),
        (
            {
                "environ": {"HOME": "/h"},
                "files": {"/h/.config/pip/pip.conf": "[global]\nindex-url = https://d/simple\n"},
            },
            "https://d/simple",
        ),
        ({"files": {"/etc/pip.conf": "index-url = no section\n", "/etc/uv/uv.toml": "not toml ["}}, PYPI),
        ({}, PYPI),
    ],
)
def test_the_users_own_index(tables: dict[str, object], expected: str) -> None:
    assert package_index(recorded(**tables)) == expected


def test_the_users_own_index_on_windows() -> None:
    host = recorded(
        "windows",
        environ={"APPDATA": r"C:\Users\u\AppData\Roaming"},
        files={r"C:\Users\u\AppData\Roaming\pip\pip.ini": "[install]\nindex_url=https://w/simple\n"},
    )
    assert package_index(host) == "https://w/simple"


def ask(host: object, *places: Source, tags: tuple[str, ...] = ("cu128",), **more: object) -> tuple[SourceState, ...]:
    return sources.ask(host, places, ("torch",), tags, **more)  # type: ignore[arg-type]


def test_each_variant_of_the_pytorch_index_is_asked() -> None:
    place = Source("pytorch", SourceKind.PYTORCH, INDEX + "/{cuda}")
    cu126 = CU128.replace("cu128", "cu126").replace("2.7.0", "2.6.0")
    host = recorded(
        fetches={
            INDEX + "/cu128/torch/": CU128,
            INDEX + "/cu126/torch/": cu126,
            INDEX + "/cu118/torch/": {"why": "failed", "detail": "HTTP 403"},
        }
    )
    (state,) = ask(host, place, tags=("cu128", "cu126", "cu118"))
    assert state == SourceState(place, known(Offers({"torch": ("2.6.0+cu126", "2.7.0+cu128")}), "listing"))
    (windows,) = ask(host, place, tags=("cu128",), system=System.WINDOWS)
    assert windows.offers.value == Offers({"torch": ("2.8.0+cu128",)})
    (arm,) = ask(host, place, tags=("cu128",), arch="aarch64")
    assert arm.offers.value == Offers({"torch": ("2.7.1+cu128",)})


def test_json_listings_in_the_order_of_versions() -> None:
    host = recorded(fetches={"https://pypi.org/simple/torch/": PYPI_JSON})
    (state,) = ask(host, Source("pypi", SourceKind.PYPI, PYPI))
    assert state.offers.value == Offers({"torch": ("2.9.1", "2.10.0")})


def test_a_place_that_cannot_be_reached_has_a_reason() -> None:
    gone = {"why": "failed", "detail": "Name or service not known"}
    host = recorded(fetches={"https://pypi.org/simple/torch/": gone})
    (state,) = ask(host, Source("pypi", SourceKind.PYPI, PYPI))
    assert state.offers == missing(Why.FAILED, "https://pypi.org/simple/torch/", "Name or service not known")


def test_a_flat_page_behind_an_index_address_is_told_apart() -> None:
    flat = (
        '<a href="torch-2.7.0%2Bcu128-cp312-cp312-linux_x86_64.whl">t</a>'
        '<a href="numpy-2.0-cp312-cp312-linux_x86_64.whl">n</a>'
    )
    not_found = {"why": "failed", "detail": "HTTP 404"}
    host = recorded(fetches={"https://m/cu128/torch/": not_found, "https://m/cu128/": flat})
    (state,) = ask(host, Source("mirror:m", SourceKind.MIRROR, "https://m/{cuda}"))
    assert state.source.layout is SourceLayout.LINKS
    assert state.offers.value == Offers({"torch": ("2.7.0+cu128",)})


def test_a_folder_of_wheels() -> None:
    names = ["torch-2.7.0+cu128-cp312-cp312-linux_x86_64.whl", "readme.txt", "flash_attn-2.8.3.tar.gz"]
    host = recorded(folders={"/wheels": names})
    place = Source("local:/wheels", SourceKind.LOCAL, "/wheels", SourceLayout.LINKS)
    (state,) = sources.ask(host, [place], ("torch", "flash-attn"), ())
    assert state.offers.value == Offers({"torch": ("2.7.0+cu128",), "flash-attn": ("2.8.3",)})
    (gone,) = ask(recorded(), place)
    assert gone.offers.why is Why.ABSENT


@pytest.mark.parametrize(
    ("platform", "system", "arch", "expected"),
    [
        ("any", System.WINDOWS, "x86_64", True),
        ("win_amd64", System.WINDOWS, "x86_64", True),
        ("win_arm64", System.WINDOWS, "x86_64", False),
        ("win32", System.WINDOWS, "x86_64", False),
        ("manylinux_2_17_x86_64.manylinux2014_x86_64", System.LINUX, "x86_64", True),
        ("linux_aarch64", System.LINUX, "x86_64", False),
        ("macosx_11_0_arm64", System.DARWIN, "aarch64", True),
        ("macosx_11_0_arm64", System.LINUX, "aarch64", False),
    ],
)
def test_platform_tags(platform: str, system: System, arch: str, expected: bool) -> None:
    assert listings.fits(platform, system, arch) is expected


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A real index on loopback: cu128/torch with two wheels."""
    folder = tmp_path / "whl" / "cu128" / "torch"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(CU128)
    handler = type(
        "Handler",
        (Quiet,),
        {"__init__": lambda self, *a, **k: Quiet.__init__(self, *a, directory=str(tmp_path), **k)},
    )
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}/whl"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def test_a_real_server_is_really_asked(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    place = Source("pytorch", SourceKind.PYTORCH, server + "/{cuda}")
    down = Source("down", SourceKind.MIRROR, "http://127.0.0.1:9/{cuda}")
    first, second = sources.ask(
        LocalHost(), (place, down), ("torch",), ("cu128", "cu130"), timeout=30, system=System.LINUX, arch="x86_64"
    )
    assert first.offers.value == Offers({"torch": ("2.7.0+cu128",)})
    assert second.offers.why is Why.FAILED
    assert "refused" in second.offers.detail


def test_what_online_tells() -> None:
    host = recorded(
        environ={"HF_ENDPOINT": "https://hf-mirror.com/"},
        fetches={
            INDEX + "/cpu/torch/": "<a href='x'>",
            "https://pypi.org/simple/pip/": {"why": "timed-out", "detail": "no answer in 8 s"},
            "https://hf-mirror.com/": "<html>",
        },
    )
    assert online.probe(host) == {
        "pytorch": known("reachable", INDEX + "/cpu/torch/"),
        "pypi": missing(Why.TIMED_OUT, "https://pypi.org/simple/pip/", "no answer in 8 s"),
        "huggingface": known("reachable", "https://hf-mirror.com/"),
    }
