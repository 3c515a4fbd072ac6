"""A command that a shell does not find is the same finding in every shell and language; so is a DLL of Windows."""

from __future__ import annotations

import pytest

from envdoc.diagnose import diagnose_bytes, diagnose_text
from envdoc.diagnose.logic.shells import missing_command
from envdoc.diagnose.rules import load
from envdoc.knowledge import commands, windowserrors

CODES = {
    "nvidia-smi": "no-driver",
    "nvcc": "cuda-toolkit-missing",
    "git": "git-missing",
    "conda": "conda-not-ready",
    "llamafactory-cli": "lf-cli-missing",
    "huggingface-cli": "hf-cli-gone",
    "gcc": "compiler-missing",
    "torchrun": "command-missing",
}
SAID = {
    "bash": "bash: {}: command not found",
    "bash script": "train.sh: line 3: {}: command not found",
    "zsh": "zsh: command not found: {}",
    "dash": "sh: 1: {}: not found",
    "fish": "fish: Unknown command: {}",
    "ubuntu": "Command '{}' not found, but can be installed with:",
    "bash zh": "bash: {}: 未找到命令",
    "bash zh colon": "bash：{}：未找到命令",
    "ubuntu zh": "找不到命令 “{}”，但可以通过以下软件包安装它：",
    "bash ru": "bash: {}: команда не найдена",
    "bash ja": "bash: {}: コマンドが見つかりません",
    "bash de": "bash: {}: Befehl nicht gefunden.",
    "bash de old": "bash: {}: Kommando nicht gefunden.",
    "bash fr": "bash: {} : commande introuvable",
    "cmd": "'{}' is not recognized as an internal or external command,\noperable program or batch file.",
    "cmd zh": "'{}' 不是内部或外部命令，也不是可运行的程序\n或批处理文件。",
    "cmd ru": '"{}" не является внутренней или внешней\nкомандой, исполняемой программой или пакетным файлом.',
    "cmd ja": "'{}' は、内部コマンドまたは外部コマンド、\n操作可能なプログラムとして認識されていません。",
    "cmd de": 'Der Befehl "{}" ist entweder falsch geschrieben oder\nkonnte nicht gefunden werden.',
    "cmd fr": "'{}' n’est pas reconnu en tant que commande interne\nou externe, un programme exécutable",
    "powershell": "{0} : The term '{0}' is not recognized as the name of a cmdlet, function, script file",
    "powershell zh": "{0} : 无法将“{0}”项识别为 cmdlet、函数、脚本文件或可运行程序的名称。",
    "powershell ru": '{0} : Имя "{0}" не распознано как имя командлета, функции, файла сценария',
    "powershell ja": "{0} : 用語 '{0}' は、コマンドレット、関数、スクリプト ファイル、または操作可能なプログラム",
    "powershell de": '{0} : Die Benennung "{0}" wurde nicht als Name eines Cmdlet, einer Funktion erkannt.',
    "powershell fr": "{0} : Le terme «{0}» n'est pas reconnu comme nom d'applet de commande, fonction",
}


@pytest.mark.parametrize("command", CODES)
@pytest.mark.parametrize("shell", SAID)
def test_a_command_that_is_not_found(shell: str, command: str) -> None:
    said = SAID[shell].format(command)
    assert [each.code for each in diagnose_text(f"{said}\n").findings][:1] == [CODES[command]]


@pytest.mark.parametrize("shell", SAID)
def test_a_command_of_the_user_s_own_is_no_matter_of_ours(shell: str) -> None:
    said = SAID[shell].format("my-own-tool")
    assert diagnose_text(f"{said}\n").findings == ()


def test_a_shell_that_prints_in_chinese_windows_own_code_page() -> None:
    said = "'torchrun' 不是内部或外部命令，也不是可运行的程序\r\n或批处理文件。\r\n".encode("gbk")
    assert [each.code for each in diagnose_bytes(said).findings] == ["command-missing"]
    lost = said.decode("utf-8", "replace")
    assert [each.code for each in diagnose_text(lost).findings] == ["command-missing"]


def test_what_is_no_shell_s_complaint_names_no_command() -> None:
    for text in ("error: nvcc: not found in cache", "the command was not found", "404: not found", "Befehl: nvcc"):
        assert missing_command(text) == ""


def test_every_command_of_the_table_has_words() -> None:
    codes = {rule.code for rule in load()}
    assert all(row.code in codes if row.code else row.package for row in commands.by_name().values())


DLL = "ImportError: DLL load failed while importing _C: {}."
ELSEWHERE = {"memory": "windows-page-file-small", "policy": "windows-policy-blocks-library"}


@pytest.mark.parametrize("row", windowserrors.rows(), ids=lambda row: row.name)
def test_what_the_loader_of_windows_means_in_every_language(row: windowserrors.WindowsErrorRow) -> None:
    for words in row.says:
        found = diagnose_text(DLL.format(words.replace("%1", "_C.pyd"))).findings[0]
        assert found.code == ELSEWHERE.get(row.kind, "dll-load-failed"), words
        if found.code == "dll-load-failed":
            assert found.summary.name == f"log-{row.kind}", words


def test_an_unknown_word_of_the_loader_is_still_a_library_that_does_not_load() -> None:
    found = diagnose_text(DLL.format("Dit is een onbekende fout")).findings[0]
    assert (found.code, found.summary.name) == ("dll-load-failed", "summary")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("said", ["nvcc: 未找到命令", "nvcc: команда не найдена", "nvcc: コマンドが見つかりません"])
def test_a_file_in_utf16_without_its_mark(said: str, encoding: str) -> None:
    """Of text that is hardly ASCII few bytes are zero."""
    log = f"正在编译扩展模块\nбез этого сборка не идёт\n{said}\n"
    assert diagnose_bytes(log.encode(encoding)).findings[0].code == "cuda-toolkit-missing"


def test_utf16_behind_another_encoding_is_still_read() -> None:
    log = b"collecting packages for the environment\n" + "nvcc: command not found\n".encode("utf-16-le")
    assert diagnose_bytes(log).findings[0].code == "cuda-toolkit-missing"
