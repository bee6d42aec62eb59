"""Words to codes: titles, places, industries, sizes; each with its match, and a named refusal where nothing fits."""

from collections import defaultdict

import pytest

from compsvc import vocabulary
from compsvc.errors import RequestInvalid, RoleNotCovered
from compsvc.resolve.industries import resolve_size
from compsvc.resolve.words import phrase_key, plain, tokens


def socs_of(model, match):
    return [model.spec.socs[o] for o, _ in match.mixture]


@pytest.mark.parametrize(
    ("title", "family", "level"),
    [
        ("Sr. Acct Mgr", "account-management", "P4"),
        ("Associate Director of Account Strategy", "account-management", "M4"),
        ("VP, Client Services", "account-management", "E1"),
        ("Director of Global Account Management", "account-management", "M5"),
        ("Account Director", "account-management", "M5"),
        ("Executive Account Director", "account-management", "M6"),
        ("Account Manager", "account-management", "P3"),
        ("Account Executive", "account-executive", "P3"),
        ("Product Manager", "product-management", "P3"),
        ("Senior Project Manager", "project-management", "P4"),
        ("Marketing Manager", "marketing", "M2"),
        ("Software Engineer II", "software-engineering", "P3"),
        ("Staff Software Engineer", "software-engineering", "P5"),
        ("Customer Success Manager", "customer-success", "P3"),
        ("Senior Vice President of Client Services", "account-management", "E2"),
        ("Registered Nurse", "nursing", "P3"),
        ("Paralegal", "paralegal", "P3"),
    ],
)
def test_titles_resolve_to_family_and_level(model, title, family, level):
    match = model.titles.resolve(title)
    assert (match.family, match.level.code) == (family, level)
    assert match.match >= 0.8
    assert sum(w for _, w in match.mixture) == pytest.approx(1, abs=0.001)


def test_the_industry_decides_between_occupations(model):
    sector = model.index["sectors"]
    agency = model.titles.resolve("Account Executive", sector["54"])
    factory = model.titles.resolve("Account Executive", sector["31"])
    assert agency.family == "account-management"
    assert factory.family == "account-executive"
    assert agency.mixture != factory.mixture


def test_a_title_of_unknown_words_says_so(model):
    assert model.titles.resolve("qwrtz zxcvb").mixture == ()


@pytest.mark.parametrize(
    ("place", "area"),
    [
        ("NYC", "35620"),
        ("San Francisco Bay Area", "41860"),
        ("Austin TX", "12420"),
        ("austin, texas", "12420"),
        ("Travis County, TX", "12420"),
        ("12420", "12420"),
        ("Boston", "14460"),
        ("Washington, DC", "47900"),
        ("St. Louis, MO", "41180"),
        ("Cambridge, MA", "14460"),
        ("Stamford, CT", "14860"),
        ("Charlotte, NC", "16740"),
    ],
)
def test_places_resolve_to_areas(model, place, area):
    found = model.places.resolve(place)
    assert model.spec.areas[found.area] == area
    assert found.match >= 0.7


def test_states_nation_and_remote(model):
    assert model.places.resolve("Texas").state == "TX"
    assert model.places.resolve("Remote (US)").kind == "nation"
    assert model.places.resolve("Remote (US)").remote
    assert model.places.resolve("Remote, Texas").state == "TX"
    assert not model.places.resolve("Austin, TX (hybrid)").remote
    assert not model.places.resolve("based in Austin, TX").remote
    assert model.places.resolve("United States").kind == "nation"


@pytest.mark.parametrize("place", ["London", "Toronto, Canada", "Berlin", "Bangalore"])
def test_places_abroad_are_refused_and_told_what_is_covered(model, place):
    with pytest.raises(RoleNotCovered) as refused:
        model.places.resolve(place)
    assert "530 areas" in refused.value.problems[0].allowed


def test_every_title_of_the_ladder_resolves_to_a_rung_of_its_own_name(model):
    rungs = defaultdict(set)
    for row in vocabulary.ladder():
        rungs[plain(row["title"])].add((row["family"], row["level"]))
    wrong = {title for title, own in rungs.items() if ((match := model.titles.resolve(title)).family, match.level.code) not in own}
    assert not wrong


def test_no_two_rows_of_the_level_words_say_different_things_of_the_same_words():
    rules = defaultdict(set)
    for row in vocabulary.level_words():
        rules[tokens(row["words"], vocabulary.title_expansions())].add((row["kind"], row["value"]))
    assert not [words for words, said in rules.items() if len(said) > 1]


@pytest.mark.parametrize(
    ("title", "family", "level"),
    [
        ("Sales Manager, Commercial Roofing", "sales-management", "M2"),
        ("Enterprise Account Executive - Financial Services", "account-executive", "P4"),
        ("Account Director, Healthcare", "account-management", "M5"),
        ("Manager, Customer Support", "customer-support", "M2"),
        ("Customer Success Manager: Intern", "customer-success", "P1"),
    ],
)
def test_a_speciality_behind_a_title_leaves_its_rung(model, title, family, level):
    match = model.titles.resolve(title)
    assert (match.family, match.level.code) == (family, level)


def test_a_word_that_is_left_out_of_titles_makes_no_other_title(model):
    for title, family in (("Mgr", "executive-management"), ("Manager", "executive-management"), ("Contract Manager", "procurement")):
        assert model.titles.resolve(title).family == family


def test_an_ambiguous_place_asks_for_the_state(model):
    with pytest.raises(RoleNotCovered) as refused:
        model.places.resolve("Springfield")
    assert refused.value.problems[0].did_you_mean
    assert all(name.startswith("Springfield, ") for name in refused.value.problems[0].did_you_mean)


def test_every_area_and_county_name_resolves_to_itself(model):
    for i, code in enumerate(model.spec.areas):
        assert model.places.resolve(code).area == i
    wrong = [
        (key, model.spec.areas[area])
        for key, area in list(model.places.tables.counties.items())[::17]
        if not key[3:].endswith("city") and model.places.resolve(f"{key[3:]} county, {key[:2]}").area != area
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("words", "code", "sector"),
    [
        ("SaaS", "5132", "51"),
        ("ad agency", "5418", "54"),
        ("hospital", "622", "62"),
        ("541511", "5415", "54"),
        ("54", "54", "54"),
        ("31-33", "31-33", "31"),
        ("Computing or Tech", "51T", "51"),
        ("bank", "522", "52"),
    ],
)
def test_industries(model, words, code, sector):
    found = model.industries.resolve(words)
    assert (found.code, found.sector) == (code, sector)


@pytest.mark.parametrize("words", ["74", "naics 74", "74 å 45"])
def test_a_number_that_is_no_industry_is_refused_by_name(model, words):
    with pytest.raises(RequestInvalid) as refused:
        model.industries.resolve(words)
    assert refused.value.problems[0].pointer == "/industry"


def test_unknown_industry_offers_near_ones(model):
    with pytest.raises(RequestInvalid) as refused:
        model.industries.resolve("hospitel care x")
    assert refused.value.problems[0].pointer == "/industry"


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ("200", "100-499"),
        (7, "1-19"),
        ("100-499", "100-499"),
        ("51 to 200", "100-499"),
        ("10,000+", "10000+"),
        ("5k", "5000-9999"),
        ("19", "1-19"),
        ("20", "20-99"),
        ("under 20", "1-19"),
    ],
)
def test_sizes(words, size):
    assert resolve_size(words)[0] == size


@pytest.mark.parametrize("words", ["0", "-5", "many", "99999999"])
def test_sizes_refused(words):
    with pytest.raises(RequestInvalid):
        resolve_size(words)


def test_keys_are_the_same_in_every_process():
    assert phrase_key(("account", "manager")) == 0x8FABCD138266AE95
    assert tokens("Sr. Acct Mgrs & Partners", {"sr": ("senior",), "acct": ("account",), "mgrs": ("manager",)}) == ("senior", "account", "manager", "partner")


@pytest.mark.parametrize(
    ("title", "like", "mended"),
    [
        ("Account Manger", "Account Manager", [("manger", "manager")]),
        ("Senior Acount Manger", "Senior Account Manager", [("acount", "account"), ("manger", "manager")]),
        ("Human Resource Manger", "Human Resource Manager", [("manger", "manager")]),
        ("Manager, Account", "Account Manager", []),
        ("Manager of Accounts", "Account Manager", []),
        ("Analyst, Senior Financial", "Senior Financial Analyst", []),
        ("Nurse, Registered", "Registered Nurse", []),
        ("Strategic Account Manager, Enterprise", "Strategic Account Manager", []),
        ("Account Manager 0.5 FTE", "Account Manager", []),
        ("Account Manager, 3 days a week", "Account Manager", []),
        ("Account Manager - 6 months", "Account Manager", []),
        ("Account Manager - Region 5", "Account Manager", []),
        ("Executive Assistant to the President", "Executive Assistant", []),
    ],
)
def test_a_title_misspelt_or_back_to_front_is_the_one_that_is_meant(model, title, like, mended):
    found, meant = model.titles.resolve(title, None), model.titles.resolve(like, None)
    assert (found.family, found.level.code, list(found.mended)) == (meant.family, meant.level.code, mended)


@pytest.mark.parametrize("title", ["Intern", "Summer Intern", "Trainee"])
def test_a_learner_of_no_field_is_asked_which(client, title):
    answer = client.post("/v1/ranges", json={"title": title})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/title"
    assert client.post("/v1/ranges", json={"title": f"Marketing {title}"}).status_code == 200


def test_a_level_of_another_track_is_priced_as_its_occupations_and_told(client):
    role = {"title": "Account Manager", "level": "E3", "location": "Austin, TX"}
    found = client.post("/v1/ranges", json=role).get_json()
    family = client.post("/v1/ranges", json={"family": "account-management", "level": "E3", "location": "Austin, TX"}).get_json()
    assert found["role"]["occupation"] == family["role"]["occupation"]
    assert found["pay"]["base"]["p50"] == pytest.approx(family["pay"]["base"]["p50"], rel=0.15)
    assert "level_not_of_title" in {w["code"] for w in found["warnings"]}


@pytest.mark.parametrize("title", ["Director de Cuentas", "Gerente de ventas", "Directeur de clientèle", "de"])
def test_small_words_of_other_languages_name_no_occupation(client, title):
    answer = client.post("/v1/ranges", json={"title": title})
    assert answer.status_code == 422 or "title_uncertain" in {w["code"] for w in answer.get_json()["warnings"]}


@pytest.mark.parametrize("title", ["Software Engineer II", "Accountant II", "Software Engineer 2"])
def test_two_is_a_level(model, title):
    level = model.titles.resolve(title, None).level
    assert (level.code, level.why) == ("P3", "title")


def test_a_city_that_is_not_found_is_told_with_the_nearest(model):
    assert model.places.resolve("Asutin, TX").relaxed == "'Asutin' was not found in Texas (did you mean Austin, TX?); priced for the state"
