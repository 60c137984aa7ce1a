import type { Bundle, Patient } from '@medplum/fhirtypes';
import { request } from 'undici';

import type { SimulatedHospital } from '../exchange/hospitals.js';
import type { ComposedExchange } from '../exchange/start-exchange.js';

/** Who arrives, where, and what the teller knows about it. */
export interface Arrival {
  readonly hospital: SimulatedHospital;
  /** The arriving hospital's own record. */
  readonly patient: Patient;
  readonly title: string;
  readonly narrative: string;
}

interface Story {
  readonly id: string;
  readonly title: string;
  readonly narrative: string;
  readonly arrival: { readonly hospitalId: string; readonly mrn: string };
}

const LEAD_STORY = 'unconscious-arrival';
const PAGE = 200;

/**
 * The patient of the lead story, where the population has stories; of loaded bundles, the patient of whom the other hospitals hold
 * the most allergies, and medications at another hospital than these.
 */
export async function choosePatient(exchange: ComposedExchange): Promise<Arrival> {
  const { body } = await request(`${exchange.simulatorUrl}/admin/stories`);
  const story = ((await body.json()) as Story[]).find(({ id }) => id === LEAD_STORY);
  return story === undefined ? fromCharts(exchange) : fromStory(exchange, story);
}

async function fromStory(exchange: ComposedExchange, { title, narrative, arrival }: Story): Promise<Arrival> {
  const hospital = exchange.hospitals.find(({ id }) => id === arrival.hospitalId);
  if (hospital === undefined) throw new RangeError('The story arrives at a hospital that is not simulated.');
  const identifier = encodeURIComponent(`${hospital.identifierSystem}|${arrival.mrn}`);
  const [patient] = await resources<Patient>(exchange, hospital, `Patient?identifier=${identifier}`);
  if (patient === undefined) throw new RangeError('The arriving hospital does not have the patient of the story.');
  return { hospital, patient, title, narrative };
}

async function fromCharts(exchange: ComposedExchange): Promise<Arrival> {
  const charts = await Promise.all(
    exchange.hospitals.map(async (hospital) => ({
      hospital,
      patients: await resources<Patient>(exchange, hospital, `Patient?_count=${PAGE}`),
      allergic: await subjects(exchange, hospital, 'AllergyIntolerance'),
      medicated: await subjects(exchange, hospital, 'MedicationRequest'),
    })),
  );
  const arrivals = charts.flatMap(({ hospital, patients }) =>
    patients.map((patient) => {
      const elsewhere = charts.filter((chart) => chart.hospital !== hospital);
      const own = (chart: (typeof charts)[number]) => chart.patients.find((one) => isSame(one, patient))?.id ?? '';
      const allergies = elsewhere.map((chart) => chart.allergic.get(own(chart)) ?? 0);
      const medications = elsewhere.map((chart) => chart.medicated.get(own(chart)) ?? 0);
      const apart = allergies.some((count, at) => count > 0 && medications.some((other, to) => other > 0 && to !== at));
      return { hospital, patient, promise: apart ? Math.max(...allergies) : 0 };
    }),
  );
  const [best] = arrivals.sort((a, b) => b.promise - a.promise);
  if (best === undefined || best.promise === 0)
    throw new RangeError('No loaded patient has allergies and medications apart.');
  return {
    hospital: best.hospital,
    patient: best.patient,
    title: 'A patient from the loaded bundles',
    narrative: 'Allergies lie at one hospital, medications at another; the one where the patient arrives has neither.',
  };
}

/** How many resources of a type each patient of a hospital has. */
async function subjects(
  exchange: ComposedExchange,
  hospital: SimulatedHospital,
  type: string,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { id = '' } of await resources<Patient>(exchange, hospital, `Patient?_count=${PAGE}`)) {
    counts.set(id, (await resources(exchange, hospital, `${type}?patient=${id}&_count=${PAGE}`)).length);
  }
  return counts;
}

async function resources<T>(exchange: ComposedExchange, hospital: SimulatedHospital, search: string): Promise<T[]> {
  const answer = await exchange.ownClientOf(hospital).call('GET', `${hospital.fhirUrl}/${search}`, {
    purpose: 'TREAT',
    scope: 'system/*.rs',
  });
  return (answer.json<Bundle>().entry ?? []).map(({ resource }) => resource as T);
}

const isSame = (a: Patient, b: Patient): boolean =>
  a.birthDate === b.birthDate &&
  a.name?.[0]?.family === b.name?.[0]?.family &&
  a.name?.[0]?.given?.[0] === b.name?.[0]?.given?.[0];
