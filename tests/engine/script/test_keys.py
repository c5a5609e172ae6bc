"""Under which key a take is looked for: the present one first, then that of version 0.1.0."""

from __future__ import annotations

from pathlib import Path

from engine.script.keys import Keys
from engine.script.recipe import Maker, Recipe
from engine.script.store import Store


def test_a_take_of_0_1_0_counts_only_where_there_is_none_of_now(tmp_path: Path) -> None:
    store, recipe = Store(tmp_path), Recipe()
    how = {"precision": "bfloat16"}
    before = Keys(Maker(model="m", settings=how), recipe, store).of("So.", "v", 0)
    keys = Keys(Maker(model="m", settings={**how, "arithmetic": "amx"}), recipe, store)
    now = keys.of("So.", "v", 0)
    assert now != before
    store.refuse(before, "of 0.1.0")
    assert keys.of("So.", "v", 0) == before
    assert keys.of("So.", "v", 1) != before
    store.refuse(now, "of now")
    assert keys.of("So.", "v", 0) == now


def test_whatever_a_take_is_made_of_is_in_its_key(tmp_path: Path) -> None:
    store, maker = Store(tmp_path), Maker(model="m", settings={"precision": "float32"})
    keys = Keys(maker, Recipe(), store)
    others = [keys.of("So!", "v", 0), keys.of("So.", "w", 0), keys.of("So.", "v", 1)]
    for other in (Maker(model="n", settings=maker.settings), Maker(model="m")):
        others.append(Keys(other, Recipe(), store).of("So.", "v", 0))
    others.append(Keys(maker, Recipe(seed=8), store).of("So.", "v", 0))
    assert len({keys.of("So.", "v", 0), *others}) == 1 + len(others)
    same = Maker(model="m", settings=maker.settings, name="people's word", voices={"v": "x"})
    assert Keys(same, Recipe(takes=9), store).of("So.", "v", 0) == keys.of("So.", "v", 0)
