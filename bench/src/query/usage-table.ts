import { columns } from '../shared/table.js';
import type { ChainMeasure } from './measure-chains.js';

/** CPU and resident memory of each process while a chain ran: one table a level, with a column for each chain. */
export function usageTables(measures: readonly ChainMeasure[]): string {
  const levels = [...new Set(measures.map(({ inFlight }) => inFlight))];
  return levels
    .map((level) => {
      const at = measures.filter(({ inFlight }) => inFlight === level);
      const names = [...new Set(at.flatMap(({ usage }) => Object.keys(usage.processes)))];
      const busy = names.filter((name) => at.some(({ usage }) => (usage.processes[name]?.cpuPercent ?? 0) >= 1));
      const rows = busy.map((name) => [
        name,
        ...at.map(({ usage }) => {
          const { cpuPercent = 0, residentMiB = 0 } = usage.processes[name] ?? {};
          return `${cpuPercent} %, ${residentMiB} MiB`;
        }),
      ]);
      const others = ['others on the machine', ...at.map(({ usage }) => `${usage.othersPercent} %`)];
      return columns([`${level} in flight`, ...at.map(({ chain }) => chain)], [...rows, others]);
    })
    .join('\n\n');
}
