// SMART Backend Services with DPoP, by openid-client (https://github.com/panva/openid-client): a token for one purpose, a patient by her
// demographics, her allergies from every other hospital.
//
//   NODE_EXTRA_CA_CERTS=<caCertificate of the exchange file> node ask.mjs .run/exchange.json ../patient.json
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';

import * as client from 'openid-client';

const [exchangeFile = '.run/exchange.json', patientFile = 'docs/clients/patient.json'] = process.argv.slice(2);
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const { gateway, identityProvider, hospitals } = read(exchangeFile);
const [hospital] = hospitals;

// What the token is for is said in the assertion (UDAP's B2B extension), so that the client's signature is under it.
const b2b = {
  version: '1',
  organization_id: hospital.organizationId,
  purpose_of_use: ['urn:oid:2.16.840.1.113883.5.8#TREAT'],
};
const { kid, ...jwk } = hospital.client.privateJwk;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const key = await webcrypto.subtle.importKey('jwk', { ...jwk, use: undefined }, algorithm, false, ['sign']);
const authentication = client.PrivateKeyJwt(
  { key, kid },
  {
    [client.modifyAssertion]: (_header, payload) => {
      payload.extensions = { 'hl7-b2b': b2b };
    },
  },
);

const { issuer } = identityProvider;
const configuration = await client.discovery(new URL(issuer), hospital.client.id, undefined, authentication);
const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair('ES256'));
const token = await client.clientCredentialsGrant(configuration, { scope: 'system/*.rs' }, { DPoP });

async function ask(method, path, body) {
  const headers = new Headers({ accept: 'application/fhir+json' });
  if (body !== undefined) headers.set('content-type', 'application/fhir+json');
  const url = new URL(`${gateway.fhirUrl}/${path}`);
  const answer = await client.fetchProtectedResource(
    configuration,
    token.access_token,
    url,
    method,
    body === undefined ? undefined : JSON.stringify(body),
    headers,
    { DPoP },
  );
  if (!answer.ok) throw new Error(`The exchange answered ${answer.status}.`);
  return answer.json();
}

const resource = read(patientFile);
const parameters = { resourceType: 'Parameters', parameter: [{ name: 'resource', resource }] };
const match = await ask('POST', 'Patient/$match', parameters);
const found = match.entry.map((entry) => entry.resource).find(({ resourceType }) => resourceType === 'Patient');
const search = await ask('GET', `AllergyIntolerance?patient=${found.id}`);
const allergies = search.entry
  .map((entry) => entry.resource)
  .filter(({ resourceType }) => resourceType === 'AllergyIntolerance')
  .map(({ code }) => code.text ?? code.coding[0].display);
console.log(JSON.stringify({ tokenType: token.token_type, scope: token.scope, patient: found.id, allergies }));
