import { readBreakGlass } from './read-break-glass.js';

const resource = { resourceType: 'Patient', name: [{ family: 'Example', given: ['Vera'] }], birthDate: '1970-01-01' };
const asked = (...others: object[]) => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'resource', resource }, ...others],
});
const reason = (valueString: unknown) => ({ name: 'reason', valueString });

describe('readBreakGlass', () => {
  it('reads the patient and the reason, without the space around it', () => {
    expect(readBreakGlass(asked(reason('  Unconscious, no relatives here. ')))).toMatchObject({
      ok: true,
      demographics: { family: ['Example'], given: ['Vera'] },
      reason: 'Unconscious, no relatives here.',
    });
  });

  it.each<[string, object, string]>([
    ['no reason (ATTACKS B4)', asked(), 'missing-parameter'],
    ['an empty one', asked(reason('')), 'invalid-parameter'],
    ['one of spaces', asked(reason('              ')), 'invalid-parameter'],
    ['one of a few letters', asked(reason('emergency')), 'invalid-parameter'],
    ['one that goes on and on', asked(reason('x'.repeat(2001))), 'invalid-parameter'],
    ['a number', asked(reason(1234567890123)), 'missing-parameter'],
    ['a bare Patient', resource, 'missing-parameter'],
    ['no patient', { resourceType: 'Parameters', parameter: [reason('Unconscious, alone.')] }, 'missing-parameter'],
  ])('refuses %s', (_name, body, code) => {
    expect(readBreakGlass(body)).toMatchObject({ ok: false, code });
  });
});
