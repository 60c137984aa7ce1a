import type { Figure, Target } from './figure.js';

/** Rows of text under a head, in columns as wide as they need to be. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The figures as a table of text, one line each. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, target, comparison, met }) => [
    name,
    `${number(value)} ${unit}`.trim(),
    target === undefined ? '' : targetText(target),
    met === undefined ? '' : met ? 'met' : 'NOT MET',
    comparisonText(comparison),
  ]);
  return columns(['what', 'measured', 'target', '', 'compared with'], rows);
}

function targetText(target: Target): string {
  if ('atLeast' in target) return `≥ ${target.atLeast}`;
  return 'atMost' in target ? `≤ ${target.atMost}` : `< ${target.below}`;
}

function comparisonText(comparison: Figure['comparison']): string {
  if (typeof comparison !== 'object') return comparison ?? '';
  return `${comparison.name}: ${number(comparison.value)} (${number(comparison.ratio)} times that)`;
}

function number(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return Math.abs(value) < 10 ? String(Number(value.toFixed(4))) : value.toFixed(1);
}
