"""How much joint percentiles of on-target earnings can gain over percentiles added, by how large variable pay is.

Total cash is drawn from a known joint distribution, so the joint percentiles are the
truth; what they then gain is the most that any model can. The accuracy card has the
same figure for its own held-out people. Run: python -m benchmarks.ceiling
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
    print("most that joint percentiles can gain over added ones: pinball loss, normal residuals, spread of base .3, three in four with variable pay")
    for share in (0.05, 0.1, 0.2, 0.4, 0.8):
        kind = np.tile([11.5, SPREAD_OF_BASE, np.log(ODDS), np.log(share), SPREAD_OF_SHARE], (PEOPLE, 1))
        losses = drawn_losses(rng, joint.normal_shape(), kind)
        print(f"    variable {share:4.0%} of base: " + ", ".join(f"{losses[0] / losses[k] - 1:+.1%} {name}" for k, name in enumerate(ADDED, start=1)))


if __name__ == "__main__":
    main()
