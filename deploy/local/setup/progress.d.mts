export class SetupError extends Error {}
export function explain(tool: string, output: string, place: { where: string; logFile: string }): string;
export function megabytes(bytes: number): string;
