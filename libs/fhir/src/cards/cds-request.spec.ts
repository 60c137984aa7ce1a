import fc from 'fast-check';

import { outcomes } from '../outcome/outcome-codes.js';
import { patientArrival, readCdsRequest } from './cds-request.js';

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  name: [{ family: 'Example', given: ['Vera'] }],
  birthDate: '1950-04-02',
};
const request = {
  hook: 'encounter-start',
  hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
  fhirServer: 'https://emr.example/fhir',
  fhirAuthorization: { access_token: 'secret' },
  context: { userId: 'Practitioner/7', patientId: 'p1', encounterId: 'e1' },
  prefetch: { patient },
};

describe('readCdsRequest', () => {
  it('reads a call, and keeps no token', () => {
    const read = readCdsRequest(request);
    expect(read).toMatchObject({
      ok: true,
      request: {
        hook: 'encounter-start',
        hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
        userId: 'Practitioner/7',
        patientId: 'p1',
        encounterId: 'e1',
        demographics: { family: ['Example'], given: ['Vera'], birthDate: '1950-04-02' },
      },
    });
    expect(JSON.stringify(read)).not.toContain('secret');
  });

  it('needs no encounter for patient-view', () => {
    expect(
      readCdsRequest({ ...request, hook: 'patient-view', context: { userId: 'Practitioner/7', patientId: 'p1' } }),
    ).toMatchObject({ ok: true });
  });

  it.each<[name: string, body: unknown, code: string, expression: string]>([
    ['no object', 'text', 'invalid-request', '$this'],
    ['a list', [request], 'invalid-request', '$this'],
    ['no hook', { ...request, hook: undefined }, 'missing-parameter', 'hook'],
    ['another hook', { ...request, hook: 'order-select' }, 'unknown-hook', 'hook'],
    ['a hook out of the prototype', { ...request, hook: 'constructor' }, 'unknown-hook', 'hook'],
    ['no instance', { ...request, hookInstance: undefined }, 'missing-parameter', 'hookInstance'],
    ['an instance that is no UUID', { ...request, hookInstance: '1' }, 'invalid-parameter', 'hookInstance'],
    ['no context', { ...request, context: undefined }, 'missing-parameter', 'context'],
    ['a context that is text', { ...request, context: 'p1' }, 'invalid-parameter', 'context'],
    [
      'no encounter',
      { ...request, context: { userId: 'Practitioner/7', patientId: 'p1' } },
      'missing-parameter',
      'context.encounterId',
    ],
    [
      'a user without a type',
      { ...request, context: { ...request.context, userId: '7' } },
      'invalid-parameter',
      'context.userId',
    ],
    [
      'a patient id that is a path',
      { ...request, context: { ...request.context, patientId: '../p1' } },
      'invalid-parameter',
      'context.patientId',
    ],
    ['a token without its server', { ...request, fhirServer: undefined }, 'missing-parameter', 'fhirServer'],
    ['no prefetch', { ...request, prefetch: undefined }, 'prefetch-missing', 'prefetch.patient'],
    ['a prefetch that failed', { ...request, prefetch: { patient: null } }, 'prefetch-missing', 'prefetch.patient'],
    [
      'the prefetch of somebody else',
      { ...request, prefetch: { patient: { ...patient, id: 'p2' } } },
      'prefetch-mismatch',
      'prefetch.patient.id',
    ],
    [
      'a prefetch that is no Patient',
      { ...request, prefetch: { patient: { resourceType: 'Person' } } },
      'invalid-request',
      'prefetch.patient',
    ],
    [
      'a malformed Patient',
      { ...request, prefetch: { patient: { ...patient, name: 'Vera' } } },
      'invalid-request',
      'prefetch.patient.name',
    ],
  ])('refuses %s', (_name, body, code, expression) => {
    expect(readCdsRequest(body)).toEqual({ ok: false, code, expression });
    expect(Object.keys(outcomes)).toContain(code);
  });

  it('is calm whatever it is sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(readCdsRequest(body)).toMatchObject({ ok: false });
      }),
    );
  });

  it('asks in its discovery for nothing but the patient', () => {
    expect(patientArrival.prefetch).toEqual({ patient: 'Patient/{{context.patientId}}' });
  });
});
