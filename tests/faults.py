"""Faults that can be put into a file, and which of them are drawn: mutmut's operators (another
operator, number, string, argument or value), without its runner."""

from __future__ import annotations

import contextlib
import difflib
import random
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import CodeType

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

NEAR = 20  # sites before a point and behind it, of which one is drawn
GOLDEN = (5**0.5 - 1) / 2  # steps of this length round a circle leave gaps of two or three lengths
_SENTENCE = re.compile(r"[^\W\d_][,:;]? \w")
_TYPE = re.compile(r"[A-Z]+[a-z]\w*")  # the name of a type, where a constant is in capitals


@dataclass(frozen=True, eq=False)
class Site:
    """Where one operator can put a fault. lines: first and last. inside: the body of a function,
    which runs when it is called and not when the file is imported. faults: other nodes for node."""

    path: str
    operator: str
    lines: tuple[int, int]
    inside: bool
    module: cst.Module
    node: cst.CSTNode
    faults: Sequence[cst.CSTNode]


@dataclass(frozen=True)
class Mutant:
    """A site with one of its faults. source: the whole mutated file."""

    site: Site
    source: str

    def __str__(self) -> str:
        old, new = self.site.module.code.splitlines(), self.source.splitlines()
        lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]  # less the heading
        at = f"{self.site.path}:{self.site.lines[0]}: {self.site.operator}"
        return "\n    ".join([at, *(line for line in lines if line[0] in "-+")])


def sites_of(path: str, source: str) -> list[Site]:
    """All places of a file where a fault can be put, from the top. path: as it will be shown."""
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    places, found = wrapper.resolve(PositionProvider), list[Site]()
    for node, inside in _walk(wrapper.module, False):
        for kind, operator in mutation_operators:
            faults = tuple(operator(node)) if isinstance(node, kind) and node in places else ()
            if faults:
                lines = (places[node].start.line, places[node].end.line)
                name = operator.__name__.removeprefix("operator_")
                found.append(Site(path, name, lines, inside, wrapper.module, node, faults))
    return sorted(found, key=lambda site: site.lines[0])


def _walk(node: cst.CSTNode, inside: bool) -> Iterator[tuple[cst.CSTNode, bool]]:
    """All nodes whose change would be a fault, and whether they are in the body of a function."""
    if _means_nothing(node, inside):
        return
    yield node, inside
    for child in node.children:
        body = isinstance(node, (cst.FunctionDef, cst.Lambda)) and child is node.body
        yield from _walk(child, inside or body)


def _means_nothing(node: cst.CSTNode, inside: bool) -> bool:
    """Types, imports, words for people, and what is only read while debugging."""
    match node:
        case cst.Annotation() | cst.Import() | cst.ImportFrom() | cst.Decorator() | cst.Raise():
            return True
        case cst.Expr(value=cst.BaseString()) | cst.Arg(keyword=cst.Name("encoding")):
            return True  # docstrings; "UTF-8" is "utf-8"
        case cst.If(test=cst.Name("TYPE_CHECKING")) | cst.FunctionDef(name=cst.Name("__repr__")):
            return True
        case cst.Lambda(body=cst.Name("None")):
            return True  # that does nothing: nobody reads what it gives
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))]):
            return not inside and _TYPE.fullmatch(name) is not None
        case cst.SimpleString(value=value):
            return _SENTENCE.search(value) is not None
    return False


def shares(places: dict[str, int], count: int) -> dict[str, int]:
    """How many of so many mutants each file gets, by its number of places; at most one for each."""
    total = sum(places.values())
    count = min(count, total)
    whole = {path: count * own // total for path, own in places.items()}
    by_rest = sorted(places, key=lambda path: (-(count * places[path] % total), path))
    for path in by_rest[: count - sum(whole.values())]:
        whole[path] += 1
    return whole


def draw(sites: Sequence[Site], count: int, seed: int) -> list[Mutant]:
    """So many mutants of a file, spread over its sites, from the top; fewer where there are not
    enough. They hang on the seed and the file alone, and more mutants are the same ones and others:
    where another file changes, a sample gains or loses one of this file at most. Among sites that
    are near each other, operators have equal chances: half of all sites could only become None,
    which nearly every test notices."""
    left, drawn = list(sites), list[Mutant]()
    stream = random.Random(f"{seed} {sites[0].path}" if sites else seed)
    point = stream.random()
    while left and len(drawn) < count:
        middle = int(point * len(left))
        near = left[max(0, middle - NEAR) : middle + NEAR]
        operators = sorted({site.operator for site in near})
        order = stream.sample(operators, len(operators))
        shuffled = stream.sample(near, len(near))
        for site in sorted(shuffled, key=lambda site: order.index(site.operator)):
            left.remove(site)
            if mutant := _mutant(site, stream):
                drawn.append(mutant)
                break
        point = (point + GOLDEN) % 1
    return sorted(drawn, key=lambda mutant: sites.index(mutant.site))


def _mutant(site: Site, stream: random.Random) -> Mutant | None:
    """One of the faults of a site that can be compiled, and into something else."""
    before = _shape(compile(site.module.code, site.path, "exec"))
    for fault in stream.sample(site.faults, len(site.faults)):
        source = site.module.deep_replace(site.node, fault).code
        with contextlib.suppress(SyntaxError), warnings.catch_warnings(action="ignore"):
            if _shape(compile(source, site.path, "exec")) != before:
                return Mutant(site, source)
    return None


def _shape(code: CodeType) -> tuple[object, ...]:
    """What compiled code does, wherever its lines stand."""
    constants = [_shape(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_argcount)
    return code.co_code, code.co_exceptiontable, constants, names
