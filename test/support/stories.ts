import type { Story } from '@hie/population';
import type { Bundle, Patient } from '@medplum/fhirtypes';
import { request } from 'undici';

import type { SharedExchange } from './shared-exchange.js';

/** The clinical stories of the running population. */
export async function storiesOf({ simulatorUrl }: Pick<SharedExchange, 'simulatorUrl'>): Promise<readonly Story[]> {
  const { body } = await request(`${simulatorUrl}/admin/stories`);
  return (await body.json()) as Story[];
}

/** The patient who arrives unconscious: an allergy at one hospital, heart medications at another. */
export async function leadStory(exchange: Pick<SharedExchange, 'simulatorUrl'>): Promise<Story> {
  const story = (await storiesOf(exchange)).find(({ id }) => id === 'unconscious-arrival');
  if (story === undefined) throw new RangeError('The population does not have the lead story.');
  return story;
}

/** The arriving hospital's own record of a story's patient. */
export async function arrivingPatient(exchange: SharedExchange, { arrival }: Story): Promise<Patient> {
  const hospital = exchange.hospital(arrival.hospitalId);
  const identifier = encodeURIComponent(`${hospital.identifierSystem}|${arrival.mrn}`);
  const own = exchange.ownClientOf(hospital);
  const url = `${hospital.fhirUrl}/Patient?identifier=${identifier}`;
  const answer = await own.call('GET', url, { purpose: 'TREAT', scope: 'system/*.rs' });
  const patient = answer.json<Bundle<Patient>>().entry?.[0]?.resource;
  if (patient === undefined) throw new RangeError('The arriving hospital does not have the patient.');
  return patient;
}
