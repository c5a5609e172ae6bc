"""GPT-2 and Llama-family checkpoints: transformers folders (safetensors) and GGUF files.

Both are read as a config with transformers' keys and tensors with transformers' names. Pickle is
never read.
"""
