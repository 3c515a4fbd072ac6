import transformers

transformers.TrainingArguments("/tmp/o", deepspeed={"zero_optimization": {"stage": 2}})
