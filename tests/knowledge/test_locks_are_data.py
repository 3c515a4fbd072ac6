"""A lock's line is a name, an exact version, a marker, hashes: everything an engine takes beyond that is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from envdoc.errors import DataError
from envdoc.knowledge import files, locks

HASH = "sha256:" + "0a" * 32
REFUSED = (
    "numpy @ file:///tmp/x",
    "numpy@https://host/numpy.whl",
    "numpy @ git+https://github.com/numpy/numpy",
    "git+https://github.com/numpy/numpy#egg=numpy",
    "https://host/numpy-1.0.tar.gz",
    "file:///tmp/numpy",
    "./numpy",
    "../numpy",
    "/tmp/numpy",
    "numpy-1.0.tar.gz",
    "C:\\numpy",
    "-r /etc/shadow",
    "--requirement=/etc/shadow",
    "-c other.txt",
    "-e .",
    "--editable=.",
    "--find-links /tmp",
    "--index-url https://host",
    "--extra-index-url=https://host",
    "--no-index",
    "--trusted-host host",
    "--pre",
    "--no-binary numpy",
    "numpy",
    "numpy>=1",
    "numpy==1.*",
    "numpy===1",
    "numpy==1,<2",
    "numpy[extra]==1",
    "numpy==1 numpy==2",
    "numpy==1 --config-settings=x=y",
    'numpy==1 --global-option="x"',
    "numpy==1 --hash=md5:00",
    "numpy==1 --hash=sha256:00",
    f"numpy==1 --hash={HASH} --index-url https://host",
    "numpy==1 ; ",
    "numpy==1 ; __import__('os')",
    "numpy==1 ; python_version",
    "numpy==1 ; python_version > '3' @ file:///x",
    "numpy==$(touch x)",
    "numpy==1`id`",
    "nümpy==1",
    "==1",
    "numpy==",
    "numpy==1\u2028-r x",
    "numpy==1\x0b-r x",
)
TAKEN = {
    "numpy==2.2.6": ("numpy==2.2.6", ()),
    "  Flash_Attn == 2.8.3.post1  # why": ("Flash_Attn==2.8.3.post1", ()),
    "torch==2.7.1+cu128": ("torch==2.7.1+cu128", ()),
    "x==1!2.0rc1.dev3": ("x==1!2.0rc1.dev3", ()),
    'deepspeed==0.16.5 ; sys_platform == "win32" and python_version < "3.13"': (
        'deepspeed==0.16.5 ; sys_platform == "win32" and python_version < "3.13"',
        (),
    ),
    "a==1 ; (os_name == 'nt' or 'x' in platform_version)": (
        "a==1 ; (os_name == 'nt' or 'x' in platform_version)",
        (),
    ),
    f"six==1.17.0 \\\n    --hash={HASH} \\\n    --hash={HASH}": ("six==1.17.0", (HASH, HASH)),
    f"six==1.17.0 ; os_name == 'nt' --hash={HASH}": ("six==1.17.0 ; os_name == 'nt'", (HASH,)),
}


@pytest.mark.parametrize("line", REFUSED)
def test_everything_else_is_refused_with_its_line_and_not_repeated(tmp_path: Path, line: str) -> None:
    path = tmp_path / "my.txt"
    path.write_text(f"# mine\nsix==1.17.0\n\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        locks.read(str(path))
    assert caught.value.message == (
        f"{path}:4: a lock's line is a name, `==` and an exact version; no options, URLs, paths or ranges"
    )
    assert [mistake.line for mistake in locks.mistakes(str(path))] == [4]


@pytest.mark.parametrize(("line", "expected"), TAKEN.items())
def test_pins_markers_and_hashes_are_taken(tmp_path: Path, line: str, expected: tuple[str, tuple[str, ...]]) -> None:
    path = tmp_path / "my.txt"
    path.write_text(line, encoding="utf-8")
    (locked,) = locks.read(str(path))
    assert (locked.pin, locked.hashes) == expected
    again = locks.of_line(locked.line)
    assert again == locked


def test_a_line_joined_over_a_comment_or_the_end_is_no_way_in(tmp_path: Path) -> None:
    path = tmp_path / "my.txt"
    for text in ("six==1 \\\n-r /etc/passwd\n", "six==1 \\\n# c\n--pre\n", "six==1 --hash=\\\n", "\\\n-r x"):
        path.write_text(text)
        with pytest.raises(DataError):
            locks.read(str(path))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a" * (1 << 23), b"six==1\x00", "six==1".encode("utf-16")])
def test_what_is_no_text_or_too_long_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "my.txt"
    path.write_bytes(content)
    with pytest.raises(DataError):
        locks.read(str(path))
    with pytest.raises(DataError, match="cannot be read"):
        locks.read(str(tmp_path))


def test_a_pattern_for_lines_is_quick_on_bait(tmp_path: Path) -> None:
    import time

    began = time.perf_counter()
    for bait in (
        "a" * 50_000,
        "a==" + "1." * 20_000,
        "a==1 ; " + "(" * 20_000,
        "a==1 ; " + "a == b and " * 5_000,
        "a==" + "a1" * 20_000,
    ):
        assert locks.of_line(bait + "!") is None
    assert time.perf_counter() - began < 5


def test_validate_names_the_lines_of_the_users_lock(tmp_path: Path) -> None:
    from envdoc.knowledge import profilecheck

    shipped = Path(files.profiles_folder(), "cpu.yaml").read_text(encoding="utf-8")
    name = "linux-x86_64-cp312"
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks/mine.txt").write_text("six==1.17.0\n-r /etc/shadow\nnumpy @ file:///x\n")
    path = tmp_path / "mine.yaml"
    path.write_text(shipped.replace(f"{name}: {name}.txt", f"{name}: mine.txt"), encoding="utf-8")
    assert [(Path(each.file).name, each.line) for each in profilecheck.check(str(path))] == [
        ("mine.txt", 2),
        ("mine.txt", 3),
    ]
