"""Pay ranges for white-collar jobs: measured, explained, reproducible.

Read the modules in the order data flows: `sources` -> `clean` -> `fit` ->
`evaluate` make an artifact in `models/`; `pricing` -> `schemas` -> `api`, `web`
answer from it. `errors`, `vocabulary`, `settings`, `resolve`, `features` and
`paymodel` are the ground both stand on.
"""

__version__ = "0.1.0"
