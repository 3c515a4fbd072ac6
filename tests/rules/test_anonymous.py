"""What must not leave a machine, and what must survive: versions, paths, models."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from envdoc.host.identity import identity_of
from envdoc.host.recorded import RecordedHost
from envdoc.model.codec import decode, encode
from envdoc.model.facts import known, readings
from envdoc.model.machine import Driver, Gpu, Machine, OperatingSystem, System
from envdoc.rules.masks import Identity, anonymous, anonymous_data, is_secret_name, pseudonym

JDOE = Identity(users=("jdoe",), homes=("/data/people/jdoe",), hosts=("zeus.lab.example", "zeus"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hf_abcdefghijklmnopqrstuvwxyz012345", "***"),
        ("token ghp_abcdefghijklmnopqrst1234 used", "token *** used"),
        ("github_pat_11ABCDEFG0abcdefghijkl", "***"),
        ("OPENAI sk-proj-abc123DEF456ghi789", "OPENAI ***"),
        ("AKIAIOSFODNN7EXAMPLE", "***"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ***"),
        ("Cookie: session=1; id=2", "Cookie: ***"),
        ("export HF_TOKEN=abc", "export HF_TOKEN=***"),
        ('AWS_SECRET_ACCESS_KEY="a/b+c"', 'AWS_SECRET_ACCESS_KEY="***"'),
        ("WANDB_API_KEY=0123456789abcdef", "WANDB_API_KEY=***"),
        ('{"api_key": "abcdefgh"}', '{"api_key": "***"}'),
        ("password = hunter2222", "password = ***"),
        ("llamafactory-cli --hf-token abc123", "llamafactory-cli --hf-token ***"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----", "***"),
        ("https://name:pa55@host.example/simple", "https://***@host.example/simple"),
        ("https://host.example/x?sig=abc&v=1", "https://host.example/x?sig=***&v=1"),
        ("https://tok3n@host.example/simple", "https://***@host.example/simple"),
        ("mail john.doe@uni.example now", "mail user@example.com now"),
        ("GPU-1a2b3c4d-1111-2222-3333-444455556666", "GPU-00000000-0000-0000-0000-000000000000"),
        ("CUDA_VISIBLE_DEVICES=GPU-1a2b3c4d", "CUDA_VISIBLE_DEVICES=GPU-00000000"),
        ("MIG-1a2b3c4d-1111-2222-3333-444455556666", "MIG-00000000-0000-0000-0000-000000000000"),
        ("    Serial Number       : 1650123456789", "    Serial Number       : ***"),
        ("<board_serial>1650123</board_serial>", "<board_serial>***</board_serial>"),
        ("ether 0a:1b:2c:3d:4e:5f", "ether 00:00:00:00:00:00"),
        ("0A-1B-2C-3D-4E-5F", "00:00:00:00:00:00"),
        ("connect to 192.168.1.17 failed", "connect to 192.0.2.1 failed"),
        ("http://10.1.2.3:8080/simple", "http://192.0.2.1:8080/simple"),
        ("MASTER_ADDR=10.1.2.3", "MASTER_ADDR=192.0.2.1"),
        ("inet 141.20.3.4/24", "inet 192.0.2.1/24"),
        ("[fe80::1a2b:3c4d]:29500", "[2001:db8::1]:29500"),
        ("2a02:8109:1:2:3:4:5:6", "2001:db8::1"),
        ("/home/anybody/llm/.venv", "/home/user/llm/.venv"),
        ("/Users/anybody/llm", "/Users/user/llm"),
        (r"C:\Users\anybody\AppData", r"C:\Users\user\AppData"),
        (r"'C:\\Users\\John Smith\\AppData'", r"'C:\\Users\\user name\\AppData'"),
        (r"c:\users\张三\miniconda3", r"c:\users\üser\miniconda3"),
        ("/mnt/c/Users/anybody/x", "/mnt/c/Users/user/x"),
        ("/data/people/jdoe/.cache", "/data/people/user/.cache"),
        ("jdoe@zeus:/scratch/jdoe$", "user@host:/scratch/user$"),
        ("pytest-of-jdoe on ZEUS.lab.example", "pytest-of-user on host"),
    ],
)
def test_taken_out(text: str, told: str) -> None:
    assert anonymous(text, JDOE).text == told
    assert anonymous(told, JDOE).text == told


@pytest.mark.parametrize(
    "text",
    [
        "Driver Version: 580.159.04 CUDA Version: 13.0",
        "nvidia-cublas-cu12==12.8.4.1 nvidia-curand-cu12==10.3.9.90 nvidia-cudnn-cu12==9.1.0.70",
        "cuDNN 9.1.0.70, cuBLAS 12.8.0.1, MSVC 14.44.35207, Visual Studio 17.14.36401.2, Windows 10.0.26100.1",
        "upgrade from 9.1.0.70 to 9.5.1.17",
        "127.0.0.1:29500 0.0.0.0:7860 localhost ::1",
        "00000000:01:00.0 0000:01:00.0 10de:2684",
        "c10::Error at::cuda std::string",
        "TOKENIZERS_PARALLELISM=false max_new_tokens=512 num_tokens: 131072 tokenizer=llama",
        "KeyError: 'token' Missing key(s) in state_dict: model.layers",
        "git+ssh://git@github.com/owner/repo.git@v1.2.3",
        "torch @ https://download.pytorch.org/whl/cu128/torch-2.8.0-cp312-cp312-win_amd64.whl",
        "numpy@1.26.4 memcpy@GLIBC_2.14 user@1000.service",
        r"C:\Users\Public\Documents C:\Program Files\NVIDIA GPU Computing Toolkit\CUDA\v12.8",
        "NVIDIA GeForce RTX 5090 12:34:56 2026-11-24",
        "{4d36e968-e325-11ce-bfc1-08002be10318} sha256:9f86d081884c7d659a2feaa0c55ad015",
        "Serial Number : N/A",
        "hf_transfer hf_hub_download sk-learn-contrib-something",
        "flash-attn zeus-like jdoes",
        "/root/.pyenv /home /opt/conda/envs/llm",
    ],
)
def test_kept(text: str) -> None:
    assert anonymous(text, JDOE).text == text


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("HF_TOKEN", True),
        ("WANDB_API_KEY", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("MYSQL_PASSWORD", True),
        ("CREDENTIALS_FILE", True),
        ("token", True),
        ("TOKENIZERS_PARALLELISM", False),
        ("KEYBOARD", False),
        ("CUDA_HOME", False),
        ("PATH", False),
        ("two words", False),
    ],
)
def test_is_secret_name(name: str, secret: bool) -> None:
    assert is_secret_name(name) is secret


@pytest.mark.parametrize(
    ("name", "told"),
    [("jdoe", "user"), ("John Smith", "user name"), ("张三", "üser"), ("José M", "üser name")],
)
def test_a_pseudonym_keeps_what_breaks_tools(name: str, told: str) -> None:
    assert pseudonym(name) == told
    assert pseudonym(told) == told


def _host(system: str, environ: dict[str, str], **files: str) -> RecordedHost:
    named = {f"/proc/sys/kernel/{name}": text for name, text in files.items()}
    return RecordedHost({"schema": 1, "origin": "minted", "system": system, "environ": environ, "files": named})


def test_identity_of_linux() -> None:
    host = _host("linux", {"HOME": "/data/people/jdoe", "USER": "jdoe"}, hostname="zeus.lab.example\n")
    assert identity_of(host) == JDOE


def test_identity_of_windows() -> None:
    environ = {"USERPROFILE": r"C:\Users\John Smith", "USERNAME": "John Smith", "COMPUTERNAME": "JOHNS-PC"}
    assert identity_of(_host("windows", environ)) == Identity(
        ("John Smith",), (r"C:\Users\John Smith",), ("JOHNS-PC",)
    )


def test_names_that_everybody_has_are_no_identity() -> None:
    environ = {"HOME": "/root", "USER": "root", "HOSTNAME": "h200"}
    assert identity_of(_host("linux", environ, hostname="localhost")) == Identity()


def test_a_machine_keeps_its_types_and_facts() -> None:
    machine = Machine(
        OperatingSystem(System.LINUX, "x86_64"),
        driver=Driver(version=readings(known("580.159.04", "nvml"))),
        gpus=known((Gpu(0, name=known("NVIDIA H200", "nvml"), uuid=known("GPU-1a2b3c4d", "nvml")),), "nvml"),
        env={"HF_TOKEN": "abc", "CUDA_HOME": "/home/jdoe/cuda", "TOKENIZERS_PARALLELISM": "false"},
    )
    told = anonymous_data(machine, JDOE)
    assert told == decode(Machine, encode(told))
    assert told.driver == machine.driver
    assert told.gpus.value is not None
    assert told.gpus.value[0].uuid == known("GPU-00000000", "nvml")
    assert told.env == {
        "HF_TOKEN": "***",
        "CUDA_HOME": "/home/user/cuda",
        "TOKENIZERS_PARALLELISM": "false",
    }
    assert anonymous_data(told, JDOE) == told


def test_keys_are_redacted_too_and_other_values_refused() -> None:
    assert anonymous_data({"/home/jdoe/x": [1, None, True, ("jdoe",)]}) == {
        "/home/user/x": [1, None, True, ("jdoe",)]
    }
    with pytest.raises(TypeError, match="cannot mask a set"):
        anonymous_data({1})


PIECES = st.sampled_from(
    [
        *("jdoe", "zeus", "/home/", "C:\\Users\\", "://", "@", ":", "=", "/", "\\", ".", "-", '"', "'", "token"),
        *("password", "KEY=", "HF_TOKEN", "GPU-", "10.3.9.90", "192.168.0.1", "user", "host", "hf_", "serial:"),
        *("abcdefghijklmnop0123", "fe80::", "Cookie:", "Bearer", "?sig=", "&", "***", "***", "name", "üser"),
        *("example.com", "\n"),
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=4), st.just(" ")), max_size=12).map("".join)


@given(TEXTS)
@example("://a@b@c")
def test_doing_it_twice_changes_nothing(text: str) -> None:
    once = anonymous(text, JDOE).text
    assert anonymous(once, JDOE).text == once


@given(TEXTS, st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEF0123456789", min_size=20, max_size=40))
def test_a_token_never_survives(text: str, token: str) -> None:
    assert token not in anonymous(f"{text} HF_TOKEN=hf_{token} https://u:{token}@host/ {text}", JDOE).text


@given(st.lists(st.integers(0, 999), min_size=2, max_size=4), st.sampled_from(["", "==", "v", " ", ">=", "version "]))
def test_versions_survive(parts: list[int], before: str) -> None:
    version = ".".join(map(str, parts))
    private = parts[:2] in ([192, 168], [169, 254]) or (parts[0] == 172 and 16 <= parts[1] <= 31)
    public = parts[0] >= 33  # no library counts so far: such four numbers are an address
    if not (len(parts) == 4 and (private or public)):
        assert anonymous(f"torch{before}{version}", JDOE).text == f"torch{before}{version}"
