"""Functions as files: what Python and TensorFlow make of them before XLA compiles them.

Tracing and lowering cost as much in every start as reading XLA's machine code from the disk. So a
function is kept as StableHLO, the language in which TensorFlow hands it to XLA, without the places
in our sources that TensorFlow notes at every operation: they were a third of what XLA reads. Its
name does not change from start to start, because XLA looks its machine code up under that name.

A file fits the release, the processor and the sources that shaped it; all of them are in its name.
 What TensorFlow cannot read any more is made anew, and what is not whole or not only ours is not
read: XLA runs what it is given.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow.compiler.tf2xla.ops import gen_xla_ops
from tensorflow.core.framework.function_pb2 import FunctionDef
from tensorflow.python.eager import context

from engine.system import compiled_code

Function = Callable[..., Any]

# What shapes a compiled function: the modules that define it and how it is kept. An edit anywhere
# else, of a command line say, leaves the files of earlier starts as they are.
SOURCES = (
    "beams.py",
    "checkpoint/config.py",
    "checkpoint/weights.py",
    "compile_cache.py",
    "decoder.py",
    "search.py",
)

_WEIGHTS = "_weights"  # attribute of a FunctionDef: which weights follow its arguments


class Exports:
    """A folder of exported functions that share one model's weights.

    weights: all tensors that the functions may use besides their arguments, in an order that is
    the same in every start. version: what the functions depend on besides shapes and sources.
    """

    def __init__(self, folder: Path, weights: Sequence[Any], version: str) -> None:
        self._folder, self._weights = folder, list(weights)
        sources = [(Path(__file__).parent / name).read_bytes() for name in SOURCES]
        shapes = [tuple(weight.shape) for weight in weights]
        about = f"{tf.__version__} {version} {shapes}".encode()
        self._version = sha256(b"\0".join([about, *sources])).digest()

    def path(self, key: Hashable, function: Function, arguments: tuple[Any, ...]) -> Path:
        """Where the function of this key lies, for arguments of these shapes."""
        shapes = [(tuple(a.shape), a.dtype.name) for a in tf.nest.flatten(arguments)]
        about = f"{key} {_described(function)} {shapes}"
        digest = sha256(self._version + about.encode()).hexdigest()
        return self._folder / f"{digest[:24]}.function"

    def load(self, path: Path, result: Function) -> Function | None:
        """The function of a file, or None where there is none that can be read.

        result: arguments → anything of the structure of the function's result.
        """
        try:
            data = compiled_code.read(path)
            definition = None if data is None else FunctionDef.FromString(data)
        except DecodeError:
            definition = None
        if definition is None:
            return None
        return self._callable(definition, result)

    def save(
        self, path: Path, function: Function, arguments: tuple[Any, ...], result: Function
    ) -> Function:
        """Trace a function, write it to its file, and return it in the form that `load` returns.

        Where the disk refuses, the next start pays again. Raises OSError where not even the
        temporary folder takes something.
        """

        def positional(*arguments: Any) -> Any:  # the compiler's text is not had of a partial
            return function(*arguments)

        traced = tf.function(positional, jit_compile=True, autograph=False)
        concrete = traced.get_concrete_function(*arguments)
        places = {id(weight): place for place, weight in enumerate(self._weights)}
        used = [places[id(weight)] for weight in concrete.captured_inputs]
        module = _bytecode(traced.experimental_get_compiler_ir(*arguments)(stage="stablehlo"))
        inputs = [*tf.nest.flatten(arguments), *(self._weights[place] for place in used)]
        outputs = tf.nest.flatten(concrete.structured_outputs)

        def call(*inputs: Any) -> Any:
            return gen_xla_ops.xla_call_module(
                inputs,
                version=10,  # the newest that 2.21 knows
                module=module,
                Tout=[output.dtype for output in outputs],
                Sout=[output.shape for output in outputs],
                platforms=["CPU"],
            )

        wrapped = tf.function(call, jit_compile=True, autograph=False)
        specs = [tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in inputs]
        definition = FunctionDef()
        definition.CopyFrom(wrapped.get_concrete_function(*specs).function_def)
        definition.signature.name = f"text_{path.stem}"
        definition.attr[_WEIGHTS].list.i.extend(used)
        with suppress(OSError):
            compiled_code.keep(path, definition.SerializeToString(deterministic=True))
        return self._callable(definition, result)

    def _callable(self, definition: Any, result: Function) -> Function:
        name, count = definition.signature.name, len(definition.signature.output_arg)
        weights = [self._weights[place] for place in definition.attr[_WEIGHTS].list.i]
        if not context.context().has_function(name):
            context.context().add_function_def(definition)
        encoded = name.encode()

        def call(*arguments: Any) -> Any:
            inputs = [*tf.nest.flatten(arguments), *weights]
            outputs = context.context().call_function(encoded, inputs, count)
            return tf.nest.pack_sequence_as(result(*arguments), outputs)

        return call


def _described(function: Function) -> str:
    """The name of a function, and the plain values that a partial binds."""
    if not isinstance(function, partial):
        return f"{function.__module__}.{function.__qualname__}"
    bound = [value for value in function.args if isinstance(value, (bool, int, float, str))]
    return f"{_described(function.func)} {bound} {sorted(function.keywords.items())}"


def _bytecode(module: str) -> bytes:
    """StableHLO as text → as bytes, without the sources' names and lines."""
    module = tf.mlir.experimental.run_pass_pipeline(module, "strip-debuginfo")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "module")
        tf.mlir.experimental.write_bytecode(str(path), module)
        return path.read_bytes()
