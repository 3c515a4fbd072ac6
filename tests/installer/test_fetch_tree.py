"""Trees out of archives (whole, cut short, changed, climbing out, something else) and out of a git repository."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from build_kit import CODE, FETCH, LISTS, codes, environment, install, seen, source_tree
from test_wheel_step import Shop, shop

import links
from envdoc.installer.indexfile import named
from envdoc.installer.unpack import unpack
from envdoc.model.builds import FetchTree, Origin
from envdoc.model.source import Source, SourceKind
from envdoc.model.value import replace

__all__ = ["shop"]
FILES = {"tiny-1.0/CMakeLists.txt": LISTS, "tiny-1.0/hello.c": CODE}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def env(tmp_path: Path) -> Path:
    return environment(tmp_path / "env")


def tar(files: dict[str, str], *more: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
        for member in more:
            archive.addfile(member)
    return out.getvalue()


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def fetch(shop: Shop, name: str = "tiny-1.0.tar.gz", **changes: object) -> FetchTree:
    return replace(FETCH, place=shop.url(name), **changes)


def source(env: Path) -> Path:
    return env / FETCH.into


@pytest.mark.parametrize(("name", "pack"), [("tiny-1.0.tar.gz", tar), ("tiny-1.0.zip", zipped)])
def test_fetched_unpacked_and_its_hash_shown(env: Path, shop: Shop, name: str, pack: object) -> None:
    shop.body = pack(FILES)  # type: ignore[operator]
    result = install(env, fetch(shop, name))
    digest = hashlib.sha256(shop.body).hexdigest()
    (step,) = [each for each in result.steps if each.id == "tiny-source"]
    assert (result.usable, step.detail) == (True, f"fetched: {name} {digest}")
    assert (source(env) / "hello.c").read_text(encoding="utf-8") == CODE
    assert not (env / ".envdoc/steps/tiny-source").exists()
    assert install(env, fetch(shop, name)).usable
    assert shop.asked == 1


def test_a_wrong_hash_unpacks_nothing(env: Path, shop: Shop) -> None:
    shop.body = tar(FILES)
    before = seen(env)
    result = install(env, fetch(shop, sha256="0" * 64))
    assert (codes(result), source(env).exists(), seen(env) == before) == (["archive-hash-mismatch"], False, True)


def test_the_first_downloads_hash_holds(env: Path, shop: Shop) -> None:
    shop.body = tar(FILES)
    assert install(env, fetch(shop)).usable
    shutil.rmtree(source(env))
    shop.body = tar({**FILES, "tiny-1.0/more.c": "changed"})
    assert codes(install(env, fetch(shop))) == ["archive-hash-mismatch"]


def test_half_a_download_and_a_web_page(env: Path, shop: Shop) -> None:
    shop.body = tar(FILES)
    shop.cut = len(shop.body) // 2
    assert codes(install(env, fetch(shop))) == ["archive-not-fetched"]
    shop.cut, shop.body = 0, b"<html>Please log in</html>"
    assert codes(install(env, fetch(shop))) == ["archive-not-fetched"]
    shop.body = b""
    assert codes(install(env, fetch(shop))) == ["archive-not-fetched"]
    shop.body = tar(FILES)[:-20]  # whole as the server tells it, and cut all the same
    assert codes(install(env, fetch(shop))) == ["archive-not-fetched"]
    assert not source(env).exists()
    assert not list((env / ".envdoc").rglob("*.part"))


@pytest.mark.parametrize(
    "body",
    [
        tar({**FILES, "../../escaped.txt": "x"}),
        tar({**FILES, "/tmp/escaped.txt": "x"}),
        tar({**FILES, "tiny-1.0/../../escaped.txt": "x"}),
        tar(FILES, link("tiny-1.0/out", "../../..")),
        tar(FILES, link("tiny-1.0/out", "/etc")),
        tar(FILES, link("tiny-1.0/out", "/etc/passwd", tarfile.LNKTYPE)),
        tar(FILES, link("tiny-1.0/pipe", "", tarfile.FIFOTYPE)),
        zipped({**FILES, "../escaped.txt": "x"}),
        zipped({**FILES, "C:\\escaped.txt": "x"}),
        zipped({**FILES, "..\\escaped.txt": "x"}),
    ],
)
def test_what_climbs_out_is_refused_before_a_file_is_written(env: Path, shop: Shop, body: bytes) -> None:
    shop.body = body
    outside = sorted(env.parent.rglob("escaped*"))
    assert codes(install(env, fetch(shop))) == ["archive-unsafe"]
    assert sorted(env.parent.rglob("escaped*")) == outside == []
    assert not source(env).exists()


@links.NEEDED
def test_links_within_the_tree_stay(tmp_path: Path) -> None:
    archive = tmp_path / "a.tar.gz"
    archive.write_bytes(tar({"a/lib/libx.so.1": "x"}, link("a/lib/libx.so", "libx.so.1")))
    unpack(str(archive), tmp_path / "out", most_bytes=1 << 20)
    assert (tmp_path / "out/a/lib/libx.so").read_text(encoding="utf-8") == "x"


def test_more_than_its_bound(env: Path, shop: Shop) -> None:
    shop.body = tar({**FILES, "tiny-1.0/zeros": "\0" * (3 << 20)})
    assert codes(install(env, fetch(shop, unpacked_mib=2))) == ["archive-too-large"]
    assert codes(install(env, fetch(shop, most_mib=0))) == ["archive-not-fetched"]


def test_another_project(env: Path, shop: Shop) -> None:
    shop.body = tar({"other/setup.py": "", "other/README": ""})
    result = install(env, fetch(shop))
    assert (codes(result), source(env).exists()) == (["source-tree-wrong"], False)


def test_only_a_part_of_an_archive(env: Path, shop: Shop) -> None:
    shop.body = tar(
        {"wheel-1/setup.py": "", "wheel-1/vendor/tiny/CMakeLists.txt": LISTS, "wheel-1/vendor/tiny/hello.c": CODE}
    )
    assert install(env, fetch(shop, inside="vendor/tiny/")).usable
    assert sorted(path.name for path in source(env).iterdir()) == ["CMakeLists.txt", "hello.c"]


def test_a_companion_lies_beside_the_programs(env: Path, shop: Shop) -> None:
    """One body for both addresses here: what the first lacks comes from the second, nothing is replaced."""
    shop.body = tar({"rel/hello.c": "program", "rel/CMakeLists.txt": "", "rel/sub/libcudart.so.13": "runtime"})
    step = fetch(shop, "programs.tar.gz", into="tiny/bin", record="tiny", beside=((shop.url("cudart.tar.gz"), ""),))
    before = seen(env)
    assert install(env, step).usable
    assert (env / "tiny/bin/libcudart.so.13").read_text(encoding="utf-8") == "runtime"
    (env / "tiny/bin/hello.c").write_text("changed", encoding="utf-8")
    assert install(env, step).usable
    assert (env / "tiny/bin/hello.c").read_text(encoding="utf-8") == "program"
    assert set(before) < set(seen(env))


def test_a_file_of_the_index(env: Path, shop: Shop) -> None:
    shop.body = f'<a href="{shop.url("tiny-1.0.tar.gz")}#sha256=aa">tiny-1.0.tar.gz</a>'.encode()
    index = Source("pypi", SourceKind.PYPI, shop.url("simple"))
    torch = Source("pytorch", SourceKind.PYTORCH, "https://download.pytorch.org/whl/cu130")
    step = replace(FETCH, origin=Origin.INDEX, place="tiny-1.0.tar.gz", sources=(torch, index))
    # the page's own address answers with the page again: that is no archive
    assert codes(install(env, step)) == ["archive-not-fetched"]
    assert shop.asked == 2
    lacking = replace(step, place="tiny-2.0.tar.gz")
    (found,) = install(env, lacking).findings
    assert found.evidence == ("pypi: tiny-2.0.tar.gz is not on its page",)


def test_links_of_index_pages() -> None:
    page = (
        '<a href="../../packages/ab/tiny-1.0.tar.gz#sha256=00" data-x="1">tiny-1.0.tar.gz</a><a href=\'b.whl\'>b</a>'
    )
    at = "https://host/simple/tiny/"
    assert named(page, at, "tiny-1.0.tar.gz") == "https://host/packages/ab/tiny-1.0.tar.gz"
    assert named(page, at, "b.whl") == "https://host/simple/tiny/b.whl"
    assert named(page, at, "c.whl") == ""


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
def test_a_git_repository(env: Path, tmp_path: Path) -> None:
    repository = source_tree(tmp_path / "repository")
    run = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"], ["tag", "b1"]):
        subprocess.run([*run, *words], check=True)
    step = replace(FETCH, origin=Origin.GIT, place=repository.as_uri(), ref="b1")
    assert install(env, step).usable
    assert not (source(env) / ".git").exists()
    shutil.rmtree(source(env))
    assert install(env, replace(step, ref="b2")).usable is False
    assert not source(env).exists()
