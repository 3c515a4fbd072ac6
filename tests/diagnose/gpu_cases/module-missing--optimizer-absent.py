import torch
import transformers

m = torch.nn.Linear(1, 1)
t = transformers.Trainer(m, transformers.TrainingArguments("/tmp/o", optim="paged_adamw_8bit"))
t.create_optimizer()
