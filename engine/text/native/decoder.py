"""A model in C with its keys and values: tokens in, logits out."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from engine.system.bandwidth import cores
from engine.text.native.library import CACHES, KeyValues, Library
from engine.text.native.weights import Weights

_ROOM = 64  # positions by which the cache grows


class Decoder:
    """Weights, and a cache of some texts: each has a slot. Used by one thread at a time.

    cache: the type of keys and values, see CACHES.
    """

    def __init__(self, weights: Weights, library: Library, cache: str = "float16") -> None:
        self.weights, self.architecture = weights, weights.architecture
        self._library = library
        self.cache = cache
        self._model = weights.model
        self._model.threads = cores()
        self._governors = np.zeros(library.governors_bytes(), np.uint8)
        self._scratch = np.zeros(0, np.uint8)
        self._angles = np.zeros((0, 0), np.float32)
        self.slots = self.capacity = 0
        self._arrays: list[NDArray[np.generic]] = []

    def make_room(self, slots: int, positions: int, keep: list[tuple[int, int, int]]) -> None:
        """Have so many slots of so many positions. keep: (old slot, new slot, how many of its first
        positions stay); what is not named is lost.

        Raises MemoryError where there is no room.
        """
        moved = any(old != new for old, new, _ in keep)
        if not moved and slots == self.slots and positions <= self.capacity:
            return
        before, self.slots = self._arrays, slots
        self.capacity = -(-positions // _ROOM) * _ROOM
        self._library.rest()
        self._arrays = self._empty()
        for old, new, length in keep:
            for source, target in zip(before, self._arrays, strict=True):
                _slot(target, new)[..., :length, :] = _slot(source, old)[..., :length, :]
        self._cache = KeyValues(
            **dict(zip(("keys", "values", "scales"), _addresses(self._arrays), strict=False)),
            type=CACHES[self.cache],
            layers=self.architecture.n_layer,
            slots=slots,
            heads=self.architecture.n_kv_head,
            capacity=self.capacity,
            width=self.architecture.head_dim,
        )
        self._turn()

    def copy(self, source: int, target: int, length: int) -> None:
        """Let a slot begin as another one does, for so many positions."""
        for array in self._arrays:
            _slot(array, target)[..., :length, :] = _slot(array, source)[..., :length, :]

    def read(
        self, tokens: list[int], slots: list[int], positions: list[int], wanted: int
    ) -> NDArray[np.float32]:
        """Read a token at each position of its slot; rows of one slot stand together, in order.

        Returns the logits of the last `wanted` rows, float32 [wanted, vocabulary].
        """
        rows = np.array([tokens, slots, positions], np.int32)
        logits = np.empty((wanted, self.architecture.vocabulary), np.float32)
        needed = self._library.scratch(ctypes.byref(self._model), rows.shape[1], self.capacity)
        if needed > len(self._scratch):
            self._library.rest()
            self._scratch = np.empty(needed, np.uint8)
        self._library.step(
            *(ctypes.byref(self._model), self._governors.ctypes.data, ctypes.byref(self._cache)),
            *(line.ctypes.data for line in rows),
            *(rows.shape[1], wanted, logits.ctypes.data, self._scratch.ctypes.data),
        )
        return logits

    def _empty(self) -> list[NDArray[np.generic]]:
        a = self.architecture
        shape = (a.n_layer, self.slots, a.n_kv_head, self.capacity, a.head_dim)
        kind = {"float32": np.float32, "float16": np.float16, "int8": np.int8}[self.cache]
        arrays: list[NDArray[np.generic]] = [np.zeros(shape, kind), np.zeros(shape, kind)]
        if self.cache == "int8":
            arrays.append(np.zeros((2, *shape[:-1], 1), np.float32))
        return arrays

    def _turn(self) -> None:
        """Cosines and sines of all positions."""
        a = self.architecture
        if a.rotary_base and len(self._angles) < self.capacity:
            rates = a.rotary_base ** -(np.arange(0, a.head_dim, 2) / a.head_dim)
            angles = np.arange(self.capacity)[:, None] * rates
            self._angles = np.concatenate([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
            self._model.angles = self._angles.ctypes.data

    def __del__(self) -> None:
        self._library.rest()


def _addresses(arrays: list[NDArray[np.generic]]) -> list[int]:
    return [array.ctypes.data for array in arrays]


def _slot(array: NDArray[np.generic], slot: int) -> NDArray[np.generic]:
    """What a slot has in an array of the cache, [..., heads, capacity, numbers]."""
    return array[..., slot, :, :, :]


def bytes_of_position(weights: Weights, cache: str) -> int:
    """What one position of one text takes of the cache."""
    a = weights.architecture
    each = {"float32": 4 * a.head_dim, "float16": 2 * a.head_dim, "int8": a.head_dim + 4}[cache]
    return 2 * a.n_layer * a.n_kv_head * each
