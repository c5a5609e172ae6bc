"""What may be chosen for text. Standard library only, for --help."""

from __future__ import annotations

PRECISIONS = ("auto", "float32", "int8")  # of the weights
KEY_VALUES = ("float16", "int8", "float32")  # of what the step in C keeps of the texts it has read
