"""Damage of what models come in: safetensors, GGUF, arrays, archives of pickles."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from tests.hostile.archives import Member, archive, members_of, npy, packed, payload, zeros
from tests.hostile.values import number, other_bytes, other_json, other_text

_DTYPES = ("F32", "F16", "BF16", "F64", "I64", "I8", "U8", "BOOL", "F8_E4M3", "C64", "X", "", "F4")


def other_safetensors(data: bytes, random: Random) -> bytes:
    length = int.from_bytes(data[:8], "little")
    header, rest = data[8 : 8 + length], data[8 + length :]
    match random.randrange(6):
        case 0:
            return struct.pack("<Q", number(random)) + data[8:]
        case 1:
            return data[: random.randrange(len(data))]
        case 2:
            return other_bytes(data, random)
        case 3:
            tensors = json.loads(header)
            name = random.choice([name for name in tensors if name != "__metadata__"])
            one = tensors[name]
            match random.randrange(5):
                case 0:
                    one["dtype"] = random.choice(_DTYPES)
                case 1:
                    one["shape"] = random.choice(([], [0], [2**62], [2**32, 2**32], [-1], [1] * 70))
                case 2:
                    one["data_offsets"] = [number(random), number(random)]
                case 3:
                    one["shape"] = one["shape"][::-1]
                case 4:
                    tensors[name + "x"] = tensors.pop(name)
            header = json.dumps(tensors).encode()
        case _:
            header = other_json(header, random)
    return struct.pack("<Q", len(header)) + header + rest


# ── arrays and archives ───────────────────────────────────────────────────────────────────────


def other_array(data: bytes, random: Random, mark: Path) -> bytes:
    """An .npy with another header, or with a pickle behind it."""
    shape = random.choice(
        ("(4611686018427387904,)", "(2147483648, 2147483648)", "(-1,)", "()", "(0,)", "(3,)",
         "(1," * 5000 + ")" * 5000, "(" + "1," * 70 + ")", "(1e9,)", "('a',)", "None", "(True,)",
         "(10000000000,)", "(2, -3)", "(400000000,)", "(" + "1" * 6000 + ",)")
    )  # fmt: skip
    kind = random.choice(
        ("<i8", "<i4", "<u8", ">i8", "|u1", "<f4", "<f8", "|O", "|V2147483648", "<U1000000000", "M8[ns]",
         "|b1", "<c16", "|S0", "x", "[('a', '<i8')]", "<i8, (1000000,)<i8", "|i1", "<f2")
    )  # fmt: skip
    quoted = kind if kind.startswith("[") else repr(kind)
    header = f"{{'descr': {quoted}, 'fortran_order': {random.choice(('True', 'False'))}, 'shape': "
    match random.randrange(6):
        case 0:
            return other_bytes(data, random)
        case 1:
            text = "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}"
            return npy(text, payload(mark))
        case 2:
            body = data[128:] if len(data) > 128 else data
            return npy(header + f"({len(body) // 8},)}}", body)
        case 3:
            length = number(random)
            return npy(header + shape + "}", data[80:], 2, length & 0xFFFFFFFF)
        case 4:
            text = random.choice(
                ("{}", "[1]", "'" + "a" * 60_000, "{" * 3000, "__import__('os')", "\0")
            )
            return npy(text, data[80:], random.choice((1, 2, 3, 9)))
        case _:
            return npy(header + shape + "}", data[80:], random.choice((1, 2)))


def other_archive(data: bytes, random: Random, mark: Path, *, pack: bool = True) -> bytes:
    """A ZIP archive with one member, or one word of its listing, that is another. pack: members are
    deflated."""
    members = members_of(data)
    at = random.randrange(len(members))
    member = members[at]
    match random.randrange(12):
        case 0:
            return other_bytes(data, random)
        case 1:  # far more than it seems
            size = random.choice((64, 640, 2560)) * 2**20
            member = replace(member, data=zeros(size), method=8, size=size, crc=0)
        case 2:  # far more than it says
            member = replace(member, data=zeros(640 * 2**20), method=8, size=1000, crc=0)
        case 3:
            member = replace(member, size=number(random))
        case 4:
            member = replace(member, packed=number(random))
        case 5:
            new = random.choice(
                ("../" * 5 + "precious.txt", "/tmp/x", "", "a" * 60_000, "\0", "\ud800")
            )
            member = replace(member, name=new)
        case 6:
            member = replace(member, method=random.choice((8, 9, 12, 14, 93, 99)))
        case 7:
            member = replace(member, flags=random.choice((1, 8, 32, 64)))
        case 8:
            many = [Member(f"{i}.xml", b"") for i in range(random.choice((1500, 70_000)))]
            return archive([*members, *many])
        case 9:
            del members[at]
            return archive(members)
        case _:
            member = replace(member, data=_other_member(member, random, mark))
            member = packed(member) if pack else member
    return archive([*members[:at], member, *members[at + 1 :]])


def _other_member(member: Member, random: Random, mark: Path) -> bytes:
    suffix = Path(member.name).suffix
    if suffix == ".npy":
        return other_array(member.data, random, mark)
    if suffix == ".pkl":
        return payload(mark) if random.random() < 0.6 else other_bytes(member.data, random)
    if suffix in (".xml", ".xhtml", ".opf", ".ncx", ".rels", ".html"):
        return other_text(member.data, random)
    return other_bytes(member.data, random)


# ── GGUF ──────────────────────────────────────────────────────────────────────────────────────

_KINDS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9


@dataclass
class Field:
    """One entry of the head. of: the kind of an array's items."""

    name: str
    kind: int
    value: Any
    of: int = 0


@dataclass
class Tensor:
    name: str
    shape: list[int]
    kind: int
    offset: int


def other_gguf(data: bytes, random: Random) -> bytes:
    if random.random() < 0.2:
        return other_bytes(data, random)
    fields, tensors, body = _parts(data)
    counts = [3, len(tensors), len(fields)]
    kind = random.randrange(9)
    if kind < 5:
        field = random.choice(fields)
        match random.randrange(6):
            case 0:
                fields.remove(field)
            case 1:
                field.kind, field.value = (
                    8,
                    random.choice(("", "x", "llama", "gpt2", "\0", "{{" * 99)),
                )
            case 2:
                field.kind, field.of, field.value = 9, *random.choice(_ARRAYS)
            case 3:
                field.kind, field.value = (
                    6,
                    random.choice((0.0, -1.0, 1e30, float("nan"), float("inf"))),
                )
            case _ if field.kind == _ARRAY and field.value:
                at = random.randrange(len(field.value))
                words = ("", "<end>", "a" * 70_000, "\u2581" * 3000, "\ud83d", field.value[0])
                numbers = (0, -1, 3, 4, 99, 2**31 - 1)
                other = random.choice(words if field.of == _STRING else numbers)
                field.value = [*field.value[:at], other, *field.value[at + 1 :]]
            case _:
                unit = random.choice((4, 5, 10, 11))
                field.kind, field.value = (
                    unit,
                    number(random) & ((1 << 31) - 1 if unit < 10 else 2**63 - 1),
                )
        counts[2] = len(fields)
    elif kind == 5:
        counts[random.randrange(3)] = number(random)
    elif kind == 6:
        fields.append(Field("general.name", 9, ["x"], random.choice((8, 0, 9, 77))))
        counts[2] = len(fields)
    else:
        tensor = random.choice(tensors)
        match random.randrange(5):
            case 0:
                tensor.kind = random.choice(
                    (0, 1, 2, 3, 6, 7, 8, 10, 12, 14, 15, 30, 31, 39, 99, 2**31)
                )
            case 1:
                tensor.offset = number(random) & ~31
            case 2:
                tensor.shape = random.choice(
                    ([2**62], [], [0], [32, 2**40], [1] * 9, [2**32, 2**32], [31, 5])
                )
            case 3:
                tensor.name = random.choice(
                    (tensors[0].name, "", "blk.9.x", "a" * 9000, "rope_freqs.weight")
                )
            case 4:
                tensor.shape = tensor.shape[::-1]
    return _assembled(counts, fields, tensors, body)


_ARRAYS = (
    (4, []), (4, [1, 2]), (8, ["a", "b"]), (8, []), (5, [-1] * 3), (7, [True]), (8, ["a"] * 300),
)  # fmt: skip


def _parts(data: bytes) -> tuple[list[Field], list[Tensor], bytes]:
    stream = io.BytesIO(data)

    def take(kind: str) -> Any:
        return struct.unpack(f"<{kind}", stream.read(struct.calcsize(kind)))[0]

    def text() -> str:
        return stream.read(take("Q")).decode()

    def value(kind: int) -> Any:
        return text() if kind == _STRING else take(_KINDS[kind])

    stream.read(8)
    counts = take("Q"), take("Q")
    fields, tensors = [], []
    for _ in range(counts[1]):
        name, kind = text(), take("I")
        if kind == _ARRAY:
            of, count = take("I"), take("Q")
            fields.append(Field(name, kind, [value(of) for _ in range(count)], of))
        else:
            fields.append(Field(name, kind, value(kind)))
    for _ in range(counts[0]):
        name = text()
        shape = [take("Q") for _ in range(take("I"))]
        tensors.append(Tensor(name, shape, take("I"), take("Q")))
    stream.read(-stream.tell() % 32)
    return fields, tensors, stream.read()


def _assembled(counts: list[int], fields: list[Field], tensors: list[Tensor], body: bytes) -> bytes:
    head = b"GGUF" + struct.pack("<IQQ", counts[0] & 0xFFFFFFFF, counts[1], counts[2])

    def text(words: str) -> bytes:
        data = words.encode("utf-8", "surrogatepass")
        return struct.pack("<Q", len(data)) + data

    def value(kind: int, one: Any) -> bytes:
        if kind == _STRING:
            return text(one)
        return (
            struct.pack(f"<{_KINDS.get(kind, 'I')}", one) if isinstance(one, (int, float)) else b""
        )

    for field in fields:
        head += text(field.name) + struct.pack("<I", field.kind)
        if field.kind == _ARRAY:
            head += struct.pack("<IQ", field.of, len(field.value))
            head += b"".join(value(field.of, one) for one in field.value)
        else:
            head += value(field.kind, field.value)
    for tensor in tensors:
        head += text(tensor.name) + struct.pack("<I", len(tensor.shape))
        head += b"".join(struct.pack("<Q", size) for size in tensor.shape)
        head += struct.pack("<IQ", tensor.kind & 0xFFFFFFFF, tensor.offset)
    return head + bytes(-len(head) % 32) + body
