"""Splink 4 (DuckDB) on one CSV file: trained without labels, with term frequencies and fifteen blocking rules.

usage: splink_peer.py FILE OUT.csv [--link]   prints one JSON line with the seconds, the versions and look-up times.
Columns as in hie-match's canonical fields; those that a file lacks are left out.
"""
import json
import logging
import sys
import time
import warnings

import pandas as pd

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import splink  # noqa: E402
import splink.comparison_level_library as cll  # noqa: E402
import splink.comparison_library as cl  # noqa: E402
from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: E402

path, out = sys.argv[1], sys.argv[2]
link = "--link" in sys.argv
began = time.time()
frame = pd.read_csv(path, dtype=str, keep_default_na=False)
frame = frame.apply(lambda column: column.str.strip().str.lower() if column.name not in ("id", "person_id", "source") else column)
frame = frame.replace("", None)
frame["birthDate"] = frame["birthDate"].str.replace(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", regex=True)
if "phone" in frame:
    frame["phone"] = frame["phone"].str.replace(r"\D", "", regex=True).str[-10:]
has = lambda name: name in frame and frame[name].notna().mean() > 0.02
jaro_winkler = lambda name, levels: cl.JaroWinklerAtThresholds(name, levels).configure(term_frequency_adjustments=True)
one_digit_off = lambda name: cl.DamerauLevenshteinAtThresholds(name, [1]).configure(term_frequency_adjustments=True)
comparisons = [
    jaro_winkler("given", [0.92, 0.85, 0.75]),
    jaro_winkler("family", [0.92, 0.85, 0.75]),
    cl.DamerauLevenshteinAtThresholds("birthDate", [1, 2]).configure(term_frequency_adjustments=True),
]
comparisons += [jaro_winkler("middle", [0.9])] if has("middle") else []
comparisons += [cl.ExactMatch(name) for name in ("sex", "suffix") if has(name)]
comparisons += [one_digit_off(name) for name in ("ssn", "ssnLast4") if has(name)]
comparisons += [jaro_winkler("email", [0.92, 0.8])] if has("email") else []
if has("phone"):
    # A household shares its address and its telephone. As one comparison they count once: with four of their own Splink's F1 on
    # people-100k is 0.69, so 0.96.
    is_home = "jaro_winkler_similarity(street_l, street_r) >= 0.92 AND postalCode_l = postalCode_r"
    lacks = lambda name: f"({name}_l IS NULL OR {name}_r IS NULL)"
    levels = [
        cll.CustomLevel(" AND ".join(map(lacks, ("street", "postalCode", "phone")))).configure(is_null_level=True),
        cll.CustomLevel(f"{is_home} AND phone_l = phone_r", "home and telephone"),
        cll.CustomLevel("phone_l = phone_r", "telephone"),
        cll.CustomLevel(is_home, "home"),
        cll.CustomLevel("jaro_winkler_similarity(street_l, street_r) >= 0.92", "street"),
        cll.CustomLevel("postalCode_l = postalCode_r", "postal code"),
        cll.CustomLevel("city_l = city_r", "city"),
        cll.ElseLevel(),
    ]
    comparisons.append(cl.CustomComparison(output_column_name="household", comparison_levels=levels))
else:
    comparisons += [jaro_winkler("street", [0.92, 0.8]), jaro_winkler("city", [0.9]), one_digit_off("postalCode")]
keys = [
    ("given", "family"), ("birthDate", "family"), ("birthDate", "given"), ("phone",), ("email",), ("ssn",),
    ("ssnLast4", "family"), ("ssnLast4", "given"), ("ssnLast4", "birthDate"), ("birthDate", "postalCode"),
    ("family", "postalCode"), ("given", "postalCode"), ("street", "given"), ("street", "family"), ("birthDate", "city"),
    ("street", "birthDate"), ("street", "postalCode"), ("given", "city"), ("family", "city"),
    ("substr(given, 1, 3)", "substr(family, 1, 3)"),
]
rules = [block_on(*key) for key in keys if all("(" in name or has(name) for name in key)][:15]
settings = SettingsCreator(
    link_type="link_only" if link else "dedupe_only",
    unique_id_column_name="id",
    comparisons=comparisons,
    blocking_rules_to_generate_predictions=rules,
    retain_intermediate_calculation_columns=False,
)
frames = [part.copy() for _, part in frame.groupby("source")] if link else frame
linker = Linker(frames, settings, db_api=DuckDBAPI())
linker.training.estimate_probability_two_random_records_match([block_on("given", "family", "birthDate")], recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
# Within blocks that hold next to no household: there its two classes are what they are called.
national = "ssn" if has("ssn") else "ssnLast4"
for block in (("given", "family", "birthDate"), (national, "birthDate"), (national, "given", "family")):
    linker.training.estimate_parameters_using_expectation_maximisation(block_on(*block))
pairs = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()
pairs[["id_l", "id_r", "match_probability"]].rename(columns={"match_probability": "probability"}).to_csv(out, index=False)
seconds = time.time() - began
looks = []
if "--lookups" in sys.argv:
    sample = frame.sample(20, random_state=3)
    for _, record in sample.iterrows():
        query = record.to_dict()
        query["id"] = "query"
        query.setdefault("source_dataset", "query")
        start = time.time()
        linker.inference.find_matches_to_new_records([query], match_weight_threshold=-10).as_pandas_dataframe()
        looks.append((time.time() - start) * 1000)
looks.sort()
print(json.dumps({"seconds": seconds, "version": splink.__version__, "lookupMs": looks}))
