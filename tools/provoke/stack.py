import os, sys, warnings
os.environ.update(HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_ETAG_TIMEOUT="1", HF_HUB_DOWNLOAD_TIMEOUT="1")
# ==== torch-cuda-tensor
import torch; torch.zeros(1, device="cuda")
# ==== torch-cuda-cpu-load
import torch; torch.save(torch.zeros(1), "a.pt"); torch.load("a.pt", map_location="cuda:0")
# ==== torch-weights-only
import torch, fractions; torch.save(fractions.Fraction(1, 2), "b.pt"); torch.load("b.pt")
# ==== torch-broken-checkpoint
import torch; open("c.pt", "wb").write(b"PK\x03\x04broken"); torch.load("c.pt")
# ==== torch-lfs-pointer
import torch; open("d.bin", "w").write("version https://git-lfs.github.com/spec/v1\n"); torch.load("d.bin", weights_only=False)
# ==== torch-size-mismatch
import torch; torch.nn.Linear(2, 3).load_state_dict(torch.nn.Linear(2, 4).state_dict())
# ==== torch-dtype
import torch; torch.nn.Linear(2, 2)(torch.ones(1, 2, dtype=torch.float16))
# ==== torch-no-grad
import torch; torch.ones(1).sum().backward()
# ==== torch-nccl-no-gpu
import torch.distributed as d; d.init_process_group("nccl", init_method="tcp://127.0.0.1:29777", rank=0, world_size=1)
# ==== torch-rendezvous
import torch.distributed as d, datetime; d.init_process_group("gloo", init_method="tcp://127.0.0.1:29778", rank=0, world_size=2, timeout=datetime.timedelta(seconds=3))
# ==== torch-gloo-interface
os.environ["GLOO_SOCKET_IFNAME"] = "nosuch0"
import torch.distributed as d; d.init_process_group("gloo", init_method="tcp://127.0.0.1:29779", rank=0, world_size=1)
# ==== torch-bad-attribute
import torch; torch.no_such_thing
# ==== torch-cpu-memory
import torch; torch.empty(10**15)
# ==== torch-pickle
import torch, pickle; pickle.dumps(lambda x: x)
# ==== safetensors-header
from safetensors import safe_open; open("e.safetensors", "wb").write(b"\xff" * 64); safe_open("e.safetensors", "pt")
# ==== safetensors-short
from safetensors import safe_open; open("f.safetensors", "wb").write(b"\x10"); safe_open("f.safetensors", "pt")
# ==== safetensors-folder
from safetensors import safe_open; os.mkdir("g"); safe_open("g", "pt")
# ==== hub-path
from transformers import AutoConfig; AutoConfig.from_pretrained("./models/no/such")
# ==== hub-offline
os.environ["HF_HUB_OFFLINE"] = "1"
from transformers import AutoConfig; AutoConfig.from_pretrained("org/model")
# ==== hub-no-network
from huggingface_hub import snapshot_download; snapshot_download("org/model")
# ==== model-no-config
from transformers import AutoModelForCausalLM; os.mkdir("h"); AutoModelForCausalLM.from_pretrained("./h")
# ==== model-unknown-type
from transformers import AutoConfig; os.mkdir("i"); open("i/config.json", "w").write('{"model_type": "qwen99"}'); AutoConfig.from_pretrained("./i")
# ==== model-no-weights
from transformers import LlamaConfig, AutoModelForCausalLM; LlamaConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, vocab_size=9, intermediate_size=8).save_pretrained("j"); AutoModelForCausalLM.from_pretrained("./j")
# ==== model-remote-code
from transformers import AutoConfig; os.mkdir("k"); open("k/config.json", "w").write('{"model_type": "mine", "auto_map": {"AutoConfig": "conf.C"}}'); AutoConfig.from_pretrained("./k", trust_remote_code=False)
# ==== tokenizer-none
from transformers import AutoTokenizer; os.mkdir("l"); open("l/config.json", "w").write('{"model_type": "llama"}'); AutoTokenizer.from_pretrained("./l")
# ==== bnb-4bit-no-gpu
from transformers import LlamaConfig, LlamaForCausalLM, BitsAndBytesConfig; m = LlamaForCausalLM(LlamaConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, vocab_size=9, intermediate_size=8)); m.save_pretrained("m"); q = LlamaForCausalLM.from_pretrained("./m", quantization_config=BitsAndBytesConfig(load_in_4bit=True), device_map={"": 0})
# ==== flash-attention-missing
from transformers import LlamaConfig, LlamaForCausalLM; LlamaForCausalLM._from_config(LlamaConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, vocab_size=9, intermediate_size=8), attn_implementation="flash_attention_2")
# ==== args-bf16
from transformers import TrainingArguments; TrainingArguments(output_dir="n", bf16=True)
# ==== args-fp16
from transformers import TrainingArguments; TrainingArguments(output_dir="o", fp16=True, use_cpu=False)
# ==== args-tf32
from transformers import TrainingArguments; TrainingArguments(output_dir="p", tf32=True)
# ==== args-deepspeed
from transformers import TrainingArguments; TrainingArguments(output_dir="q", deepspeed="no.json")
# ==== args-unknown
from transformers import TrainingArguments; TrainingArguments(output_dir="r", evaluation_strategy="steps")
# ==== peft-target
from peft import LoraConfig, get_peft_model; import torch; get_peft_model(torch.nn.Sequential(torch.nn.Linear(2, 2)), LoraConfig(target_modules=["nope"]))
# ==== peft-adapter
from peft import PeftModel; import torch; PeftModel.from_pretrained(torch.nn.Linear(2, 2), "./no-adapter")
# ==== datasets-columns
from datasets import load_dataset; open("s1.json", "w").write('{"a": 1}\n'); open("s2.json", "w").write('{"b": "x"}\n'); load_dataset("json", data_files=["s1.json", "s2.json"], cache_dir="cache")
# ==== datasets-bad-json
from datasets import load_dataset; open("t.json", "w").write('{"a": \n'); load_dataset("json", data_files="t.json", cache_dir="cache")
# ==== datasets-missing
from datasets import load_dataset; load_dataset("json", data_files="nope.json", cache_dir="cache")
# ==== names-apart-trl
from trl import NoSuchTrainer
# ==== names-apart-transformers
from transformers import NoSuchCache
# ==== names-apart-peft
from peft.utils import no_such_helper
# ==== lf-template
from llamafactory.hparams import get_train_args; get_train_args({"model_name_or_path": "./m", "template": "nosuch", "stage": "sft", "do_train": True, "dataset": "x", "output_dir": "u", "finetuning_type": "lora"})
# ==== lf-unknown-key
from llamafactory.hparams import get_train_args; get_train_args({"model_name_or_path": "./m", "template": "llama3", "stage": "sft", "do_train": True, "dataset": "x", "output_dir": "u", "lora_rnak": 8})
# ==== lf-4bit-full
from llamafactory.hparams import get_train_args; get_train_args({"model_name_or_path": "./m", "template": "llama3", "stage": "sft", "do_train": True, "dataset": "x", "output_dir": "u", "finetuning_type": "full", "quantization_bit": 4})
# ==== lf-dataset
from llamafactory.data.parser import get_dataset_list; get_dataset_list(["nosuch"], ".")
