import { type ShownMeasure } from './match-table.js';

/** A panel: what is drawn of a measure, on a logarithmic axis from one power of ten to another. */
interface Panel {
  readonly title: string;
  readonly valueOf: (measure: ShownMeasure) => number;
  readonly powers: readonly [from: number, to: number];
  readonly label: (power: number) => string;
}

const panels: readonly Panel[] = [
  {
    title: 'pairs wrong or missed at 0.95 (1 − F1), fewer is better',
    valueOf: ({ pairs }) => 1 - pairs.f1,
    powers: [-4, 0],
    label: (power) => `${Number((100 * 10 ** power).toPrecision(1))} %`,
  },
  {
    title: 'whole run with training, less is better',
    valueOf: ({ seconds }) => seconds,
    powers: [-1, 3],
    label: (power) => `${Number((10 ** power).toPrecision(1))} s`,
  },
];

const colours: Readonly<Record<string, string>> = {
  'hie-match': '#0969da',
  splink: '#bc4c00',
  recordlinkage: '#8250df',
};
const [left, panelWidth, gap, rowHeight, top] = [150, 300, 50, 30, 62] as const;
const width = left + panels.length * (panelWidth + gap);

/** Each tool on each set as a dot, in SVG: errors on the left, time on the right, both logarithmic. */
export function matchPlot(measures: readonly ShownMeasure[]): string {
  const sets = [...new Set(measures.map(({ set }) => set))];
  const tools = [...new Set(measures.map(({ tool }) => tool))];
  const bottom = top + sets.length * rowHeight;
  const yOf = (set: string): number => top + (sets.indexOf(set) + 0.5) * rowHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 34}" font-family="system-ui, sans-serif" font-size="12">`,
    '<style>text { fill: #57606a } .line { stroke: #8c959f; stroke-opacity: 0.4 }</style>',
    ...tools.map((tool, at) => legend(tool, left + at * 130)),
    ...sets.map((set) => text(left - 12, yOf(set) + 4, set, 'end')),
    ...panels.flatMap((panel, at) => drawn(panel, left + at * (panelWidth + gap), bottom, measures, yOf)),
    '</svg>\n',
  ].join('\n');
}

function drawn(
  { title, valueOf, powers: [from, to], label }: Panel,
  x: number,
  bottom: number,
  measures: readonly ShownMeasure[],
  yOf: (set: string) => number,
): readonly string[] {
  const xOf = (value: number): number => {
    const power = Math.log10(Math.max(value, 10 ** from));
    return x + Math.min(1, (power - from) / (to - from)) * panelWidth;
  };
  const powers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return [
    text(x, top - 14, title),
    ...powers.map((power) => line(xOf(10 ** power), top, xOf(10 ** power), bottom)),
    ...powers.map((power) => text(xOf(10 ** power), bottom + 16, label(power), 'middle')),
    ...measures.map((measure) => dot(xOf(valueOf(measure)), yOf(measure.set), measure.tool)),
  ];
}

const legend = (tool: string, x: number): string => `${dot(x, 18, tool)}${text(x + 12, 22, tool)}`;

const dot = (x: number, y: number, tool: string): string =>
  `<circle cx="${x.toFixed(1)}" cy="${y}" r="6" fill="${colours[tool] ?? '#57606a'}" fill-opacity="0.85"><title>${tool}</title></circle>`;

const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `<line class="line" x1="${x1.toFixed(1)}" y1="${y1}" x2="${x2.toFixed(1)}" y2="${y2}"/>`;

const text = (x: number, y: number, words: string, anchor = 'start'): string =>
  `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${words}</text>`;
