import { type MemberRecords } from '../records/member-records.js';

/**
 * A view of a member's records in which every chart is the next patient's: what a system with crossed wires answers. The resources keep
 * their own subject, so that a careful reader can tell.
 */
export function crossedRecords(records: MemberRecords): MemberRecords {
  let next: ReadonlyMap<string, string> | undefined;
  const other = (id: string): string => {
    if (next === undefined) {
      const ids = [...records.patientIds()];
      next = new Map(ids.map((own, i) => [own, ids[(i + 1) % ids.length] ?? own]));
    }
    return next.get(id) ?? id;
  };
  return {
    ...records,
    patient: (id) => records.patient(other(id)),
    chart: (id) => records.chart(other(id)),
  };
}
