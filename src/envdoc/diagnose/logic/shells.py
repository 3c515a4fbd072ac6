"""What shells say of a command that they do not find, in the languages that they speak."""

from __future__ import annotations

import re

from envdoc.diagnose.logic import Case, Judge, judge
from envdoc.diagnose.logic.apart import rule_of
from envdoc.diagnose.values import Match
from envdoc.knowledge import commands
from envdoc.model.value import replace

_X = r"([A-Za-z][\w.+-]{0,40})"
_Q = "[\"'«»„“`]"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # bash: nvcc: command not found · command not found: nvcc · sh: 1: nvcc: not found · Unknown command: nvcc
        r"command not found: " + _X,
        _X + r": command not found",
        r"sh: (?:line )?\d{1,4}: " + _X + r": not found",
        r"Unknown command:? " + _Q + "?" + _X,
        # FileNotFoundError: [Errno 2] No such file or directory: 'ninja'
        r"No such file or directory: '" + _X + r"'$",
        # Command 'nvcc' not found, but can be installed with: · 找不到命令 "nvcc"，但可以通过以下软件包安装它：
        r"Command '" + _X + r"' not found",
        r"找不到命令 ?" + _Q + _X,
        # nvcc: 未找到命令 · nvcc: команда не найдена · nvcc: コマンドが見つかりません · nvcc : commande introuvable
        _X + r" ?[:：] ?(?:未找到命令|команда не найдена|コマンドが見つかりません|Befehl nicht gefunden|"
        r"Kommando nicht gefunden|commande introuvable)",
        r"(?:未找到命令|команда не найдена|commande introuvable) ?[:：] ?" + _X,
        # 'nvcc' is not recognized as an internal or external command · "nvcc" не является внутренней или внешней
        _Q + _X + _Q + r" (?:is not recognized as|不是内部或外部命令|�����ڲ����ⲿ|не является внутренней|"
        r"は、内部コマンド|n.est pas reconnu en tant que commande|ist entweder falsch geschrieben)",
        # The term 'nvcc' is not recognized as the name of a cmdlet · 无法将"nvcc"项识别为 cmdlet
        r"无法将 ?" + _Q + _X + _Q + r" ?项识别为",
        r"Имя " + _Q + _X + _Q + r" не распознано как имя командлета",
        r"用語 " + _Q + _X + _Q + r" は、コマンドレット",
        r"Die Benennung " + _Q + _X + _Q + r" wurde nicht als Name eines Cmdlet",
        r"Le terme " + _Q + r" ?" + _X + r" ?" + _Q + r" n.est pas reconnu comme nom",
    )
)  # fmt: skip


def missing_command(text: str) -> str:
    """The command that a shell does not find; "" where the text says nothing of the kind."""
    return next((found[1] for form in _FORMS if (found := form.search(text))), "")


def command_missing(match: Match, case: Case) -> list[Match]:
    """A command of the table: by the rule that has words of its own for it, else with the package that brings it."""
    row = commands.by_name().get(missing_command(match.sighting.line.text))
    if row is None:
        return []
    if row.code:
        return judge(replace(match, rule=rule_of(row.code), captured={}), case)
    return [replace(match, captured={"command": row.command, "package": row.package})]


FUNCTIONS: dict[str, Judge] = {"command-missing": command_missing}
