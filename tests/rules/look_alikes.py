"""Lines that look like secrets and are none: every one must stay, letter by letter. Data for tests.

What programs of this trade really print: tokenizers and their tokens, weights' names, error messages that speak of tokens,
hashes of wheels, versions, architectures, paths, placeholders of documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

_MODEL_TOKENS = (
    "eos_token",
    "bos_token",
    "pad_token",
    "unk_token",
    "sep_token",
    "cls_token",
    "mask_token",
    "image_token",
    "stop_token",
    "eot_token",
    "user_token",
    "video_token",
    "think_token",
    "additional_special_token",
)
_MODEL_VALUES = (
    "<|im_end|>",
    "</s>",
    "<s>",
    "[PAD]",
    "<|endoftext|>",
    "<|eot_id|>",
    "<unk>",
    "None",
    "<|image_pad|>",
)
_MODEL_FORMS = ("{n}: {v}", "{n}={v}", '"{n}": "{v}"', "--{n} '{v}'", "{n} = '{v}'", "{n} => {v}")
_COUNTS = (
    "max_tokens=512",
    "max_new_tokens: 1024",
    "num_tokens: 131072",
    "tokens_per_second = 1843.2",
    "train_tokens: 1.2e9",
    "n_tokens=4096",
    "token_count: 88",
    "total_tokens: 123456789",
    '"max_token": 8192',
    "--max-tokens 4096",
    "--max_new_tokens=128",
    "tokens/s: 345.1",
    "num_input_tokens_seen: 5242880",
    "TOKENIZERS_PARALLELISM=false",
    "MAX_TOKENS=4096",
    "NUM_TOKENS=1",
    "max_position_embeddings: 32768",
    "token_type_ids=None",
    "pad_token_id: 151643",
    "eos_token_id=[151645, 151643]",
    "image_token_index: 32000",
    "KV_CACHE_TOKENS=65536",
)

_LINES = """
tokenizer: meta-llama/Llama-3.1-8B-Instruct
tokenizer=Qwen/Qwen2.5-7B
tokenizer_name_or_path: ./out
added_tokens.json: 100%|##########| 605/605 [00:00<00:00, 2.1MB/s]
special_tokens_map.json: 100%
tokenizer_config.json: 7.30kB [00:00, 12.5MB/s]
Special tokens have been added in the vocabulary, make sure the associated word embeddings are fine-tuned or trained.
Token indices sequence length is longer than the specified maximum sequence length for this model (4812 > 4096).
KeyError: hf_token: missing
KeyError: 'token'
KeyError: 'HF_TOKEN'
KeyError: 'api_key'
Missing key(s) in state_dict: "model.layers.0.self_attn.k_proj.weight"
Unexpected key(s) in state_dict: "lm_head.weight".
key_proj.weight: torch.Size([4096, 4096])
key_proj: Linear(in_features=4096, out_features=4096, bias=False)
query_key_value: ColumnParallelLinear
query_key_value=target
key_value_heads: 8
num_key_value_heads: 8
--lora_target q_proj,k_proj
--lora_target q_proj,v_proj,k_proj,o_proj
--target_modules query_key_value
lora_target: all
past_key_values: None
use_cache=True, past_key_values=None
key_padding_mask: None
attn_mask=None key_padding_mask=None
foreign_key: user_id
primary_key: id
PRIMARY_KEY=id
SORT_KEY=name
PUBLIC_KEY=none
cache_key: 3f786850e387550f
dict_key=lr
hotkey: ctrl+c
keyboard: us
KEYBOARD=us
keyring==25.6.0
keyrings.alt==5.0.2
secretstorage==3.3.3
SecretStorage 3.3.3
cryptography==45.0.4
PyJWT==2.10.1
token_merging: 0.5
tokenize: lib/tokenize.py
tokenizers==0.21.1
tokenizers>=0.21,<0.22
sentencepiece==0.2.0 tiktoken==0.9.0
tiktoken: cl100k_base
passthrough: true
bypass=1
compass: north
passes=3
pass@1: 0.512
pass@10: 0.733
PASS: test_matmul
PASS=12 FAIL=0
PASSED tests/test_x.py::test_one
passed=31 failed=0
pass: 12, fail: 1
first_pass: 3
forward_pass: 12.1 ms
backward_pass=30.5
num_passes: 2
password: required
Password: required for sudo
password is incorrect
Wrong password: try again
the password is not set
password prompt: disabled
password_policy: strong
password_min_length: 12
sudo: a password is required
sudo: no password was provided
authentication required: password
passwordauthentication: yes
passwd: files systemd
token is invalid
Token is valid (permission: write).
The token `llama` has been saved to /root/.cache/huggingface/stored_tokens
Your token has been saved to /root/.cache/huggingface/token
token: not found
token: None
token=None
token=True
use_auth_token=False
use_auth_token: true
hub_token=None
hf_token: null
hf_token: str | None = None
token: Optional[str] = None
token: str
api_key: str
def login(token: str, password: str) -> None:
token=token
api_key=api_key,
token=self.token
hub_token=args.hub_token
password=self.password,
api_key=os.environ["OPENAI_API_KEY"]
api_key=os.getenv("OPENAI_API_KEY")
token=get_token()
HF_TOKEN=$HF_TOKEN
export HF_TOKEN=${HF_TOKEN}
HF_TOKEN=${HF_TOKEN:-}
set HF_TOKEN=%HF_TOKEN%
$env:HF_TOKEN = $env:TOKEN
HF_TOKEN=<your token>
HF_TOKEN=hf_xxx
HF_TOKEN=***
export WANDB_API_KEY=<key>
hf_token: <your token>
--hf-token $HF_TOKEN
password: {{ vault_password }}
password: ${DB_PASSWORD}
HF_TOKEN is not set
HF_TOKEN is set (value hidden)
Please set the HF_TOKEN variable
set `HF_TOKEN` to a token of huggingface.co
Error: 401 Unauthorized: access token is missing
Invalid username or password.
Invalid token passed!
GatedRepoError: 401 Client Error. Access to model meta-llama/Llama-3.1-8B is restricted.
You must be authenticated to access it. Please log in.
WWW-Authenticate: Bearer realm="https://auth.example/token",service="r.example"
Authorization: required
authorization header is missing
bearer token is missing
author: Jane
authority: none
authors = ["A. Person"]
auth: none
auth=basic
auth_type: token
authentication: disabled
oauth2: off
credentials: none
no credentials were found
credential helper: cache
cookie: none
Cookies are disabled
secret: none
secrets: 3 found
secret sharing scheme
secretary=on
token_dropout: 0.1
token_embedding.weight
token_id: 5
tok_embeddings.weight
next_token=42
prev_token: 17
new_token: hello
invalid token: '}'
SyntaxError: invalid syntax. unexpected token: ','
unexpected token: EOF
Unexpected token '<', "<!DOCTYPE "... is not valid JSON
yaml: line 3: found character that cannot start any token
bad token: line 12
CSRF token missing
token bucket: 100/s
tokens_per_batch=8192
tokens: [1, 2, 3]
tokens = 128000
draft_token: 5
accepted_tokens: 4
--speculative-tokens 5
--tokenizer-mode auto
--tokenizer ./tok
--tokenizer_path=/models/tok
--api-key-file /run/secrets/key
--token-limit 200
--keep-going
--key-type rsa
--pass-through
--password-stdin
--passes 2
--auth none
-p 8080:80
-p 22
mkdir -p /tmp/x/y
ssh -p 2222 host
docker run -u 1000:1000 img
docker run --user 0:0 img
pip install --user torch
python -u train.py
docker run -p 8000:8000 vllm/vllm-openai
mysql -u root -p
nc -p 1234
unzip -p a.zip
cp -p a b
torch==2.8.0+cu128
torch 2.8.0a0+34c6371d24.nv25.08
torchvision 0.23.0a0+428a54c9
2.7.0.dev20250226+cu128
flash_attn-2.8.3+cu12torch2.8cxx11abiTRUE-cp312-cp312-linux_x86_64.whl
llama_cpp_python @ git+https://github.com/abetlen/llama-cpp-python@c37132bac860fcc333255c36313f89c4f49d4c8d
--hash=sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
md5: d41d8cd98f00b204e9800998ecf8427e
commit 1747a90e1c2b3a4d5e6f708192a3b4c5d6e7f809
HEAD is now at 1747a90 install: the check after it must have looked
commit: c37132bac860fcc333255c36313f89c4f49d4c8d
revision=main
revision: 5f0b02c75b57c5855da9ae460ce51323ea669d8a
image: nvcr.io/nvidia/pytorch:25.08-py3
image@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
nvidia/cuda:12.8.1-devel-ubuntu24.04@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
sm_120 sm_90a compute_120
arch: sm_120
no kernel image is available for execution on the device
NCCL_P2P_DISABLE=1
NCCL_SOCKET_IFNAME=eth0
NCCL_IB_HCA=mlx5_0
NCCL_DEBUG=INFO
NCCL version 2.27.3+cuda12.8
CUDA_VISIBLE_DEVICES=0,1
CUDA_HOME=/usr/local/cuda-12.8
LD_LIBRARY_PATH=/usr/local/cuda/lib64:/opt/x
PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True
HF_HOME=/data/hf
HF_HUB_OFFLINE=1
HF_ENDPOINT=https://hf-mirror.com
HF_HUB_ENABLE_HF_TRANSFER=1
HF_TOKEN_PATH=/root/.cache/huggingface/token
SSH_AUTH_SOCK=/tmp/ssh-XXXX/agent.12
XAUTHORITY=/root/.Xauthority
PWD=/home/user/llm
OLDPWD=/home/user
pwd=/work
hf_transfer hf_hub_download hf_xet
hf_hub_download(repo_id="gpt2", filename="config.json")
sk-learn sk-image scikit-learn
sk-learn-contrib-something
ms-python.vscode-pylance-2024
took 500ms-1s
npm_config_loglevel=warn
gh_pages
pk-index
SG.x.y
eyJ
AKIA
AIzawa
xoxo
pypi-mirror
https://pypi.org/simple
https://download.pytorch.org/whl/cu128
https://huggingface.co/meta-llama/Llama-3.1-8B/resolve/main/tokenizer.json
https://github.com/owner/repo.git@v1.2.3
git+ssh://git@github.com/owner/repo.git
git@github.com:owner/repo.git
https://host.example:8080/path@v2
https://medium.example/@user/post
https://host.example/x?v=1&page=2#top
https://host.example/search?q=token
https://host.example/docs#api-key
http://127.0.0.1:8080/v1/models
http://[::1]:8080/
tcp://localhost:29500
postgresql://localhost/db
numpy@1.26.4
memcpy@GLIBC_2.14
user@1000.service
00000000:01:00.0 0000:01:00.0 10de:2684
12:30:45 step: 12 loss: 1.23
at 12:30:45@rank0
ERROR:root:failed
INFO:accelerate:x
root:x:0:0:root:/root:/bin/bash
c10::Error: at::cuda std::string
std::unordered_map<key, value>
map<std::string, token> m;
enum { TOKEN = 1 };
#define TOKEN 3
-----BEGIN CERTIFICATE-----
-----END CERTIFICATE-----
-----BEGIN PUBLIC KEY-----
ssh-keygen: generating key
Generating public/private rsa key pair.
gpg: key 0x12 not found
gpg --recv-keys 4AEE18F83AFDEB23
apt-key is deprecated
NO_PUBKEY 4AEE18F83AFDEB23
signed-by=/usr/share/keyrings/nvidia.gpg
key "model.embed_tokens.weight" is missing
loading key: model.layers.0.mlp.gate_proj.weight
Key: value
key=value
key: lr
keys: 12
sort key: name
api version: 2
access: denied
Access is denied
private: true
private repository: not found
account: none
service_account: none
session: 12
session_id: 3
license: Apache-2.0
license_key: none
hf auth login
huggingface-cli login
huggingface-cli login --token $HF_TOKEN
wandb login
wandb: Currently logged in as: me (team). Use `wandb login --relogin` to force relogin
wandb: Paste an API key from your profile and hit enter:
wandb: WARNING If you're specifying your api key in code, ensure this code is not shared publicly.
wandb: (2) Use an existing W&B account
docker login
docker login ghcr.io
gh auth login
gh auth token
modelscope login --token $TOKEN
echo hello | docker load
echo "$TOKEN" | docker login --password-stdin
curl -u $USER:$PASS https://host.example
curl -fsSL https://host.example | sh
machine: x86_64
machine learning login page
default: 3
login: user
log in to use
login required
dataset: identity,alpaca_en_demo
template: qwen
cutoff_len: 2048
model_name_or_path: Qwen/Qwen2.5-0.5B-Instruct
output_dir: saves/x
overwrite_cache: true
preprocessing_num_workers: 16
per_device_train_batch_size: 1
learning_rate: 1.0e-4
ddp_timeout: 180000000
val_size: 0.1
resume_from_checkpoint: null
enable_thinking: false
flash_attn: fa2
rope_scaling: dynamic
quantization_bit: 4
deepspeed: examples/deepspeed/ds_z3_config.json
GPU-00000000-0000-0000-0000-000000000000
uuid: 4d36e968-e325-11ce-bfc1-08002be10318
{4d36e968-e325-11ce-bfc1-08002be10318}
Driver Version: 580.159.04 CUDA Version: 13.0
NVIDIA-SMI 580.159.04
nvidia-cublas-cu12==12.8.4.1 nvidia-cudnn-cu12==9.1.0.70
Wheel: torch-2.8.0-cp312-cp312-win_amd64.whl
OSError: [WinError 126] The specified module could not be found. Error loading "C:\\x\\fbgemm.dll"
ImportError: cannot import name 'is_torch_fx_available' from 'transformers.utils'
ValueError: Tokenizer class Qwen2Tokenizer does not exist
TypeError: got an unexpected keyword argument 'token'
TypeError: __init__() got an unexpected keyword argument 'api_key'
AttributeError: 'Namespace' object has no attribute 'hub_token'
ValidationError: 1 validation error: api_key: Field required
RuntimeError: The size of tensor a (4096) must match
Traceback (most recent call last):
File "/opt/x/huggingface_hub/utils/_token.py", line 12, in get_token
File "tokenization_utils_base.py", line 2197, in from_pretrained
  token=token, revision=revision,
  raise EnvironmentError("You need a token: see the docs")
"""


def look_alikes() -> tuple[str, ...]:
    """All of them, without repeats, in a stable order."""
    return tuple(dict.fromkeys((*_generated(), *_COUNTS, *(line for line in _LINES.splitlines() if line.strip()))))


def _generated() -> Iterator[str]:
    for name in _MODEL_TOKENS:
        for number, value in enumerate(_MODEL_VALUES):
            form = _MODEL_FORMS[(number + len(name)) % len(_MODEL_FORMS)]
            yield form.format(n=name, v=value)
