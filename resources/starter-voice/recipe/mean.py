"""The mean of two states of one training, which is often better than either.

    mean.py EARLIER.pt LATER.pt OUT.pt --share 0.6

What learned for long from little sound knows some of it by heart; what it knew before holds that
back. (Model soups, Wortsman et al. 2022, arXiv:2203.05482; of one training, WiSE-FT, 2109.01903.)
Only the averaged weights are mixed, those that a checkpoint is made of; a training goes on from
OUT.pt as from LATER.pt.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch


def mean(earlier: dict[str, Any], later: dict[str, Any], share: float) -> dict[str, Any]:
    """States as `Training.save` writes them → the later one, its averages mixed by its share."""
    begun = earlier["average"]
    mixed = {
        key: torch.lerp(begun[key], value, share) if value.is_floating_point() else value
        for key, value in later["average"].items()
    }
    return later | {"average": mixed}


def main() -> None:
    parser = argparse.ArgumentParser(description="The mean of two states of one training.")
    parser.add_argument("earlier", type=Path)
    parser.add_argument("later", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the later one, 0 to 1")
    args = parser.parse_args()
    first, last = (
        torch.load(path, weights_only=True, map_location="cpu")
        for path in (args.earlier, args.later)
    )
    made = args.out.with_suffix(".new")
    torch.save(mean(first, last, args.share), made)
    made.rename(args.out)  # also over one of the two


if __name__ == "__main__":
    main()
