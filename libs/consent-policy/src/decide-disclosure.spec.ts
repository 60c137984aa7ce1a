import { purposes } from '@hie/purpose-of-use';
import fc from 'fast-check';

import { decideDisclosure, decidedUntil } from './decide-disclosure.js';
import type { Directive, Provision } from './directive.js';
import { defaultPolicy } from './policy.js';

const at = 1_790_000_000_000;
const request = { purpose: 'ETREAT', recipient: 'mercy', at } as const;
let filed = 0;
const directive = (provision: Provision, isActive = true): Directive => ({
  reference: `Consent/${(filed += 1)}/_history/1`,
  isActive,
  provision,
});
const decide = (directives: readonly Directive[], over: Partial<Parameters<typeof decideDisclosure>[0]> = {}) =>
  decideDisclosure({ ...request, ...over }, defaultPolicy, directives);
const HIV = 'http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV';

describe('decideDisclosure without a word of the patient', () => {
  it.each([
    ['TREAT', 'permit'],
    ['ETREAT', 'permit'],
    ['BTG', 'permit'],
    ['HPAYMT', 'deny'],
    ['HOPERAT', 'deny'],
    ['HRESCH', 'deny'],
    ['PUBHLTH', 'deny'],
  ] as const)('%s: %s', (purpose, effect) => {
    expect(decide([], { purpose })).toMatchObject({ effect, rule: `default.${purpose}` });
  });

  it('withholds what is sensitive, and does not say so', () => {
    const decision = decide([]);
    expect(decision.withholdLabels).toContain(HIV);
    expect(decision.mayTellWithheld).toBe(false);
  });

  it('opens what is sensitive when the glass is broken', () => {
    expect(decide([], { purpose: 'BTG' }).withholdLabels).toEqual([]);
  });
});

describe('decideDisclosure with directives', () => {
  it('stops everything on an opt-out, but breaking the glass', () => {
    const optOut = directive({ type: 'deny' });
    expect(decide([optOut])).toMatchObject({
      effect: 'deny',
      rule: 'directive.deny',
      consentVersion: optOut.reference,
    });
    expect(decide([optOut], { purpose: 'BTG' })).toMatchObject({ effect: 'permit', rule: 'directive.overridden' });
  });

  it('lets a specific denial beat a general permit', () => {
    const general = directive({ type: 'permit' });
    expect(decide([general, directive({ type: 'deny', recipients: ['mercy'] })]).effect).toBe('deny');
    expect(decide([general, directive({ type: 'deny', recipients: ['other'] })]).effect).toBe('permit');
  });

  it('lets a specific permit beat a general denial', () => {
    expect(decide([directive({ type: 'deny' }), directive({ type: 'permit', purposes: ['ETREAT'] })]).effect).toBe(
      'permit',
    );
  });

  it('lets a denial win between two equally specific words, in either order', () => {
    const words = [
      directive({ type: 'permit', purposes: ['ETREAT'] }),
      directive({ type: 'deny', recipients: ['mercy'] }),
    ];
    expect(decide(words).effect).toBe('deny');
    expect(decide([...words].reverse()).effect).toBe('deny');
  });

  it.each([
    ['a word for treatment', { type: 'deny', purposes: ['TREAT'] }],
    ['a word for another member', { type: 'deny', recipients: ['other'] }],
    ['one that has ended, at the very moment', { type: 'deny', period: { end: at } }],
    ['one that has not begun', { type: 'deny', period: { start: at + 1 } }],
  ] as const)('does not apply %s', (_name, provision) => {
    expect(decide([directive(provision)])).toMatchObject({ effect: 'permit', rule: 'default.ETREAT' });
  });

  it('does not apply one that was withdrawn', () => {
    expect(decide([directive({ type: 'deny' }, false)]).rule).toBe('default.ETREAT');
  });

  it('denies one label or one custodian and still releases the rest', () => {
    const decision = decide([
      directive({ type: 'deny', labels: ['x|SECRET'] }),
      directive({ type: 'deny', custodians: ['clinic'] }),
    ]);
    expect(decision.effect).toBe('permit');
    expect(decision.withholdLabels).toContain('x|SECRET');
    expect(decision.excludeCustodians).toEqual(['clinic']);
  });

  it('releases a sensitive label the patient permits', () => {
    expect(decide([directive({ type: 'permit', labels: [HIV] })]).withholdLabels).not.toContain(HIV);
  });
});

describe('laws', () => {
  const provision = fc.record(
    {
      type: fc.constantFrom('permit' as const, 'deny' as const),
      purposes: fc.subarray([...purposes], { minLength: 1 }),
      recipients: fc.subarray(['mercy', 'other'], { minLength: 1 }),
      labels: fc.constant([HIV]),
      custodians: fc.constant(['clinic']),
    },
    { requiredKeys: ['type'] },
  );
  const directives = fc.array(
    provision.map((each) => directive(each)),
    { maxLength: 6 },
  );

  it('the order of directives never changes the effect or the obligations', () => {
    fc.assert(
      fc.property(directives, fc.constantFrom(...purposes), (words, purpose) => {
        const strip = ({ consentVersion, ...decision }: ReturnType<typeof decide>) => ({
          ...decision,
          withholdLabels: [...decision.withholdLabels].sort(),
        });
        expect(strip(decide([...words].reverse(), { purpose }))).toEqual(strip(decide(words, { purpose })));
      }),
    );
  });

  it('another denial never permits what was denied', () => {
    fc.assert(
      fc.property(directives, fc.constantFrom(...purposes), (words, purpose) => {
        fc.pre(decide(words, { purpose }).effect === 'deny');
        expect(decide([...words, directive({ type: 'deny' })], { purpose }).effect).toBe('deny');
      }),
    );
  });
});

describe('what the asking member has filed itself', () => {
  const own = (provision: Provision): Directive => ({ ...directive(provision), filedBy: request.recipient });
  const anothers = (provision: Provision): Directive => ({ ...directive(provision), filedBy: 'lakeside' });
  const forMe = { type: 'permit', purposes: ['ETREAT'], recipients: ['mercy'] } as const;

  it('does not beat a denial that another has filed, however specific it is', () => {
    expect(decide([anothers({ type: 'deny' }), anothers(forMe)])).toMatchObject({ effect: 'permit' });
    expect(decide([anothers({ type: 'deny' }), own(forMe)])).toMatchObject({ effect: 'deny', rule: 'directive.deny' });
  });

  it('opens no purpose that the policy closes, and no label that it withholds', () => {
    expect(decide([own({ type: 'permit' })], { purpose: 'HRESCH' })).toMatchObject({
      effect: 'deny',
      rule: 'default.HRESCH',
    });
    expect(decide([own({ type: 'permit', labels: [HIV] })]).withholdLabels).toContain(HIV);
    expect(decide([anothers({ type: 'permit', labels: [HIV] })]).withholdLabels).not.toContain(HIV);
  });

  it('is obeyed where it denies, and in the exception that it makes from its own denial', () => {
    expect(decide([own({ type: 'deny' })]).effect).toBe('deny');
    expect(decide([own({ type: 'deny' }), own(forMe)]).effect).toBe('permit');
  });

  it('never gives it more than it had without', () => {
    const provision = fc.record({
      type: fc.constantFrom('permit' as const, 'deny' as const),
      purposes: fc.option(fc.subarray([...purposes], { minLength: 1 }), { nil: undefined }),
      recipients: fc.option(fc.constantFrom(['mercy'], ['other']), { nil: undefined }),
      labels: fc.option(fc.constantFrom([HIV], ['x|y']), { nil: undefined }),
      custodians: fc.option(fc.constantFrom(['lakeside'], ['riverside']), { nil: undefined }),
    }) as fc.Arbitrary<Provision>;
    fc.assert(
      fc.property(
        fc.array(provision, { maxLength: 4 }),
        fc.array(provision, { maxLength: 4 }),
        fc.constantFrom(...purposes),
        (theirs, mine, purpose) => {
          const before = decide(theirs.map(anothers), { purpose });
          const after = decide([...theirs.map(anothers), ...mine.map(own)], { purpose });
          if (before.effect === 'deny') expect(after.effect).toBe('deny');
          expect(after.withholdLabels).toEqual(expect.arrayContaining([...before.withholdLabels]));
          expect(after.excludeCustodians).toEqual(expect.arrayContaining([...before.excludeCustodians]));
        },
      ),
    );
  });
});

describe('decidedUntil', () => {
  const until = (...provisions: readonly Provision[]) =>
    decidedUntil(
      request,
      provisions.map((provision) => directive(provision)),
    );

  it('is never where nothing begins or ends later', () => {
    expect(until()).toBeUndefined();
    expect(until({ type: 'deny' }, { type: 'permit', period: { start: at - 2, end: at } })).toBeUndefined();
  });

  it('is the next start or end, whichever comes first', () => {
    expect(until({ type: 'permit', period: { end: at + 9 } }, { type: 'deny', period: { start: at + 5 } })).toBe(
      at + 5,
    );
  });

  it('leaves out what is about another purpose, another recipient, or withdrawn', () => {
    const period = { end: at + 5 };
    expect(until({ type: 'permit', purposes: ['HPAYMT'], period })).toBeUndefined();
    expect(until({ type: 'permit', recipients: ['other'], period })).toBeUndefined();
    expect(decidedUntil(request, [directive({ type: 'permit', period }, false)])).toBeUndefined();
  });

  it('B12: a permit that ends at midnight permits a moment before, says so, and denies at midnight', () => {
    const midnight = Date.UTC(2026, 10, 23);
    const grant = [
      directive({ type: 'permit', purposes: ['FAMRQT'], recipients: ['mercy'], period: { end: midnight } }),
    ];
    const asked = (moment: number) => ({ purpose: 'FAMRQT', recipient: 'mercy', at: moment }) as const;
    expect(decide(grant, asked(midnight - 1)).effect).toBe('permit');
    expect(decidedUntil(asked(midnight - 1), grant)).toBe(midnight);
    expect(decide(grant, asked(midnight)).effect).toBe('deny');
  });

  it('holds: before it nothing is decided otherwise by time alone', () => {
    const bound = fc.option(fc.integer({ min: -50, max: 50 }), { nil: undefined });
    const provision = fc.record({ type: fc.constantFrom('permit', 'deny'), start: bound, end: bound });
    fc.assert(
      fc.property(fc.array(provision, { maxLength: 6 }), fc.integer({ min: 0, max: 60 }), (given, later) => {
        const directives = given.map(({ type, start, end }) =>
          directive({
            type,
            period: {
              ...(start === undefined ? {} : { start: at + start }),
              ...(end === undefined ? {} : { end: at + end }),
            },
          }),
        );
        const until = decidedUntil(request, directives) ?? Number.POSITIVE_INFINITY;
        fc.pre(at + later < until);
        expect(decide(directives, { at: at + later })).toEqual(decide(directives));
      }),
    );
  });
});
