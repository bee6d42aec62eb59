"""What adding percentiles costs in pinball loss where the joint distribution is known, by how large variable pay is.

The accuracy card has the same figure for people like its held-out ones. Run: python -m benchmarks.adding
"""

from __future__ import annotations

import numpy as np

from compsvc.evaluate.earnings import ADDED, drawn_losses
from compsvc.fit import joint

PEOPLE = 1000
SPREAD_OF_BASE, ODDS, SPREAD_OF_SHARE = 0.3, 3.0, 0.8


def main() -> None:
    """Measure and print."""
    rng = np.random.default_rng(1)
    print("loss of the right percentiles of total cash less that of added ones: normal residuals, spread of base .3, three in four with variable pay")
    for share in (0.05, 0.1, 0.2, 0.4, 0.8):
        kind = np.tile([11.5, SPREAD_OF_BASE, np.log(ODDS), np.log(share), SPREAD_OF_SHARE], (PEOPLE, 1))
        losses = drawn_losses(rng, joint.normal_shape(), kind)
        print(f"    variable {share:4.0%} of base: " + ", ".join(f"{losses[0] / losses[k] - 1:+.1%} {name}" for k, name in enumerate(ADDED, start=1)))


if __name__ == "__main__":
    main()
