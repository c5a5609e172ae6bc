"""The engines of Bark Studio: speech (torch) and text (TensorFlow), without a window.

Nothing here imports Qt. Frameworks are imported inside the packages that need them, so that
`import engine.api` costs milliseconds.
"""

import os

# torch's OpenMP reads it when it is loaded. A thread that waits for another one turns so often
# before it sleeps; by default 300 000 times, milliseconds in which it keeps the core from the very
# thread it waits for, as soon as anything else runs on the machine: a small model was then fifty
# times slower.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
