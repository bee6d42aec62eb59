"""A model's card as a page anyone can read: `models/<id>.md`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_COLUMNS = (
    ("n", "people", "{:,}"),
    ("r2_log", "R2 log base", "{:.3f}"),
    ("mdape", "MdAPE", "{:.1%}"),
    ("within_10", "within 10 %", "{:.0%}"),
    ("within_20", "within 20 %", "{:.0%}"),
    ("pinball", "pinball", "{:.4f}"),
    ("coverage_80", "80 % coverage", "{:.1%}"),
    ("p90_p10", "P90/P10", "{:.2f}"),
    ("bias_log", "log bias", "{:+.3f}"),
)


def _table(first: str, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = [f"| {first} | " + " | ".join(name for _, name, _ in _COLUMNS) + " |", "|---" * (len(_COLUMNS) + 1) + "|"]
    lines += [f"| {label} | " + " | ".join(form.format(s[key]) for key, _, form in _COLUMNS) + " |" for label, s in rows.items()]
    return [*lines, ""]


def render(body: Mapping[str, Any]) -> str:
    """Markdown of the model card: use, data, figures beside baselines, limits."""
    card, training = body["evaluation"], body["training"]
    survey = card["populations"]["survey-2023"]
    lines = [
        f"# Model {body['model_id']}",
        "",
        f"Base pay in {body['currency']} per year, United States, anchored on official wages of {body['as_of']} and aged to any date from 2020 to two years ahead.",
        "",
        "**Use**: ranges for jobs: building offers, planning headcount, checking a range. **Not for** scoring a person, setting one person's pay from their history, or jobs outside the United States.",
        "",
        f"Fitted on {training['fitted_on']}; code `{training['code_sha256'][:16]}`; artifact `{body['sha256'][:16]}`.",
        "",
        "## Promises",
        "",
        "| what | value | target | kept |",
        "|---|---|---|---|",
        *(
            f"| {t['name']} | {', '.join(t['value']) if isinstance(t['value'], list) else t['value']} | {t['target']} | {'yes' if t['met'] else 'no'} |"
            for t in card["targets"]
        ),
        "",
        "## Held-out people, priced as survey-2023",
        "",
        *_table(
            "way",
            {
                "compsvc": survey["overall"],
                **survey["baselines"],
                "market price (source-free)": card["market"]["overall"],
                "compsvc, unusual rows included": survey["with_unusual_rows"],
            },
        ),
    ]
    for field, values in survey["slices"].items():
        lines += [f"### By {field.replace('_', ' ')}", "", *_table(field.replace("_", " "), values)]
    lines += ["## Held-out employers, priced as lca", "", *_table("way", {"compsvc": card["populations"]["lca"]["overall"]})]
    lines += [
        "## Market price against survey people: bias by family",
        "",
        "Positive: people of the survey say more than the market price.",
        "",
        "| family | people | median log bias |",
        "|---|---|---|",
    ]
    lines += [f"| {family} | {v['n']} | {v['median_log_bias']:+.3f} |" for family, v in card["market"]["bias_by_family"].items()]
    cells, forward = card["cells"], card["time_forward"]
    lines += [
        "",
        "## Held-out official cells and years",
        "",
        "| what | cells | MdAPE | plain additive |",
        "|---|---|---|---|",
        *(f"| {name.replace('_x_', ' x ')} | {c['n']:,} | {c['mdape']:.2%} | {c['additive_mdape']:.2%} |" for name, c in cells.items()),
        "",
        f"May 2023 national medians aged to May 2024 by published growth: {forward['mdape']:.2%} over {forward['n']} occupations (unaged {forward['unaged_mdape']:.2%}, last year's rate {forward['flat_last_year_mdape']:.2%}).",
        "",
        "## Data",
        "",
        "| population | fitted rows | held-out rows |",
        "|---|---|---|",
        *(f"| {p} | {n:,} | {training['n_held_out'].get(p, 0):,} |" for p, n in training["n_rows"].items()),
        "",
        "## Limits",
        "",
        "- The survey people are self-selected; market prices anchor on official wages instead and are scored beside them.",
        "- Held-out people carry no company size; the size factor is not tested on people and rests on sources of 2014 to 2022.",
        "- Official wages of quota-carrying families include commissions; their base share comes from weak published mixes and self-reports.",
        "- No demographic column and no past pay is in any table.",
        "",
    ]
    return "\n".join(lines)
