"""Everyday Japanese sentences, put together from words that were written for this."""

from __future__ import annotations

import random
from pathlib import Path


def _sections() -> dict[str, list[str]]:
    """Lines of words.ja.txt by their heading."""
    found: dict[str, list[str]] = {}
    for line in Path(__file__).with_name("words.ja.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        else:
            lines.append(line)
    return found


SECTIONS = _sections()
WHEN, WHO, WHERE, THINGS, ADJECTIVES, PLAIN, SHORT, LATIN, QUESTIONS = (
    " ".join(SECTIONS[name]).split()
    for name in (
        "when", "who", "where", "things", "adjectives", "plain adjectives", "short", "latin",
        "questions",
    )
)  # fmt: skip
FORMS = ("plain", "stem", "te", "not")
# Of each verb the four forms, then what stands before it, {} for a thing; what is counted, and how.
VERBS, COUNTED = ([line.split() for line in SECTIONS[name]] for name in ("verbs", "counted"))
ENDS, JOINTS = (
    {form: " ".join(SECTIONS[f"{name} {form}"]).split() for form in FORMS}
    for name in ("ends", "joints")
)


def sentence(draw: random.Random) -> str:
    """One sentence of everyday Japanese, which need not make sense."""
    kind = draw.random()
    if kind < 0.06:
        made = "、".join(draw.sample(SHORT, draw.randint(1, 2)))
    elif kind < 0.18:
        made = _description(draw)
    elif kind < 0.34:
        made = _number(draw)
    elif kind < 0.42:
        made = _question(draw)
    elif kind < 0.48:
        made = _latin(draw)
    else:
        made = _doing(draw)
    end = draw.choice(["。", "。", "。", "。", "！", "？", "ね。", "よ。"])
    if made.endswith("か"):
        return made + draw.choice("。？？")
    if end[0] in "ねよ" and not made.endswith(("す", "た", "い")):
        end = "。"
    return made + end


def _clause(draw: random.Random, ends: dict[str, list[str]]) -> str:
    plain, stem, te, without, *before = draw.choice(VERBS)
    form = draw.choice(FORMS)
    start = draw.choice(before).replace("{}", draw.choice(THINGS))
    verb = dict(zip(FORMS, (plain, stem, te, without), strict=True))[form]
    place = (
        draw.choice(WHERE) + draw.choice(["で", "で", "の近くで"]) if draw.random() < 0.3 else ""
    )
    if "で" in start or "に" in start or "へ" in start:
        place = ""
    return place + start + verb + draw.choice(ends[form])


def _doing(draw: random.Random) -> str:
    made = draw.choice(WHEN) + draw.choice(["、", ""]) if draw.random() < 0.45 else ""
    if draw.random() < 0.6:
        who = draw.choice(WHO)
        made += who + draw.choice(["は", "は", "が", "も", f"と{draw.choice(WHO)}は"])
        made += draw.choice(["、", "", ""])
    joints = draw.choice([0, 0, 0, 1, 1, 2])
    return made + "".join(_clause(draw, JOINTS) for _ in range(joints)) + _clause(draw, ENDS)


def _description(draw: random.Random) -> str:
    first, second = draw.sample(THINGS, 2)
    subject = draw.choice(["この", "その", "あの", "私の", f"{draw.choice(WHO)}の", ""]) + first
    if draw.random() < 0.3:
        subject += f"と{second}"
    if draw.random() < 0.5:
        word = draw.choice(ADJECTIVES)
        stem = word[:-1]
        said = draw.choice(
            [f"{word}です", f"{stem}かったです", f"{stem}くないです", f"{stem}くなりました",
             f"とても{word}", f"{stem}くて{draw.choice(ADJECTIVES)}です", f"{word}{second}です",
             f"{stem}すぎます", f"{word}かもしれません"]
        )  # fmt: skip
    else:
        word = draw.choice(PLAIN)
        said = draw.choice(
            [f"{word}です", f"{word}でした", f"{word}ではありません", f"{word}になりました",
             f"とても{word}だ", f"{word}な{second}です", f"{word}だと思います"]
        ).replace("同じな", "同じ").replace("本当な", "本当の")  # fmt: skip
    return subject + draw.choice(["は", "は", "が", "も"]) + said


def _number(draw: random.Random) -> str:
    number = draw.randrange(1, 10 ** draw.choice([1, 1, 2, 2, 3, 4, 5, 7]))
    kind = draw.randrange(8)
    if kind == 0:
        return f"{draw.randint(1, 12)}月{draw.randint(1, 31)}日は{draw.choice(WHO)}の誕生日です"
    if kind == 1:
        half = draw.choice(["午前", "午後", "", "夜の", "朝"])
        minutes = draw.choice(["", "半", f"{draw.randint(1, 59)}分"])
        return f"{half}{draw.randint(1, 12)}時{minutes}に{draw.choice(WHERE)}で会いましょう"
    if kind == 2:
        return f"{draw.choice(THINGS)}は{number}円です"
    if kind == 3:
        return f"{draw.randint(1, 2099)}年に{draw.choice(WHERE)}へ行きました"
    if kind == 4:
        return f"第{draw.randint(1, 99)}{draw.choice('章回話部課')}、{draw.choice(THINGS)}"
    if kind == 5:
        rest = draw.choice(["", f".{draw.randint(0, 9)}"])
        return f"全体の{draw.randint(0, 99)}{rest}パーセントです"
    if kind == 6:
        return f"番号は{'、'.join(''.join(draw.choices('0123456789', k=k)) for k in (3, 4))}です"
    thing, *counters = draw.choice(COUNTED)
    counter = draw.choice(counters)
    number = draw.randint(1, 9) if counter == "つ" else draw.randint(1, 120)
    end = draw.choice(["あります", "必要です", "足りません", "だけです"])
    return f"{thing}が{number}{counter}{end}"


def _question(draw: random.Random) -> str:
    what = draw.choice(QUESTIONS)
    plain, stem, te, _, *_ = draw.choice(VERBS)
    end = draw.choice(
        [f"{stem}ましたか", f"{stem}ますか", f"{te}いますか", f"{plain}つもりですか",
         f"{stem}たいですか", f"{plain}んですか"]
    )  # fmt: skip
    who = draw.choice(["", "", f"{draw.choice(WHO)}は、"])
    return who + what + end


def _latin(draw: random.Random) -> str:
    word, other = draw.sample(LATIN, 2)
    return draw.choice(
        [f"{word}の使い方を教えてください", f"{word}と{other}は違います", f"これは{word}です",
         f"{word}は便利な{draw.choice(THINGS)}です", f"{draw.choice(WHO)}は{word}を使っています",
         f"{word}で{draw.choice(THINGS)}を調べました", f"新しい{word}が出ました"]
    )  # fmt: skip
