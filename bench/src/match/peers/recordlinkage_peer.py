"""recordlinkage (ECM) on one CSV file, trained without labels.

usage: recordlinkage_peer.py FILE OUT.csv   prints one JSON line with the seconds and the version.
"""
import json
import sys
import time
import warnings

import pandas as pd
import recordlinkage

warnings.filterwarnings("ignore")
path, out = sys.argv[1], sys.argv[2]
began = time.time()
frame = pd.read_csv(path, dtype=str, keep_default_na=False).set_index("id")
frame = frame.apply(lambda column: column.str.strip().str.lower())
has = lambda name: name in frame and (frame[name] != "").mean() > 0.02
keys = [("given", "family"), ("birthDate", "family"), ("birthDate", "given"), ("phone",), ("email",), ("ssn",), ("ssnLast4", "birthDate"), ("birthDate", "postalCode"), ("family", "postalCode", "given")]
pairs = None
for key in keys:
    if not all(has(name) for name in key):
        continue
    indexer = recordlinkage.Index()
    indexer.block(list(key))
    rows = frame[(frame[list(key)] != "").all(axis=1)]
    found = indexer.index(rows)
    pairs = found if pairs is None else pairs.union(found)
compare = recordlinkage.Compare()
for name in ("given", "family", "street", "city", "middle"):
    if has(name):
        compare.string(name, name, method="jarowinkler", threshold=0.88, label=name)
for name in ("birthDate", "sex", "ssn", "ssnLast4", "phone", "email", "postalCode"):
    if has(name):
        compare.exact(name, name, label=name)
features = compare.compute(pairs, frame)
ecm = recordlinkage.ECMClassifier()
ecm.fit(features)
probability = ecm.prob(features)
result = probability[probability >= 0.01].reset_index()
result.columns = ["id_l", "id_r", "probability"]
result.to_csv(out, index=False)
print(json.dumps({"seconds": time.time() - began, "version": recordlinkage.__version__}))
