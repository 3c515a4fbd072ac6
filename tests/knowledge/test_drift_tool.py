"""tools/check_tables.py on a folder of small wheels and on a small server: what it finds, what it may not pass."""

from __future__ import annotations

import io
import json
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"
TORCH = "torch-2.8.0-cp312-cp312-manylinux_2_28_x86_64.whl"


@pytest.fixture(scope="module", autouse=True)
def _tools_on_path() -> Iterator[None]:
    sys.path.insert(0, str(TOOLS))
    yield
    sys.path.remove(str(TOOLS))


def wheel(requires: tuple[str, ...] = (), members: dict[str, str] | None = None, python: str = ">=3.9") -> bytes:
    """The bytes of a small wheel."""
    lines = ["Metadata-Version: 2.1", "Name: x", f"Requires-Python: {python}"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("x.dist-info/METADATA", "\n".join(lines) + "\n\nwords")
        for name, text in (members or {}).items():
            archive.writestr(name, text)
    return held.getvalue()


def torch_wheel(cuda: str = "12.8", triton: str = "3.4.0") -> bytes:
    version = {
        "torch/version.py": f"__version__ = '2.8.0'\ncuda: Optional[str] = '{cuda}'\n",
        "torch/pad": "x" * 99_999,
    }
    return wheel((f'triton=={triton}; platform_system == "Linux"', "sympy>=1.13.3"), version)


def answers(folder: Path, *tables: str) -> list[tuple[str, str, str]]:
    """What the tool says of the wheels in a folder, without the rows that have none there."""
    import check_tables
    from tablecheck.wheels import Shelf

    found = check_tables.check(tables, Shelf("https://example.invalid/simple", folder))
    return [(each.row, str(each.verdict), each.detail) for each in found if "there" not in each.detail]


def test_a_wheel_that_agrees(tmp_path: Path) -> None:
    (tmp_path / TORCH).write_bytes(torch_wheel())
    (tmp_path / "torchvision-0.23.0-cp312-cp312-manylinux_2_28_x86_64.whl").write_bytes(wheel(("torch==2.8.0",)))
    assert answers(tmp_path, "companions") == [
        ("torch 2.8.0", "checked", f"triton that {TORCH} pins: 3.4.0"),
        ("torch 2.8.0", "checked", "torchvision 0.23.0 takes torch ==2.8.0, this one: True"),
    ]


def test_wheels_that_differ(tmp_path: Path) -> None:
    (tmp_path / TORCH).write_bytes(torch_wheel(triton="3.5.0"))
    (tmp_path / "torchvision-0.23.0-cp312-cp312-manylinux_2_28_x86_64.whl").write_bytes(wheel(("torch==2.9.0",)))
    assert answers(tmp_path, "companions") == [
        ("torch 2.8.0", "differs", f"triton that {TORCH} pins: the table has 3.4.0, found 3.5.0"),
        (
            "torch 2.8.0",
            "differs",
            "torchvision 0.23.0 takes torch ==2.9.0, this one: the table has True, found False",
        ),
    ]


@pytest.mark.parametrize(("cuda", "verdict"), [("12.8", "checked"), ("12.9", "differs")])
def test_the_cuda_of_the_index_build_is_read_from_the_wheel(tmp_path: Path, cuda: str, verdict: str) -> None:
    (tmp_path / TORCH).write_bytes(torch_wheel(cuda))
    (row,) = [each for each in _index_builds(tmp_path) if each[1] != "not-checked"]
    assert row[:2] == ("torch 2.8 cu128 linux-x86_64 (package index)", verdict)


def _index_builds(folder: Path) -> list[tuple[str, str]]:
    from tablecheck import torchchecks
    from tablecheck.wheels import Shelf

    from envdoc.knowledge.tables import load

    found = torchchecks.check_index_builds(load(), Shelf("https://example.invalid/simple", folder))
    return [(each.row, str(each.verdict)) for each in found]


def test_bitsandbytes_libraries_and_bounds(tmp_path: Path) -> None:
    name = "bitsandbytes-0.50.2-py3-none-manylinux_2_24_x86_64.whl"
    tags = ("118", "121", "124", "126", "128", "130")  # 132 is missing
    members = {f"bitsandbytes/libbitsandbytes_cuda{tag}.so": "" for tag in tags}
    (tmp_path / name).write_bytes(wheel(("torch<3,>=2.4",), members, python=">=3.10"))
    row = "bitsandbytes >=0.50,<0.51"
    assert answers(tmp_path, "bitsandbytes") == [
        (row, "differs", f"libraries in {name}: the table has 11.8 12.1 12.4 12.6 12.8 13.0 13.2, "
                         "found 11.8 12.1 12.4 12.6 12.8 13.0"),
        (row, "checked", "least torch: 2.4"),
        (row, "checked", "least Python: 3.10"),
    ]  # fmt: skip


def test_tables_that_no_wheel_can_prove_are_not_called_checked(tmp_path: Path) -> None:
    assert answers(tmp_path, "driver_floors") == [
        ("all 3 rows", "not-checked", "stands in NVIDIA's documentation only")
    ]


def test_an_index_that_cannot_be_reached_is_no_agreement() -> None:
    import check_tables
    from tablecheck.wheels import Shelf

    found = list(check_tables.check(["bitsandbytes"], Shelf("http://127.0.0.1:9/simple")))
    assert [(each.row, str(each.verdict)) for each in found] == [("all rows", "not-checked")]
    assert found[0].detail == "http://127.0.0.1:9/simple/bitsandbytes/: ConnectionError"


class _Handler(BaseHTTPRequestHandler):
    """A simple index with one wheel, which answers range requests and counts what it gave out."""

    def __init__(self, *args: object, content: bytes, sent: list[int]) -> None:
        self.content, self.sent = content, sent
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path == "/simple/torch/":
            body = json.dumps({"files": [{"filename": TORCH, "url": f"../../files/{TORCH}"}]}).encode()
            self._answer(200, body, {"Content-Type": "application/vnd.pypi.simple.v1+json"})
        elif self.path == f"/files/{TORCH}":
            first, last = self.headers["Range"].removeprefix("bytes=").split("-")
            part = self.content[int(first) : int(last) + 1]
            self.sent.append(len(part))
            self._answer(206, part, {"Content-Range": f"bytes {first}-{last}/{len(self.content)}"})
        else:
            self._answer(404, b"", {})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def test_a_wheel_on_a_server_is_read_by_ranges_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from tablecheck import wheels

    content, sent = torch_wheel(), []  # type: ignore[var-annotated]
    monkeypatch.setattr(wheels, "BLOCK", 512)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, content=content, sent=sent))  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        shelf = wheels.Shelf(f"http://127.0.0.1:{server.server_port}/simple")
        (found,) = shelf.wheels("torch")
        assert (found.version, found.python, found.abi, found.platform) == ("2.8.0", "3.12", "cp312", "linux-x86_64")
        assert found.requires() == {"triton": "==3.4.0", "sympy": ">=1.13.3"}
        assert "'12.8'" in found.text("torch/version.py")
        assert sum(sent) < len(content) / 10
        with pytest.raises(wheels.Unreachable, match="HTTPError"):
            shelf.wheels("nothing")
        shelf.session.close()
    finally:
        server.shutdown()
        server.server_close()


def test_drift_ends_with_1_and_a_json_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import check_tables

    (tmp_path / TORCH).write_bytes(torch_wheel(triton="3.5.0"))
    monkeypatch.setattr(sys, "argv", ["check_tables.py", "--wheels", str(tmp_path), "--only", "companions", "--json"])
    assert check_tables.main() == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["drift"]) == (1, True)
    (tmp_path / TORCH).write_bytes(torch_wheel())
    assert check_tables.main() == 0
    monkeypatch.setattr(sys, "argv", sys.argv[:-1])
    assert check_tables.main() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 checked, 28 not-checked, 0 differs"
