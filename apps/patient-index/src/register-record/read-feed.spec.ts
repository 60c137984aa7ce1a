import { readFeedEntry } from './read-feed.js';

const own = 'urn:oid:2.999.1';
const isOwn = (system: string): boolean => system === own;
const patient = (over: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: own, value: 'M-1' }],
  name: [{ family: 'Garcia', given: ['Maria'] }],
  ...over,
});
const replacedBy = (value: string, system = own) => ({ type: 'replaced-by', other: { identifier: { system, value } } });
const read = (over: object = {}) => readFeedEntry(`Patient?identifier=${own}|M-1`, patient(over), isOwn);

describe(readFeedEntry.name, () => {
  it('reads which number has taken this one’s place', () => {
    expect(read({ active: false, link: [replacedBy('M-2')] })).toMatchObject({
      kind: 'record',
      record: { identifier: { value: 'M-1' }, replacedBy: { system: own, value: 'M-2' } },
    });
  });

  it.each<[string, object]>([
    ['of an active Patient', { active: true, link: [replacedBy('M-2')] }],
    ['of another kind', { active: false, link: [{ ...replacedBy('M-2'), type: 'seealso' }] }],
    ['that is not there', { active: false }],
  ])('reads no replacement from a link %s', (_name, over) => {
    const entry = read(over);
    expect(entry.kind === 'record' && entry.record).not.toHaveProperty('replacedBy');
    expect(entry.kind).toBe('record');
  });

  it.each<[string, object, string]>([
    ['another member’s number', { link: [replacedBy('H-2', 'urn:oid:2.999.2')] }, 'identifier-of-another'],
    ['its own', { link: [replacedBy('M-1')] }, 'unprocessable-resource'],
    ['nobody in particular', { link: [{ type: 'replaced-by', other: {} }] }, 'unprocessable-resource'],
    ['two', { link: [replacedBy('M-2'), replacedBy('M-3')] }, 'unprocessable-resource'],
  ])('takes no replacement by %s', (_name, over, code) => {
    expect(read({ active: false, ...over })).toMatchObject({ kind: 'fault', fault: code });
  });
});
