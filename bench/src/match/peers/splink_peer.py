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
import splink.comparison_library as cl  # noqa: E402
from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: E402

path, out = sys.argv[1], sys.argv[2]
link = "--link" in sys.argv
began = time.time()
frame = pd.read_csv(path, dtype=str, keep_default_na=False)
frame = frame.apply(lambda column: column.str.strip().str.lower() if column.name not in ("id", "person_id", "source") else column)
frame = frame.replace("", None)
frame["birthDate"] = frame["birthDate"].str.replace(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", regex=True)
has = lambda name: name in frame and frame[name].notna().mean() > 0.02
comparisons = [
    cl.JaroWinklerAtThresholds("given", [0.92, 0.85, 0.75]).configure(term_frequency_adjustments=True),
    cl.JaroWinklerAtThresholds("family", [0.92, 0.85, 0.75]).configure(term_frequency_adjustments=True),
    cl.DamerauLevenshteinAtThresholds("birthDate", [1, 2]).configure(term_frequency_adjustments=True),
]
for name in ("middle", "city"):
    if has(name):
        comparisons.append(cl.JaroWinklerAtThresholds(name, [0.9]).configure(term_frequency_adjustments=True))
for name in ("sex", "suffix"):
    if has(name):
        comparisons.append(cl.ExactMatch(name))
for name in ("ssn", "ssnLast4", "phone", "postalCode"):
    if has(name):
        comparisons.append(cl.DamerauLevenshteinAtThresholds(name, [1]).configure(term_frequency_adjustments=True))
for name in ("email", "street"):
    if has(name):
        comparisons.append(cl.JaroWinklerAtThresholds(name, [0.92, 0.8]).configure(term_frequency_adjustments=True))
keys = [
    ("given", "family"), ("birthDate", "family"), ("birthDate", "given"), ("phone",), ("email",), ("ssn",),
    ("ssnLast4", "family"), ("ssnLast4", "given"), ("ssnLast4", "birthDate"), ("birthDate", "postalCode"),
    ("family", "postalCode"), ("given", "postalCode"), ("street", "given"), ("street", "family"), ("birthDate", "city"),
]
rules = [block_on(*key) for key in keys if all(has(name) for name in key)]
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
linker.training.estimate_parameters_using_expectation_maximisation(block_on("given", "family"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("birthDate"))
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
