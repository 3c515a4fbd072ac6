"""Planted secrets: forms (where a secret stands) times kinds (what it looks like). Data for tests and `tools/plant_secrets.py`.

A form is a line with `{s}` for the secret. Kinds are made from a seed, so that no real secret stands in this repository
and no scanner finds one.
"""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Iterator
from typing import NamedTuple

_ALNUM = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"


def _of(alphabet: str, count: int, rng: random.Random) -> str:
    return "".join(rng.choice(alphabet) for _ in range(count))


def _uuid(rng: random.Random) -> str:
    return "-".join(_of(_HEX, count, rng) for count in (8, 4, 4, 4, 12))


def tokens(seed: int) -> dict[str, str]:
    """One token of each known shape, by its issuer's name."""
    rng = random.Random(seed)

    def make(prefix: str, count: int, alphabet: str = _ALNUM, suffix: str = "") -> str:
        return prefix + _of(alphabet, count - 1, rng) + "7" + suffix

    upper = string.ascii_uppercase + string.digits
    jwt = ".".join(("eyJ" + make("", 30), "eyJ" + make("", 60), make("", 43)))
    return {
        "huggingface": make("hf_", 34), "huggingface-org": make("api_org_", 34), "github": make("ghp_", 36),
        "github-oauth": make("gho_", 36), "github-server": make("ghs_", 36), "github-fine": make("github_pat_", 82),
        "gitlab": make("glpat-", 20), "gitlab-runner": make("glrt-", 20), "npm": make("npm_", 36), "aws": make("AKIA", 16, upper),
        "aws-session": make("ASIA", 16, upper), "google": make("AIza", 35), "google-oauth": make("ya29.", 60),
        "google-client": make("GOCSPX-", 28), "openai": make("sk-", 48), "openai-project": make("sk-proj-", 60),
        "anthropic": make("sk-ant-api03-", 90), "deepseek": make("sk-", 32, _HEX), "stripe": make("sk_live_", 24),
        "slack-bot": make("xoxb-", 40), "slack-user": make("xoxp-", 40), "slack-app": make("xapp-1-", 40),
        "modelscope": "ms-" + _uuid(rng), "pypi": make("pypi-AgEIcHlwaS5vcmc", 80), "nvidia": make("nvapi-", 60),
        "replicate": make("r8_", 37), "groq": make("gsk_", 52), "wandb-v1": make("wandb_v1_", 60), "docker": make("dckr_pat_", 27),
        "digitalocean": make("dop_v1_", 64, _HEX), "shopify": make("shpat_", 32, _HEX), "sendgrid": f"SG.{make('', 22)}.{make('', 43)}",
        "vault": make("hvs.", 90), "tailscale": make("tskey-auth-", 30), "grafana": make("glsa_", 41), "databricks": make("dapi", 32, _HEX),
        "pulumi": make("pul-", 40, _HEX), "rubygems": make("rubygems_", 48, _HEX), "linear": make("lin_api_", 40),
        "notion": make("ntn_", 46), "figma": make("figd_", 40), "mailgun": make("key-", 32, _HEX), "perplexity": make("pplx-", 48),
        "xai": make("xai-", 80), "jwt": jwt,
    }  # fmt: skip


def opaque(seed: int) -> dict[str, str]:
    """Secrets without a shape: only where they stand tells what they are."""
    rng = random.Random(seed)
    return {
        "hex40": _of(_HEX, 39, rng) + "7", "hex32": _of(_HEX, 31, rng) + "a1"[1], "alnum": _of(_ALNUM, 24, rng) + "9z",
        "base64": base64.b64encode(rng.randbytes(30)).decode().replace("/", "x").replace("+", "y"), "uuid": _uuid(rng),
    }  # fmt: skip


def passwords(seed: int) -> dict[str, str]:
    """What people choose."""
    rng = random.Random(seed)
    tail = _of(string.ascii_lowercase, 5, rng)
    return {
        "word": f"swordfish{tail}", "digits": _of("23456789", 8, rng), "mixed": f"Tr0ub4dor{tail}", "signs": f"p.w-{tail}!9~x",
        "letters": tail.title() + tail,
    }  # fmt: skip


# Any token of a known shape, wherever it stands.
ANYWHERE = (
    "{s}", "using {s} now", "'{s}'", "[{s}]", "({s})", "token={s},", "failed: {s}: 401 Unauthorized", "https://host.example/{s}/x",
    "git clone https://{s}@host.example/o/r.git", "echo {s} > f", "| {s} | yes |", "<td>{s}</td>",
)  # fmt: skip

# Names that hold tokens and keys, in capitals and in other spellings.
LOUD = (
    "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "WANDB_API_KEY", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GITHUB_TOKEN",
    "GITHUB_PAT", "MODELSCOPE_API_TOKEN", "DASHSCOPE_API_KEY", "SWANLAB_API_KEY", "COMET_API_KEY", "NGC_API_KEY", "DOCKER_AUTH",
    "UV_PUBLISH_TOKEN", "AZURE_STORAGE_KEY", "NEPTUNE_API_TOKEN", "SECRET_KEY_BASE", "CLEARML_API_SECRET_KEY", "KAGGLE_KEY",
)  # fmt: skip
LOUD_PASSWORDS = (
    "PGPASSWORD",
    "MYSQL_PWD",
    "DB_PASS",
    "UV_INDEX_CORP_PASSWORD",
    "SMTP_PASSWORD",
    "PASSPHRASE",
    "REDIS_PASSWORD",
)
SMALL = ("hf_token", "api_key", "apiKey", "access_token", "auth-token", "client_secret", "secret_key", "private_key", "accountKey",
         "refreshToken", "wandb_api_key", "hub_token", "hf-token", "X-Api-Key", "aws_secret_access_key")  # fmt: skip
SMALL_PASSWORDS = (
    "password",
    "passwd",
    "passphrase",
    "db_password",
    "Password",
    "sudo_password",
    "keystorePassword",
    "user.password",
)

ASSIGNED = (
    "{n}={s}", "export {n}={s}", 'export {n}="{s}"', "export {n}='{s}'", "set {n}={s}", 'set "{n}={s}"', '$env:{n} = "{s}"', "$env:{n}='{s}'",
    "setx {n} {s}", "setenv {n} {s}", "set -x {n} {s}", "ENV {n} {s}", "ENV {n}={s}", "docker run -e {n}={s} img", "--build-arg {n}={s}",
    "{n}: {s}", '{n}: "{s}"', "  {n}: {s}  # note", "- {n}: {s}", '"{n}": "{s}"', "'{n}': '{s}',", '{{"{n}": "{s}", "b": 1}}', '{{\\"{n}\\": \\"{s}\\"}}',
    "{n} = {s}", '{n} = "{s}"', "{n} := {s}", "{n} => {s}", "'{n}' => '{s}',", "{n} -> {s}", 'os.environ["{n}"] = "{s}"', "os.environ['{n}']='{s}'",
    'os.environ.setdefault("{n}", "{s}")', 'setenv("{n}", "{s}", 1);', "-D{n}:STRING={s}", "-D{n}={s}", "Namespace({n}='{s}', seed=1)",
    "f({n}='{s}')", "f({n}={s})", "{{{n}: {s}}}", "env {n}={s} python train.py", "{n}={s} python train.py", "ARG {n}={s}", "a=1&{n}={s}",
    "https://host.example/x?{n}={s}&v=1", "<{n}>{s}</{n}>", "name: {n}\n  value: {s}", '{{"name": "{n}", "value": "{s}"}}', "+ export {n}={s}",
    "2026-11-26 10:00:00 INFO {n}={s} lr=0.1", "[{n}={s}]", "dotenv set {n} {s}", "{n}=b'{s}'", "Environment={n}={s}", "x;{n}={s};y=1",
)  # fmt: skip

OPTIONS = ("--{n} {s}", "--{n}={s}", "prog --{n} '{s}' --x 1", 'prog --{n}="{s}"')
OPTION_NAMES = (
    "token",
    "hf-token",
    "hf_token",
    "api-key",
    "auth-token",
    "access-token",
    "secret-key",
    "hub_token",
    "wandb-api-key",
)
OPTION_PASSWORDS = ("password", "http-password", "passphrase", "pass", "passwd", "ftp-password")

HEADERS = (
    "Authorization: Bearer {s}", "Authorization: Basic {s}", "Authorization: token {s}", "authorization: {s}", "Proxy-Authorization: Basic {s}",
    "curl -H 'Authorization: Bearer {s}' https://host.example", 'curl -H "X-Api-Key: {s}" x', "X-Api-Key: {s}", "x-goog-api-key: {s}",
    "X-Auth-Token: {s}", "PRIVATE-TOKEN: {s}", "Ocp-Apim-Subscription-Key: {s}", "X-Amz-Security-Token: {s}", "Cookie: session={s}",
    "Set-Cookie: id={s}; Path=/", "{{'Authorization': 'Bearer {s}'}}", '"Authorization": "Bearer {s}"', "> Authorization: Bearer {s}",
    "headers={{'x-api-key': '{s}'}}", "Bearer {s}", "-H 'api-key: {s}'", "xi-api-key: {s}",
)  # fmt: skip

URLS = (
    "https://alice:{s}@host.example/simple", "https://{s}@host.example/simple", "git+https://oauth2:{s}@host.example/o/r.git", "HTTPS_PROXY=http://alice:{s}@proxy:3128",
    "postgres://u:{s}@db:5432/x", "redis://:{s}@cache:6379/0", "--index-url https://__token__:{s}@host.example/simple", "HF_ENDPOINT=https://me:{s}@hub.example",
    "https://u:x@{s}@host.example/a", "https://u:a/{s}@host.example/a", "error: https://u:{s}@h.example: refused", "alice:{s}@proxy.corp.example:3128",
    "https://h.example/x?access_token={s}", "https://h.example/x?X-Amz-Signature={s}&X-Amz-Date=1", "https://h.example/x?sig={s}", "https://h.example/x?key={s}",
    "https://h.example/x?a=1&auth_token={s}#f", "https://h.example/x?Signature={s}&Key-Pair-Id=x", "https://hooks.slack.com/services/T00000000/B00000000/{s}",
    "https://discord.com/api/webhooks/123456789/{s}", "https://open.feishu.cn/open-apis/bot/v2/hook/{s}", "amqp://u:{s}@mq.example:5672",
    "[index]\nurl = https://u:{s}@h.example/simple", "http_proxy = http://u:{s}@10.1.2.3:8080", "wss://u:{s}@h.example/ws", "ftp://u:{s}@h.example/f",
)  # fmt: skip

COMMANDS = (
    "curl -u alice:{s} https://host.example", "curl --user alice:{s} x", "curl -ualice:{s} x", "curl --proxy-user a:{s} x", "mysql -u root -p{s} db",
    "mysqldump -p'{s}' db", "sshpass -p {s} ssh h", "sshpass -p'{s}' ssh h", "docker login -u me -p {s} r.example", "podman login -p {s}", "redis-cli -h h -a {s} ping",
    "7z x -p{s} a.7z", "unzip -P {s} a.zip", "ldapsearch -x -w {s} -b dc=x", "smbclient //h/s -U alice%{s}", "openssl enc -pass pass:{s}",
    "mc alias set m https://h.example AK {s}", "net use z: \\\\h\\s /user:dom\\u {s}", "cmdkey /add:h /pass:{s}", "echo {s} | docker login --password-stdin",
    "echo '{s}' | sudo -S apt install x", "machine h.example login me password {s}", "machine h.example\n  login me\n  password {s}", "default login me password {s}",
    "aws configure set aws_secret_access_key {s}", "Server=h;Uid=sa;Pwd={s};",
    "requirepass: {s}", "skopeo copy --creds me:{s} a b",
)  # fmt: skip
RANDOM_COMMANDS = (
    "AccountName=x;AccountKey={s};EndpointSuffix=core", "SharedAccessKeyName=r;SharedAccessKey={s}", "//registry.example/:_authToken={s}",
    '{{"auths": {{"r.example": {{"auth": "{s}9=="}}}}}}', 'DOCKER_AUTH_CONFIG={{"auths": {{"r.example": {{"auth": "{s}=="}}}}}}',
    "wandb login {s}", "wandb login --relogin {s}", "wandb: api key {s}", "wandb: Paste an API key from your profile and hit enter: {s}", "ngrok authtoken {s}",
    "huggingface-cli login {s}", "swanlab login {s}", "the API key is {s}", "your access token is {s}.", "api key: {s}", "using auth token {s}",
)  # fmt: skip
SENTENCES = (
    "password is {s}", "the password is {s}.", "The password for alice is {s}", "passphrase is '{s}'", "password was set to {s}", 'password: "{s}"',
    "secret is {s}", "Password: {s}", "password is: {s}", "密码是 {s}", "密码：{s}", "passwort: {s}", "my password = {s}", "Enter passphrase: {s}",
)  # fmt: skip
BLOCKS = (
    "-----BEGIN RSA PRIVATE KEY-----\n{s}\n-----END RSA PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----\n{s}\n{s}\n-----END OPENSSH PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n{s}\n", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n{s}\n-----END ENCRYPTED PRIVATE KEY-----",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{s}\n-----END PGP PRIVATE KEY BLOCK-----", "-----BEGIN PGP MESSAGE-----\n\n{s}\n-----END PGP MESSAGE-----",
    "-----BEGIN EC PRIVATE KEY-----\n{s}\n-----END EC PRIVATE KEY-----", "password: |\n  {s}\n", "api_key: >-\n  {s}\n",
)  # fmt: skip


class Planted(NamedTuple):
    """One planted secret. `form` names the form, `text` is what stands in the file, `secret` what must not come out."""

    form: str
    text: str
    secret: str


def planted(seed: int = 1) -> Iterator[Planted]:
    """Every form with every kind that it is for, in a stable order."""
    known, blank, chosen = tokens(seed), opaque(seed + 1), passwords(seed + 2)
    secrets = {**known, **blank}
    yield from _crossed("anywhere", ANYWHERE, ("",), known)
    yield from _crossed("assigned", ASSIGNED, (*LOUD, *SMALL), secrets)
    yield from _crossed("assigned password", ASSIGNED, (*LOUD_PASSWORDS, *SMALL_PASSWORDS), chosen)
    yield from _crossed(
        "assigned PASS", ("PASS={s}", "export PASS='{s}'", '"PASS": "{s}"', "set PASS={s}"), ("",), chosen
    )
    yield from _crossed("option", OPTIONS, OPTION_NAMES, secrets)
    yield from _crossed("option password", OPTIONS, OPTION_PASSWORDS, chosen)
    yield from _crossed("header", HEADERS, ("",), secrets)
    yield from _crossed("url", URLS, ("",), {**secrets, **chosen})
    yield from _crossed("command", COMMANDS, ("",), {**blank, **chosen})
    yield from _crossed("random", RANDOM_COMMANDS, ("",), blank)
    yield from _crossed("sentence", SENTENCES, ("",), {**blank, **chosen})
    yield from _crossed("block", BLOCKS, ("",), blank)


def _crossed(
    group: str, forms: tuple[str, ...], names: tuple[str, ...], secrets: dict[str, str]
) -> Iterator[Planted]:
    for form in forms:
        for name in names:
            for kind, secret in secrets.items():
                yield Planted(f"{group} | {form} | {name} | {kind}", form.format(n=name, s=secret), secret)
