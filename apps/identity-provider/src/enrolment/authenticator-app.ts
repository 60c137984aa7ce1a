// Time-based one-time passwords: https://www.rfc-editor.org/rfc/rfc6238
import { generateSecret, generateURI, verify } from 'otplib';

const ISSUER = 'Health information exchange';
/** A clock that is half a minute off, either way. */
const TOLERANCE_S = 30;

export const newAppSecret = (): string => generateSecret();

/** What the app is told: by link on the same device, or typed in groups of four. */
export const appUri = (secret: string, label: string): string => generateURI({ issuer: ISSUER, label, secret });

export const inGroups = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;

/**
 * Checks a code of the app.
 *
 * @param lastStep the time step of the last code taken: none is taken twice, nor an earlier one
 * @returns the code's time step; `undefined` for a wrong code
 */
export async function checkAppCode(
  secret: string,
  typed: string,
  lastStep: number | undefined,
  now: Date,
): Promise<number | undefined> {
  const token = typed.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const epoch = Math.floor(now.getTime() / 1000);
  const result = await verify({
    ...{ secret, token, epoch, epochTolerance: TOLERANCE_S },
    ...(lastStep === undefined ? {} : { afterTimeStep: lastStep }),
  });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}
