"""SMART Backend Services with DPoP, by requests and PyJWT: a token for one purpose, a patient by her demographics, her allergies from
every other hospital.

    python ask.py .run/exchange.json docs/clients/patient.json
"""

import base64
import hashlib
import json
import sys
import time
import uuid

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import ec

exchange_file, patient_file = (sys.argv[1:] + [".run/exchange.json", "docs/clients/patient.json"][len(sys.argv) - 1 :])[:2]
with open(exchange_file, encoding="utf-8") as file:
    exchange = json.load(file)
with open(patient_file, encoding="utf-8") as file:
    patient = json.load(file)
hospital = exchange["hospitals"][0]
token_url = exchange["identityProvider"]["tokenUrl"]
fhir_url = exchange["gateway"]["fhirUrl"]
session = requests.Session()
# A bundle of authorities, or a proxy, that the environment names would win over what is said here.
session.trust_env = False
session.verify = exchange["caCertificate"]

proof_key = ec.generate_private_key(ec.SECP256R1())
proof_jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(proof_key.public_key()))


def proof(method, url, token=None):
    """One proof for one request (RFC 9449): its method, its URL without the query, and the token it goes with."""
    claims = {"htm": method, "htu": url.split("?")[0], "iat": int(time.time()), "jti": str(uuid.uuid4())}
    if token is not None:
        digest = hashlib.sha256(token.encode()).digest()
        claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return jwt.encode(claims, proof_key, algorithm="ES256", headers={"typ": "dpop+jwt", "jwk": proof_jwk})


def assertion():
    """Who asks, and what for, under the client's own key; good for a minute and for one request."""
    now = int(time.time())
    client = hospital["client"]
    b2b = {
        "version": "1",
        "organization_id": hospital["organizationId"],
        "purpose_of_use": ["urn:oid:2.16.840.1.113883.5.8#TREAT"],
    }
    claims = {
        "iss": client["id"],
        "sub": client["id"],
        "aud": token_url,
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + 60,
        "extensions": {"hl7-b2b": b2b},
    }
    key = jwt.PyJWK(client["privateJwk"]).key
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": client["privateJwk"]["kid"]})


def ask(method, path, token, body=None):
    url = f"{fhir_url}/{path}"
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof(method, url, token)}
    if body is not None:
        headers["Content-Type"] = "application/fhir+json"
    data = None if body is None else json.dumps(body)
    answer = session.request(method, url, headers=headers, data=data, timeout=30)
    answer.raise_for_status()
    return answer.json()


granted = session.post(
    token_url,
    headers={"DPoP": proof("POST", token_url)},
    data={
        "grant_type": "client_credentials",
        "scope": "system/*.rs",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(),
    },
    timeout=30,
)
granted.raise_for_status()
token = granted.json()

parameters = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": patient}]}
match = ask("POST", "Patient/$match", token["access_token"], parameters)
found = next(entry["resource"] for entry in match["entry"] if entry["resource"]["resourceType"] == "Patient")
search = ask("GET", f"AllergyIntolerance?patient={found['id']}", token["access_token"])
allergies = [
    entry["resource"]["code"].get("text") or entry["resource"]["code"]["coding"][0]["display"]
    for entry in search["entry"]
    if entry["resource"]["resourceType"] == "AllergyIntolerance"
]
shown = {"tokenType": token["token_type"], "scope": token["scope"], "patient": found["id"], "allergies": allergies}
print(json.dumps(shown))
