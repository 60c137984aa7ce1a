import type { FileKeyring } from '@hie/service-kit';
import fc from 'fast-check';

import { PatientHandles } from './patient-handle.js';

const handles = new PatientHandles({ masterKey: () => Buffer.alloc(32, 1) } as unknown as FileKeyring);
const personId = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';

describe(PatientHandles.name, () => {
  it('gives each member an id of its own, and opens it for that member alone', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const handle = handles.give(id, 'mercy');
        expect(handles.open(handle, 'mercy')).toBe(id);
        expect(handles.open(handle, 'st-marys')).not.toBe(id);
      }),
    );
  });

  it('tells two members two ids, the same one every time', () => {
    expect(handles.give(personId, 'mercy')).toBe(handles.give(personId, 'mercy'));
    expect(handles.give(personId, 'mercy')).not.toBe(handles.give(personId, 'st-marys'));
  });

  it.each(['', 'x', '../../etc/passwd', `${personId} `, personId.toUpperCase()])('opens nothing for %j', (handle) => {
    expect(handles.open(handle, 'mercy')).toBeUndefined();
  });
});
