import type { AllergyIntolerance, Bundle, MedicationRequest, Patient, Resource } from '@medplum/fhirtypes';
import { request } from 'undici';

import type { SimulatedHospital } from '../exchange/hospitals.js';
import type { ComposedExchange } from '../exchange/start-exchange.js';
import { LocalExchangeError } from '../local-exchange-error.js';
import type { StoryPart } from './judge-story.js';

/** Who arrives, where, and what the teller knows about it. */
export interface Arrival {
  readonly hospital: SimulatedHospital;
  /** The arriving hospital's own record. */
  readonly patient: Patient;
  readonly title: string;
  readonly narrative: string;
  /** What the other hospitals hold that the answer has to bring. */
  readonly parts: readonly StoryPart[];
}

interface Story {
  readonly id: string;
  readonly title: string;
  readonly narrative: string;
  readonly arrival: { readonly hospitalId: string; readonly mrn: string };
  readonly mustShow: readonly { readonly resourceType: string; readonly hospitalId: string }[];
}

/** A hospital and, by the local number of each patient, how much of what an emergency needs lies there. */
interface Chart {
  readonly hospital: SimulatedHospital;
  readonly patients: readonly Patient[];
  readonly allergies: ReadonlyMap<string, number>;
  readonly medications: ReadonlyMap<string, number>;
}

const LEAD_STORY = 'unconscious-arrival';
const PAGE = 200;
const HEART = ['anticoagulants', 'heart-medications'];

/**
 * The patient of the lead story, where the population has stories; of loaded bundles, the patient of whom the other hospitals hold
 * the most allergies, and medications that are taken at another hospital than these.
 *
 * @throws LocalExchangeError `bundles-unfit` when nobody is such a patient.
 */
export async function choosePatient(exchange: ComposedExchange): Promise<Arrival> {
  const { body } = await request(`${exchange.simulatorUrl}/admin/stories`);
  const story = ((await body.json()) as Story[]).find(({ id }) => id === LEAD_STORY);
  return story === undefined ? fromCharts(exchange) : fromStory(exchange, story);
}

async function fromStory(exchange: ComposedExchange, story: Story): Promise<Arrival> {
  const { title, narrative, arrival } = story;
  const named = (id: string | undefined): SimulatedHospital => {
    const hospital = exchange.hospitals.find((each) => each.id === id);
    if (hospital === undefined) throw new RangeError('The story has a hospital that is not simulated.');
    return hospital;
  };
  const holderOf = (type: string) =>
    named(story.mustShow.find(({ resourceType }) => resourceType === type)?.hospitalId);
  const hospital = named(arrival.hospitalId);
  const identifier = encodeURIComponent(`${hospital.identifierSystem}|${arrival.mrn}`);
  const [patient] = await resources<Patient>(exchange, hospital, `Patient?identifier=${identifier}`);
  if (patient === undefined) throw new RangeError('The arriving hospital does not have the patient of the story.');
  const parts = [
    { what: 'the severe allergy', topics: ['severe-allergy'], holder: holderOf('AllergyIntolerance') },
    { what: 'the heart medications', topics: HEART, holder: holderOf('MedicationRequest') },
  ];
  return { hospital, patient, title, narrative, parts };
}

async function fromCharts(exchange: ComposedExchange): Promise<Arrival> {
  const charts = await Promise.all(exchange.hospitals.map((hospital) => chartOf(exchange, hospital)));
  const found = patientOfCharts(charts);
  if (found === undefined) throw new LocalExchangeError('bundles-unfit');
  const { chart, patient, allergies, medications } = found;
  return {
    hospital: chart.hospital,
    patient,
    title: 'A patient from the loaded bundles',
    narrative: 'Allergies lie at one hospital, medications at another; the one where the patient arrives has neither.',
    parts: [
      { what: 'the allergies', topics: ['severe-allergy', 'allergies'], holder: allergies.hospital },
      {
        what: 'the medications',
        topics: [...HEART, 'high-alert-medications', 'medications'],
        holder: medications.hospital,
      },
    ],
  };
}

/** Who has most allergies at one hospital, medications at another, and arrives at one that has neither. Pure. */
export function patientOfCharts(charts: readonly Chart[]) {
  const arrivals = charts.flatMap((chart) =>
    chart.patients.flatMap((patient) => {
      const countIn = (other: Chart, kind: 'allergies' | 'medications'): number =>
        other[kind].get(other.patients.find((one) => isSame(one, patient))?.id ?? '') ?? 0;
      if (countIn(chart, 'allergies') + countIn(chart, 'medications') > 0) return [];
      const [allergies] = charts.toSorted((a, b) => countIn(b, 'allergies') - countIn(a, 'allergies'));
      const [medications] = charts
        .filter((other) => other !== allergies)
        .toSorted((a, b) => countIn(b, 'medications') - countIn(a, 'medications'));
      if (allergies === undefined || medications === undefined) return [];
      const promise = countIn(medications, 'medications') === 0 ? 0 : countIn(allergies, 'allergies');
      return promise === 0 ? [] : [{ chart, patient, allergies, medications, promise }];
    }),
  );
  return arrivals.toSorted((a, b) => b.promise - a.promise)[0];
}

async function chartOf(exchange: ComposedExchange, hospital: SimulatedHospital): Promise<Chart> {
  const patients = await resources<Patient>(exchange, hospital, `Patient?_count=${PAGE}`);
  const counts = async <T extends Resource>(type: string, counts: (resource: T) => boolean) => {
    const all = new Map<string, number>();
    for (const { id = '' } of patients) {
      const held = await resources<T>(exchange, hospital, `${type}?patient=${id}&_count=${PAGE}`);
      all.set(id, held.filter(counts).length);
    }
    return all;
  };
  return {
    hospital,
    patients,
    allergies: await counts<AllergyIntolerance>('AllergyIntolerance', () => true),
    // What was taken once stands in the full answer and on no card.
    medications: await counts<MedicationRequest>('MedicationRequest', ({ status }) => status === 'active'),
  };
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
