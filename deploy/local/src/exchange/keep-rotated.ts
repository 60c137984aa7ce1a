import type { Renewal } from '../certificates/keep-renewed.js';
import { type KeyRotation, rotateKeys } from './rotate-keys.js';

const DAY_MS = 24 * 3_600_000;
/** Long over what a service needs to read the files, and what a transaction token lives. */
const BETWEEN_STEPS_MS = 10 * 60_000;

/**
 * Changes the keys of all services once a day for as long as the exchange runs.
 *
 * @param onFailure hears why a step failed; it is tried again after the same time, and what was done before it stays good.
 */
export function keepRotated(
  folder: string,
  onFailure: (error: unknown) => void,
  open: (folder: string) => KeyRotation = rotateKeys,
): Renewal {
  let timer: NodeJS.Timeout;
  const later = (delayMs: number, step: () => void): void => {
    timer = setTimeout(step, delayMs);
    timer.unref();
  };
  const next = (rotation: KeyRotation, steps: readonly (keyof KeyRotation)[]): void => {
    const [step, ...rest] = steps;
    if (step === undefined) return later(DAY_MS, begin);
    try {
      rotation[step]();
      later(BETWEEN_STEPS_MS, () => next(rotation, rest));
    } catch (error) {
      onFailure(error);
      later(BETWEEN_STEPS_MS, () => next(rotation, steps));
    }
  };
  const begin = (): void => next(open(folder), ['publish', 'use', 'retire']);
  later(DAY_MS, begin);
  return { stop: () => clearTimeout(timer) };
}
