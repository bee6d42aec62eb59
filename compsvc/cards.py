"""A model's card as a page anyone can read: `models/<id>.md`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_COLUMNS = (
    ("n", "people", "{:,}"),
    ("r2_log", "R2 of logs", "{:.3f}"),
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
        f"Base, variable and on-target pay in {body['currency']} per year, United States, anchored on official wages of {body['as_of']} and aged to any date from 2020 to two years ahead.",
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
    lines += _earnings(card["earnings"])
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
        "Every year's national medians aged to the next by published growth:",
        "",
        "| years | occupations | MdAPE | unaged |",
        "|---|---|---|---|",
        *(f"| {name} | {y['n']:,} | {y['mdape']:.2%} | {y['unaged_mdape']:.2%} |" for name, y in forward["by_year"].items()),
        "",
        "## Leaving a source of people out",
        "",
        f"How far the market median of {card['leave_one_out']['roles']:,} roles moves when the fit is repeated without a source.",
        "",
        "| without | half move less than | nine in ten less than | told by the tables an answer carries (R2) |",
        "|---|---|---|---|",
        *(f"| {name} | {v['median']:.1%} | {v['p90']:.1%} | {v['told_by_tables']:.2f} |" for name, v in card["leave_one_out"]["sources"].items()),
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
        "- Variable pay is what survey people say they were paid on top; plans of quota-carrying families rest on a few weak published mixes, and no plan is in the held-out data: targets are not scored.",
        "- Percentiles of total cash come from one joint shape of residuals for all jobs.",
        "- No demographic column and no past pay is in any table.",
        "",
    ]
    return "\n".join(lines)


def _earnings(card: Mapping[str, Any]) -> list[str]:
    """Variable pay and total cash of held-out people, beside the ways people usually take."""
    people, total, variable = card["people"], card["total"], card["variable"]
    lines = [
        "## Variable pay and total cash of held-out people",
        "",
        f"Of {people['held_out']:,} held-out people {people['stated']:,} stated their additional cash, {people['with_any']:,} of them more than nothing; {people['blank']:,} left it blank and are not scored. Variable pay is scored among those with any, total cash among all who stated it.",
        "",
        *_table("what", {"base": card["base"]["overall"], "variable pay, of those with any": variable["overall"], "total cash": total["overall"]}),
        "### Total cash against other ways",
        "",
        *_table("way", {"compsvc, joint distribution": total["overall"], **total["baselines"]}),
        "",
        *(
            f"Our own percentiles added, {way}: the joint ones lose {-gain['measured']:.1%} less (90 % interval {-gain['high']:.1%} to {-gain['low']:.1%} by resampling people); "
            f"were the model exactly right, {-gain['were_the_model_right']:.1%} less. Variable pay is a small part of most people's pay, so adding costs little loss here, though the added range holds too many."
            for way, gain in total["against_added"].items()
        ),
        "",
        "### Calibration: share of people below each predicted percentile",
        "",
        "| what | P10 | P25 | P50 | P75 | P90 |",
        "|---|---|---|---|---|---|",
        *(f"| {name} | " + " | ".join(f"{row['seen']:.1%}" for row in card[name]["calibration"]) + " |" for name in ("base", "variable", "total")),
        "",
        f"Whether somebody has any variable pay: log loss {card['any']['log_loss']}, with one chance for all {card['any']['log_loss_one_chance_for_all']}.",
        "",
        "| predicted | seen | people |",
        "|---|---|---|",
        *(f"| {row['predicted']:.1%} | {row['seen']:.1%} | {row['n']} |" for row in card["any"]["calibration"]),
        "",
        f"Blanks: {card['blank']['stated_by_those_with']:.0%} of people with variable pay state it, {card['blank']['stated_by_those_without']:.0%} of those without state zero (estimated from how blanks and amounts vary together over families).",
        "",
        f"The counter's tables differ from the exact joint quantiles by {card['grid']['median']:.2%} at the median and {card['grid']['largest_log_difference']:.2%} at most.",
        "",
        "### Base error by year, cross-fitted",
        "",
        "| rows | n | MdAPE |",
        "|---|---|---|",
        *(f"| {name} | {y['n']:,} | {y['mdape']:.1%} |" for name, y in card["by_year"].items()),
        "",
        "### Base plus commissions paid over official wages, quota-carrying families",
        "",
        "Served base of the nation with commissions paid on top, over the official distribution of the family's occupations.",
        "",
        "| family | track | P10 | P50 | P90 |",
        "|---|---|---|---|---|",
        *(
            f"| {family} | {track} | {v['p10']:.2f} | {v['p50']:.2f} | {v['p90']:.2f} |"
            for family, tracks in card["reconciliation"].items()
            for track, v in tracks.items()
        ),
        "",
    ]
    for field in ("family", "level", "area_size", "industry"):
        lines += [f"### Total cash by {field.replace('_', ' ')}", "", *_table(field.replace("_", " "), total["slices"][field])]
    for field in ("level", "industry"):
        lines += [f"### Variable pay by {field}", "", *_table(field, variable["slices"][field])]
    return lines
