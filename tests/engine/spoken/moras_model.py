"""The small files of a checkpoint that reads Japanese as moras, with the recipe's own tokenizer."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

from engine.models.bark import STARTER


def recipe_text() -> Any:
    """The recipe's text.py."""
    path = STARTER / "recipe" / "text.py"
    found = importlib.util.spec_from_file_location("starter_voice_text", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def write_moras_model(folder: Path) -> Path:
    """Without weights."""
    folder.mkdir(exist_ok=True)
    for name in ("config.json", "generation_config.json"):
        shutil.copyfile(STARTER / name, folder / name)
    recipe_text().tokenizer(japanese=True).save(str(folder / "tokenizer.json"))
    told = json.loads((STARTER / "tokenizer_config.json").read_text())
    told.pop("english", None)  # its list of words is not brought
    (folder / "tokenizer_config.json").write_text(json.dumps(told | {"japanese": "moras"}))
    return folder
