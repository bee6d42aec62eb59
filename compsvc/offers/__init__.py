"""An offer: its terms over the years, and where it stands against the market, the company's Band and its people.

Everything is worked out from the terms and the role's PayRange; nothing here is
kept or depends on who asks, but for the Band policies and pay records handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from compsvc import parity
from compsvc.offers import plan as incentive
from compsvc.offers import reading
from compsvc.offers.terms import YEARS, Answer, annualised_of, in_whole_dollars, plan_of, priced, role_of, terms_of, years_of
from compsvc.paymodel import PayModel


def make_offer(model: PayModel, sent: Mapping[str, Any], today: str, policies: Sequence[Mapping[str, Any]] = (), peers: parity.Peers | None = None) -> Answer:
    """Every figure of one offer, as the body of `POST /v1/offers/model`.

    `sent` holds the loaded fields of an OfferSchema. `policies` are Band policy versions, the one in force on the first day applies.
    Raises RequestInvalid or RoleNotCovered, naming the field.
    """
    asked = in_whole_dollars(sent)
    role = role_of(asked)
    answer = priced(model, role, today)
    terms, plan = terms_of(asked), plan_of(asked)
    stands = {name: reading.stand(name, terms[f"{name}_usd"], answer["pay"][name]) for name in reading.COMPONENTS}
    mixed = reading.mix(terms, answer["mix"]["base_share"])
    band, no_band = reading.band_in_force(model, role, answer, policies, asked.get("starts_on") or today, today)
    in_band = reading.band_figures(band, terms["base_usd"]) if band else None
    people = reading.people(model, terms, answer, peers) if peers else None
    figures = incentive.figures(plan, asked, terms) if plan else None
    schedule = years_of(asked, incentive.first_variable_usd(plan, asked))
    return {
        "model_id": answer["model_id"],
        "as_of": answer["as_of"],
        "currency": answer["currency"],
        "role": answer["role"],
        "terms": terms,
        "years": schedule,
        "first_year_usd": schedule[0]["total_usd"],
        "four_year_usd": sum(year["total_usd"] for year in schedule[:YEARS]),
        "annualised_usd": annualised_of(asked),
        "market": reading.market_of(answer),
        "standing": stands,
        "mix": mixed,
        "band": in_band,
        "people": people,
        "plan": figures,
        "sensitivity": incentive.sensitivity(asked, plan),
        "verdict": reading.verdict(stands, mixed, in_band, people),
        "warnings": [*answer["warnings"], *reading.warnings(asked, answer, figures, no_band)],
    }
