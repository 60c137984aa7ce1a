import { type MemberRecords } from '../records/member-records.js';

const ALARMING = ['AllergyIntolerance', 'MedicationRequest'];

/**
 * A view of a member's records in which every chart is another patient's, the next one who has both an
 * allergy and a medication, so that it matters: what a system with crossed wires
 * answers. The resources keep their own subject, so that a careful reader can tell.
 */
export function crossedRecords(records: MemberRecords): MemberRecords {
  let ids: readonly string[] | undefined;
  const crossings = new Map<string, string>();
  const other = (id: string): string => {
    const known = crossings.get(id);
    if (known !== undefined) return known;
    ids ??= [...records.patientIds()];
    const own = ids.indexOf(id);
    const following = own === -1 ? [] : [...ids.slice(own + 1), ...ids.slice(0, own)];
    const found = following.find((next) => ALARMING.every((type) => has(records, next, type))) ?? following[0] ?? id;
    crossings.set(id, found);
    return found;
  };
  return {
    ...records,
    patient: (id) => records.patient(other(id)),
    chart: (id) => records.chart(other(id)),
  };
}

function has(records: MemberRecords, id: string, type: string): boolean {
  return records.chart(id)?.some(({ resourceType }) => resourceType === type) ?? false;
}
