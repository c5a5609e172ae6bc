"""What this machine cannot do, asked in a process of its own: `python -m engine.bark.limits`.

torch takes seconds to import and a quarter of a gigabyte to hold; the window asks before anybody
has pressed Speak. The answer is one JSON list of (settings field, value, reason).
"""

from __future__ import annotations

import json

from engine.bark.engine import cannot

if __name__ == "__main__":
    print(json.dumps([(field, value, why) for (field, value), why in cannot().items()]))
