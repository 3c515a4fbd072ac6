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
m = transformers.LlamaForCausalLM(config).cuda()
m(torch.tensor([[1, 2]]))
