// What compliance staff and patients ask of the ledger: AuditEvents by search, and to whom a record was disclosed.
import { type CallAnswer, type OAuthClient } from '@hie/exchange-client';
import { askOnArrival, type ShownReceipt } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import type { AuditEvent, Bundle, CapabilityStatement } from '@medplum/fhirtypes';

import { codeOf, emrOf, eventually, handleOf } from '../support/doors.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

const reads = { purpose: 'HCOMPL', scope: 'exchange/ledger.read' } as const;
const asksForPatient = { purpose: 'PATRQT', scope: 'system/*.rs' } as const;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface ShownAccounting {
  readonly ledger: { readonly size: number; readonly checkpoint: string };
  readonly disclosures: readonly {
    readonly txn: string;
    readonly purpose: string;
    readonly recipient: { readonly memberId: string; readonly clientId: string };
    readonly kinds: readonly string[];
    readonly standing: { readonly kind: string };
    readonly entries: readonly { readonly index: number; readonly leafHash: string }[];
  }[];
}

const pick = ({ shard, index, leafHash }: ShownReceipt) => ({ shard, index, leafHash });

let exchange: SharedExchange;
let story: Story;
let emr: OAuthClient;
let handle: string;
let asked: {
  readonly txn: string;
  readonly shard: string | undefined;
  readonly index: number;
  readonly leafHash: string;
};

beforeAll(async () => {
  exchange = sharedExchange();
  story = await leadStory(exchange);
  emr = emrOf(exchange, story);
  const { queryUrl, receipt } = await askOnArrival(exchange, emr, { patient: await arrivingPatient(exchange, story) });
  handle = await handleOf(exchange, story);
  asked = { txn: queryUrl.split('/').at(-1) ?? '', ...pick(receipt) };
});
afterAll(() => exchange.close());

/** The patient as compliance staff name them: by the hospital's handle. */
const named = (): string => `https://hie.example/fhir/member-patient/${story.arrival.hospitalId}|${handle}`;
const auditEvents = (
  parameters: Record<string, string>,
  as = exchange.operator,
  to: { purpose: string; scope: string } = reads,
) => as.call('GET', `${exchange.description.gateway.fhirUrl}/AuditEvent?${new URLSearchParams(parameters)}`, to);
const bundleOf = async (parameters: Record<string, string>): Promise<Bundle<AuditEvent>> => {
  const answer = await auditEvents(parameters);
  expect({ status: answer.status, code: answer.status === 200 ? undefined : codeOf(answer) }).toEqual({ status: 200 });
  return answer.json();
};
const placeOf = ({ extension = [] }: AuditEvent): readonly (string | undefined)[] =>
  extension.map(({ valueIdentifier, valueBase64Binary }) => valueIdentifier?.value ?? valueBase64Binary);
const resources = ({ entry = [] }: Bundle<AuditEvent>): readonly AuditEvent[] =>
  entry.flatMap(({ resource }) => (resource === undefined ? [] : [resource]));

describe('a search for AuditEvents', () => {
  it('finds the disclosure of a patient at the place its receipt proves, and no name of the patient', async () => {
    const disclosed = await eventually(async () => {
      const found = await bundleOf({ 'patient.identifier': named(), type: '110106', 'entity.identifier': asked.txn });
      return resources(found).find((event) => placeOf(event)[0] === `${asked.shard}/${asked.index}`) === undefined
        ? undefined
        : found;
    });
    const event = resources(disclosed).find((one) => placeOf(one)[0] === `${asked.shard}/${asked.index}`);
    expect(placeOf(event as AuditEvent)[1]).toBe(asked.leafHash);
    expect(event).toMatchObject({ action: 'R', outcome: '0', purposeOfEvent: [{ coding: [{ code: 'ETREAT' }] }] });
    expect(event?.agent?.map(({ who }) => who?.identifier?.value)).toContain(story.arrival.hospitalId);
    const { name = [] } = await arrivingPatient(exchange, story);
    expect(name[0]?.family).toBeDefined();
    expect(JSON.stringify(disclosed)).not.toContain(name[0]?.family);
    expect(Number(disclosed.meta?.extension?.[0]?.extension?.[0]?.valueIdentifier?.value)).toBeGreaterThan(asked.index);
  });

  it('goes page by page to the end of what the first page was true of', async () => {
    const seen: string[] = [];
    let url: string | undefined =
      `${exchange.description.gateway.fhirUrl}/AuditEvent?entity.identifier=${asked.txn}&_count=2`;
    while (url !== undefined) {
      const page: Bundle<AuditEvent> = (await exchange.operator.call('GET', url, reads)).json<Bundle<AuditEvent>>();
      seen.push(...resources(page).map(({ id }) => id ?? ''));
      expect(page.link?.find(({ relation }) => relation === 'self')?.url).toBe(url);
      url = page.link?.find(({ relation }) => relation === 'next')?.url;
    }
    const whole = resources(await bundleOf({ 'entity.identifier': asked.txn })).map(({ id }) => id);
    expect(whole.length).toBeGreaterThan(3);
    expect(seen).toEqual(whole.slice(-seen.length));
  });

  it('answers to every parameter that the capability statement names, and refuses one that it does not', async () => {
    const { json } = await exchange.operator.call('GET', `${exchange.description.gateway.fhirUrl}/metadata`, reads);
    const resource = json<CapabilityStatement>().rest?.[0]?.resource?.find(({ type }) => type === 'AuditEvent');
    const values: Record<string, string> = {
      ...{
        _id: asked.txn,
        date: '2026',
        patient: `Patient/${handle}`,
        'patient.identifier': named(),
        outcome: '0',
        action: 'R',
      },
      ...{ 'entity.identifier': asked.txn, entity: 'Consent/1/_history/1', purpose: 'TREAT' },
    };
    const names = resource?.searchParam?.map(({ name }) => name ?? '') ?? [];
    expect(names.length).toBeGreaterThan(14);
    for (const name of names) {
      const beside = name === 'entity' ? { patient: `Patient/${handle}` } : {};
      const { status } = await auditEvents({ ...beside, [name]: values[name] ?? 'gateway', _count: '1' });
      expect({ name, status }).toEqual({ name, status: 200 });
    }
    const unknown = await auditEvents({ patients: handle });
    expect([unknown.status, codeOf(unknown)]).toEqual([400, 'unsupported-parameter']);
    const unread = await auditEvents({ date: 'yesterday' });
    expect([unread.status, codeOf(unread)]).toEqual([400, 'invalid-parameter']);
  });

  it('takes a form, and gives a stranger to everybody the same empty answer as a slip of the pen', async () => {
    const byForm = (form: string): Promise<CallAnswer> =>
      exchange.operator.call('POST', `${exchange.description.gateway.fhirUrl}/AuditEvent/_search`, {
        ...reads,
        ...{ headers: FORM, body: form },
      });
    const found = await byForm(new URLSearchParams({ 'patient.identifier': named(), _count: '1' }).toString());
    expect(resources(found.json())).toHaveLength(1);
    const nobody = await Promise.all(['patient=Patient/00000000-0000-4000-8000-000000000000', 'patient=x'].map(byForm));
    for (const answer of nobody) {
      const { entry, total, type, link } = answer.json<Bundle>();
      expect({ status: answer.status, entry, total, type, links: link?.length }).toEqual({
        status: 200,
        type: 'searchset',
        links: 1,
      });
    }
  });

  it('is for compliance staff alone, and is itself an entry without a value of the search', async () => {
    expect((await auditEvents({}, emr, { purpose: 'TREAT', scope: 'system/*.rs' })).status).toBe(403);
    await bundleOf({ 'patient.identifier': named(), date: '2026' });
    const told = await eventually(async () => {
      const { entry = [] } = await bundleOf({ 'patient.identifier': named(), type: '110101' });
      const text = JSON.stringify(entry);
      return text.includes('"criteria","valueString":"patient, date"') ? text : undefined;
    });
    expect(told).not.toContain(handle);
  });

  it('finds by the address that an AuditEvent shows of who asked', async () => {
    const own = { 'patient.identifier': named(), type: '110106' };
    const [event] = await eventually(async () => {
      const shown = resources(await bundleOf(own));
      return shown.length > 0 ? shown : undefined;
    });
    const address = event?.agent?.find(({ network }) => network?.type === '2')?.network?.address ?? '';
    expect(resources(await bundleOf({ ...own, address })).map(({ id }) => id)).toContain(event?.id);
    expect(resources(await bundleOf({ ...own, address: '198.51.100.7' }))).toEqual([]);
  });

  it('says what was disclosed to a client within an hour', async () => {
    const hour = new Date(Date.now() - 3_600_000).toISOString();
    const found = resources(
      await bundleOf({
        type: '110106',
        agent: `Device/${exchange.hospital(story.arrival.hospitalId).client.id}`,
        date: `ge${hour}`,
      }),
    );
    expect(found.map((event) => placeOf(event)[0])).toContain(`${asked.shard}/${asked.index}`);
  });
});

describe('an accounting of disclosures', () => {
  const account = (parameters: Record<string, string>, as: OAuthClient, to: { purpose: string; scope: string }) =>
    as.call('GET', `${exchange.description.gateway.url}/ledger/accounting?${new URLSearchParams(parameters)}`, to);

  it('tells a patient through the hospital, and compliance staff, who received what, when and why', async () => {
    const own = await account({ patient: `Patient/${handle}` }, emr, asksForPatient);
    expect(own.status).toBe(200);
    const { disclosures, ledger } = own.json<ShownAccounting>();
    const line = disclosures.find(({ txn }) => txn === asked.txn);
    expect(line).toMatchObject({
      ...{ purpose: 'ETREAT', standing: { kind: 'exempt' } },
      recipient: { memberId: story.arrival.hospitalId, name: exchange.hospital(story.arrival.hospitalId).name },
    });
    expect(line?.kinds).toContain('AllergyIntolerance');
    expect(line?.entries).toContainEqual({ shard: asked.shard, index: asked.index, leafHash: asked.leafHash });
    expect(ledger.size).toBeGreaterThan(asked.index);

    const byStaff = await account({ 'patient.identifier': named() }, exchange.operator, reads);
    expect(byStaff.json<ShownAccounting>().disclosures.map(({ txn }) => txn)).toContain(asked.txn);
    const counted = await account({ 'patient.identifier': named(), include: 'accountable' }, exchange.operator, reads);
    expect(counted.json<ShownAccounting>().disclosures.map(({ txn }) => txn)).not.toContain(asked.txn);
  });

  it('comes as CSV and as PDF', async () => {
    const csv = await account({ patient: `Patient/${handle}`, format: 'csv' }, emr, asksForPatient);
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.headers['content-disposition']).toMatch(/^attachment; filename="accounting-\d{4}-\d\d-\d\d\.csv"$/);
    expect(csv.text.split('\r\n').filter((line) => line.includes(asked.txn))).toHaveLength(1);
    const pdf = await account({ patient: `Patient/${handle}`, format: 'pdf' }, emr, asksForPatient);
    expect(pdf.headers['content-type']).toBe('application/pdf');
    expect(pdf.text.slice(0, 8)).toBe('%PDF-1.7');
  });

  it('is not for another purpose, nor for another member’s handle, and knows nobody by it', async () => {
    expect(
      (await account({ patient: `Patient/${handle}` }, emr, { purpose: 'TREAT', scope: 'system/*.rs' })).status,
    ).toBe(403);
    expect((await account({ 'patient.identifier': named() }, emr, asksForPatient)).status).toBe(400);
    const other = exchange.hospitals.find(({ id }) => id !== story.arrival.hospitalId);
    if (other === undefined) throw new RangeError('There is one hospital only.');
    const elsewhere = await account({ patient: `Patient/${handle}` }, exchange.clientOf(other), asksForPatient);
    expect(elsewhere.json<ShownAccounting>().disclosures).toEqual([]);
  });
});
