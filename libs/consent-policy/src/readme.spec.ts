// The example of the README is the code between the marks below, and is run.
import { readFileSync } from 'node:fs';

import { type Directive, decideDisclosure, defaultPolicy } from './index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const lines = (text: string): string[] => text.split('\n').map((line) => line.trim());

it('runs the example of the README', () => {
  /* eslint-disable @typescript-eslint/no-unused-expressions -- the README shows values */
  // example
  const request = { purpose: 'ETREAT', recipient: 'mercy-general', at: Date.parse('2026-03-01T08:00:00Z') } as const;
  decideDisclosure(request, defaultPolicy, []).rule; // 'default.ETREAT': nothing said, the policy permits

  const optOut: Directive = { reference: 'Consent/7/_history/1', isActive: true, provision: { type: 'deny' } };
  decideDisclosure(request, defaultPolicy, [optOut]).effect; // 'deny', and `consentVersion` names the directive

  const except: Directive = {
    reference: 'Consent/7/_history/2',
    isActive: true,
    provision: { type: 'permit', recipients: ['mercy-general'], purposes: ['ETREAT'] },
  };
  decideDisclosure(request, defaultPolicy, [optOut, except]).effect; // 'permit': the more specific word decides
  // end
  expect(decideDisclosure(request, defaultPolicy, [])).toMatchObject({ effect: 'permit', rule: 'default.ETREAT' });
  expect(decideDisclosure(request, defaultPolicy, [optOut])).toMatchObject({
    effect: 'deny',
    consentVersion: 'Consent/7/_history/1',
  });
  expect(decideDisclosure(request, defaultPolicy, [optOut, except]).effect).toBe('permit');
});

it('shows the code that is run', () => {
  const [, code = ''] = /\/\/ example\n([\s\S]*?)\n\s*\/\/ end/.exec(read('./readme.spec.ts')) ?? [];
  expect(code).not.toBe('');
  expect(lines(read('../README.md')).join('\n')).toContain(lines(code).join('\n'));
});
