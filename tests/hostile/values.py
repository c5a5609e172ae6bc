"""Damage of bytes, of JSON and of marked-up text, as a random stream chooses it."""

from __future__ import annotations

import json
import struct
from random import Random
from typing import Any

# Of JSON, as text: some of these are no value of Python's.
_VALUES = (
    *("null", "true", "false", "0", "-1", "1", "2", "3", "7", "0.5", "-0.0", "64", "1000", "65536"),
    *("2147483647", "2147483648", "4294967295", "9007199254740993", "9223372036854775807"),
    *(
        "9223372036854775808",
        "18446744073709551616",
        "-9223372036854775809",
        "1e9",
        "1e30",
        "1e308",
    ),
    *("1e999", "-1e999", "NaN", "Infinity", "-Infinity", "1" + "0" * 400, "1" + "0" * 5000),
    *('""', '"x"', '"0"', '"-1"', '"\\u0000"', '"\\ud800"', '"\\u202egpj.exe"', '"\\u001b[2J"'),
    *('"../../precious.txt"', '"/etc/hostname"', '"C:\\\\x"', '"a/../../b"', '"."', '".."'),
    *('"con"', '"voices/../../x.npz"', '"/tmp/x.npz"', '"~/x.npz"', '"file:///etc/hostname"'),
    *(
        "[]",
        "[[]]",
        "[0]",
        "[null]",
        "[1,2,3]",
        '["x"]',
        "[[1,2],[3,4]]",
        "{}",
        '{"x":1}',
        '{"":{}}',
    ),
    *("[" + "0," * 999 + "0]", '"' + "x" * 100_000 + '"', "[" * 50 + "]" * 50),
    *("[" * 100_000 + "]" * 100_000, '{"a":' * 5000 + "1" + "}" * 5000, "[" * 100_000),
    '[{"x":1}]',
)
_MARK = "@@here@@"
_NUMBERS = (
    *(0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**62),
    *(2**63 - 1, 2**63, 2**64 - 1),
)
_PIECES = (
    *("x", "[", "![a](", "<a ", "A: ", "[voice:", "[pause ", "\n- ", "\n#", "*", "|", '"', "\n"),
    *("<div>", "<span>", "<b>", "</p>", "&amp;", "&x;", "&#55296;", "&#x110000;", "<!--", " "),
    *("\0", "\ud800", "\u202e", "\u200b", "\x1b[31m", "\r", "\t", "\f", "{", "{\\", "}", "\\'"),
    *("\\bin9999999999 ", "\\u-99999?", "(", ")", "a ", "ab", "。", "「", "1", "0:", "-->", "::"),
    *("=", "'", "--", "——", "1.", "$", "%s", "{0}", "<?xml?>", "<!DOCTYPE a>", "é", "e\u0301", ","),
    *("<table><tr><td>", "<ul><li>", "<ruby><rt>", "<style>", "<script>", "00:00:01,000 --> 9\n"),
    *("[^1]", "[a]: b\n", "> ", "    ", "```\n", "| a ", "<v ", "<w:p>", "<section>", "[^1]: x\n"),
    *("<![CDATA[", "\\u", "🏴", "\u3000", ";"),
)  # fmt: skip
_ENTITIES = (
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


def number(random: Random) -> int:
    return random.choice(_NUMBERS)


def other_bytes(data: bytes, random: Random) -> bytes:
    """Bytes with something wrong somewhere."""
    data, size = bytearray(data), len(data)
    at = random.randrange(size + 1)
    length = random.choice((1, 1, 2, 4, 8, 16, 300))
    match random.randrange(10):
        case 0:
            del data[at:]
        case 1:
            for _ in range(random.choice((1, 3, 30))):
                if data:
                    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        case 2:
            data[at : at + length] = bytes(length)
        case 3:
            data[at : at + length] = b"\xff" * length
        case 4:
            data[at : at + 8] = struct.pack("<Q", number(random))
        case 5:
            data[at : at + 4] = struct.pack("<I", number(random) & 0xFFFFFFFF)
        case 6:
            data[at:at] = random.randbytes(length)
        case 7:
            del data[at : at + length]
        case 8:
            data += data[at : at + 3000] * random.choice((1, 20))
        case 9:
            data[at : at + length] = random.randbytes(length)
    return bytes(data)


def other_json(data: bytes, random: Random) -> bytes:
    """JSON of which one value, or one name, is another. What is no JSON gets other bytes."""
    try:
        values = json.loads(data)
    except ValueError:
        return other_bytes(data, random)
    places = _places(values)
    if not places or random.random() < 0.05:
        return random.choice(_VALUES).encode("utf-8", "surrogatepass")
    holder, key = random.choice(places)
    match random.randrange(8):
        case 0:
            del holder[key]
            return json.dumps(values).encode()
        case 1 if isinstance(holder, dict):
            new = random.choice(("", "x", "../x", "\0", "a" * 3000, "__class__", "\u202e", "0"))
            holder[new] = holder.pop(key)
            return json.dumps(values).encode()
        case 2:
            other, name = random.choice(places)
            holder[key] = other.get(name) if isinstance(other, dict) else _item(other, name)
            try:
                return json.dumps(values).encode()
            except ValueError:  # a circle
                holder[key] = None
                return json.dumps(values).encode()
    holder[key] = _MARK
    text = json.dumps(values).replace(f'"{_MARK}"', random.choice(_VALUES))
    return text.encode("utf-8", "surrogatepass")


def _item(values: list[Any], at: int) -> Any:
    return values[at] if at < len(values) else None


def _places(values: Any, most: int = 3000) -> list[tuple[Any, Any]]:
    """Everywhere in a value, as (what holds it, key); of long lists and texts the beginning."""
    found, ahead = [], [values]
    while ahead and len(found) < most:
        holder = ahead.pop()
        keys = holder if isinstance(holder, dict) else range(min(len(holder), 20))
        for key in list(keys)[:200]:
            found.append((holder, key))
            if isinstance(holder[key], (dict, list)):
                ahead.append(holder[key])
    return found


def other_text(data: bytes, random: Random) -> bytes:
    """Text with a piece of it often, entities, another encoding, or other bytes."""
    text = data.decode("utf-8", "replace")
    at = random.randrange(len(text) + 1)
    match random.randrange(8):
        case 0 | 1 | 2:
            piece = random.choice(_PIECES)
            piece += random.choice(("", "", random.choice(_PIECES)))
            count = random.choice((1, 3, 100, 5000, 100_000 // len(piece)))
            text = text[:at] + piece * count + text[at:]
        case 3:
            text = _ENTITIES + text.replace("<p>", "<p>&i;&x;")
        case 4:
            start = random.randrange(at + 1)
            text = text[:at] + text[start:at] * random.choice((2, 50, 1000)) + text[at:]
            text = text[:300_000]
        case 5:
            kind = random.choice(("utf-16", "utf-32", "utf-16-le", "cp932", "utf-7", "cp1251"))
            return text.encode(kind, "replace") + random.choice((b"", b"\0", b"\xff"))
        case 6:
            text = text.replace(random.choice(text or " "), random.choice(_PIECES))[:300_000]
        case 7:
            return other_bytes(data, random)
    return text.encode("utf-8", "surrogatepass")
