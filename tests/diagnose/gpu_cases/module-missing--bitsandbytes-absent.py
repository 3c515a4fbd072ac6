import torch
import transformers

config = transformers.LlamaConfig(
    hidden_size=64,
    intermediate_size=64,
    num_hidden_layers=1,
    num_attention_heads=2,
    num_key_value_heads=2,
    vocab_size=64,
)
q = transformers.BitsAndBytesConfig(load_in_4bit=True)
transformers.LlamaForCausalLM(config).save_pretrained("/tmp/tinym")
transformers.AutoModelForCausalLM.from_pretrained("/tmp/tinym", quantization_config=q)
