import type { Bundle } from '@medplum/fhirtypes';

import { readBounded, unreadableStandIn } from '../merge/read-resource.js';
import { redactResource } from './redact-resource.js';
import { holdsLabel, withheldLabels, type WithheldLabels } from './security-label.js';
import { withheldNames } from './withheld-names.js';

export interface RedactedResources {
  readonly resources: readonly unknown[];
  /** Resources that went wholly or in part. For the manifest, and only where the policy lets it be said. */
  readonly withheld: number;
  /** Their types, sorted: types of which "none there" may no longer be claimed. */
  readonly withheldTypes: readonly string[];
  /**
   * Values too large or too malformed to be looked through. Nobody knows what they hold, so nothing of them is left; among `resources` a
   * stand-in tells the merge of each, which refuses it with the reason.
   */
  readonly unreadable: number;
}

type Json = Record<string, unknown>;
interface Entry {
  readonly resource: Json;
  readonly fullUrl?: unknown;
}

/**
 * Applies the obligations of a consent decision to what a member sent: nothing with one of `labels` (`system|code`) is left, neither as a
 * resource, nor contained in another, nor labelled inline, nor as a reference that would show that it exists.
 *
 * What can only be understood through something withheld (an order for a withheld Medication) is withheld with it, and so on until nothing
 * more goes.
 */
export function redactResources(values: readonly unknown[], labels: readonly string[]): RedactedResources {
  const read = values.map((value) => ({ value, read: readBounded(value) }));
  const bounded = read.flatMap((one) => (one.read.ok ? [{ resource: one.read.resource }] : []));
  const standIns = read.flatMap(({ value, read: one }) =>
    one.ok ? [] : [unreadableStandIn(value, one.reason === 'too-large' ? 'too-large' : 'malformed')],
  );
  const { entries, withheld, withheldTypes } = redactEntries(bounded, withheldLabels(labels));
  return {
    resources: [...entries.map(({ resource }) => resource), ...standIns],
    withheld,
    withheldTypes,
    unreadable: standIns.length,
  };
}

/**
 * The same for a Bundle; entries that can't be looked through are left out and counted. `total` is what is left (a total that counts what is withheld tells that it is there), entries keep their order,
 * links are the caller's to make anew.
 *
 * @returns the Bundle, or `undefined` when the Bundle itself carries a withheld label or is beyond the limits
 */
export function redactBundle(
  bundle: Bundle,
  labels: readonly string[],
): Omit<RedactedResources, 'resources'> & { bundle: Bundle | undefined } {
  const withholding = withheldLabels(labels);
  const readable = (bundle.entry ?? []).filter(({ resource }) => resource === undefined || readBounded(resource).ok);
  const unreadable = (bundle.entry?.length ?? 0) - readable.length;
  if (withholding.has(bundle.meta?.security))
    return { bundle: undefined, withheld: 1, withheldTypes: ['Bundle'], unreadable };

  const own = readable.filter(({ resource }) => resource !== undefined) as unknown as Entry[];
  const { entries, withheld, withheldTypes } = redactEntries(own, withholding);
  const kept = [...entries, ...(readable.filter(({ resource }) => resource === undefined) as unknown as Entry[])];
  const { total } = bundle;
  return {
    bundle: {
      ...bundle,
      ...(total !== undefined && { total: Math.max(0, total - (own.length - entries.length)) }),
      entry: kept as unknown as NonNullable<Bundle['entry']>,
    },
    withheld,
    withheldTypes,
    unreadable,
  };
}

function redactEntries<T extends Entry>(
  given: readonly T[],
  labels: WithheldLabels,
): { entries: T[]; withheld: number; withheldTypes: string[] } {
  // Most answers hold nothing labelled: looking costs a fraction of rebuilding every resource to find that out.
  if (!given.some(({ resource }) => holdsLabel(resource, labels)))
    return { entries: [...given], withheld: 0, withheldTypes: [] };
  const names = withheldNames();
  const types = new Set<string>();
  const touched = new Set<number>();
  let current = given.map((entry, at) => ({ entry, at }));

  // Each round can only withhold what is left, so there are at most as many rounds as entries.
  for (let goesOn = true; goesOn;) {
    goesOn = false;
    current = current.flatMap(({ entry, at }) => {
      const { resource, removed } = redactResource(entry.resource, labels, names);
      if (removed === 0) return [{ entry, at }];
      touched.add(at);
      types.add(String(entry.resource['resourceType']));
      if (resource !== undefined) return [{ entry: { ...entry, resource }, at }];
      names.add(entry.resource, entry.fullUrl);
      goesOn = true;
      return [];
    });
  }
  return { entries: current.map(({ entry }) => entry), withheld: touched.size, withheldTypes: [...types].sort() };
}
