/** One measured number, with what it is to reach and what it is compared with. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What is to be reached, in words (`≥ 0.988`); absent for figures that are only shown. */
  readonly target?: string;
  /** The same of a peer or a floor measured in the same run. */
  readonly comparison?: string;
  readonly met?: boolean;
}

/** A figure that is to be at least, or at most, a bound. */
export function bounded(
  name: string,
  value: number,
  unit: string,
  sign: '≥' | '≤',
  bound: number,
  comparison?: string,
): Figure {
  const met = sign === '≥' ? value >= bound : value <= bound;
  return { name, value, unit, target: `${sign} ${bound}`, met, ...(comparison === undefined ? {} : { comparison }) };
}

/** The figures as a table of text, one line each. */
export function toTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, target = '', comparison = '', met }) => [
    name,
    `${format(value)} ${unit}`.trim(),
    target,
    met === undefined ? '' : met ? 'met' : 'MISSED',
    comparison,
  ]);
  const head = ['what', 'measured', 'target', '', 'compared with'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function format(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return Math.abs(value) < 10 ? value.toFixed(4) : value.toFixed(1);
}
