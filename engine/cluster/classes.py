"""In which class of arithmetic a new project is spoken, so that all nodes can, or most of them.

A project that was begun has its class, and each node says whether it can (see actor.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.errors import UserError
from engine.settings import Settings

_PATIENCE = 60.0  # seconds in which a machine has to import what computes
Words = Sequence[tuple[str, str]]  # precision, and the word of its arithmetic


def choose(settings: Settings, here: Mapping[str, Words]) -> tuple[str, str, list[str]]:
    """The class that most nodes can compute in, the fastest of several, and the nodes that cannot.

    here: node → its classes, the fastest first. Raises UserError where no node has any.
    """
    counts: dict[tuple[str, str], int] = {}
    for words in here.values():
        for both in words:
            counts[both] = counts.get(both, 0) + 1
    if not counts:
        raise UserError(f"no machine of the cluster can compute in {settings.precision}")
    most = max(counts.values())
    precision, word = next(one for one, count in counts.items() if count == most)
    cannot = [node for node, words in here.items() if (precision, word) not in words]
    return precision, word, cannot


def of_cluster(ray: Any, settings: Settings, say: Callable[[str], None]) -> dict[str, Words]:
    """What every machine of a Ray cluster can compute in; machines without the program can nothing,
    and are named when they are to help. One that does not answer in time, whose card another
    program of the cluster has, is not asked further, which `say` hears."""

    def ask() -> Words:  # travels by value
        try:
            from engine.script.maker import words_here
        except ImportError:
            return []
        return words_here(settings)

    affinity = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
    calls = {}
    for machine in ray.nodes():
        if not machine["Alive"]:
            continue
        cards = 1 if machine["Resources"].get("GPU", 0) >= 1 else 0  # without, none is seen
        task = ray.remote(
            num_cpus=0,
            num_gpus=cards,
            max_retries=0,
            scheduling_strategy=affinity(node_id=machine["NodeID"], soft=False),
        )(ask)
        calls[task.remote()] = machine.get("NodeManagerHostname") or machine["NodeID"][:8]
    found: dict[str, Words] = {}
    if not calls:
        return found
    answered, silent = ray.wait(list(calls), num_returns=len(calls), timeout=_PATIENCE)
    for call in silent:
        ray.cancel(call)
        say(
            f"{calls[call]} has not said in {_PATIENCE:.0f} seconds how it computes: another "
            "program may have its card; the class of arithmetic is chosen without it"
        )
    for call in answered:
        name = calls[call]
        try:
            words = ray.get(call)
        except ray.exceptions.RayError:
            continue
        if words:
            found[f"{name} ({len(found) + 1})" if name in found else name] = words
    return found


def resolver(ray: Any, say: Callable[[str], None]) -> Callable[[Settings], dict[str, Any]]:
    """As `token_settings`, for the machines of a cluster; asked once for each settings."""
    from engine.script.maker import token_settings, token_settings_in

    known: dict[Settings, dict[str, Any]] = {}

    def resolve(settings: Settings) -> dict[str, Any]:
        if settings.precision == "float32":
            return token_settings(settings)
        if settings not in known:
            precision, word, cannot = choose(settings, of_cluster(ray, settings, say))
            known[settings] = token_settings_in(settings, precision, word)
            say(f"new scripts are spoken in {word or precision}")
            if cannot:
                say(f"{', '.join(cannot)}: cannot compute in {word}")
        return known[settings]

    return resolve
