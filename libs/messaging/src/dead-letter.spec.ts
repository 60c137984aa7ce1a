// A letter is believed by the service that sealed it and nobody else, whoever else may write where it lies.
import { deadLetterTopic } from '@hie/contracts';
import type { SealKeys } from '@hie/purpose-of-use';
import { testExchangeKeys } from '@hie/testing-kit';

import { letterHeader, openLetter, writeLetter } from './dead-letter.js';
import type { ArrivedMessage } from './message-reader.js';
import { unpackRecord } from './record-format.js';

const keys = testExchangeKeys();
const own = keys.keyringOf('consent');
const PUT_ASIDE = Date.parse('2026-01-02T03:04:05Z');
const LAID_DOWN = PUT_ASIDE + 20;

const message: ArrivedMessage = {
  ...{ topic: 'exchange.patient.identified.v1', partition: 3, offset: '41', key: 'k' },
  timestampMs: PUT_ASIDE - 9_000,
  value: Buffer.from('sealed'),
  headers: { 'hie-seals': 'a.b.c', traceparent: '00-1-2-01' },
};

/** As it is read off the dead letters. */
function laidDown(over: Partial<ArrivedMessage> = {}, by = own.sealingKey(), of = message): ArrivedMessage {
  const { topic, headers, value } = unpackRecord(writeLetter(of, 'defect', by, PUT_ASIDE));
  const place = { partition: 0, offset: '7', timestampMs: LAID_DOWN };
  return { ...place, topic, headers, value, ...over };
}

it('gives the message back as it came, from where it lay, with why and when it was put aside', () => {
  expect(openLetter(laidDown(), 'consent', own.sealKeys())).toEqual({
    ...{ offset: '7', refusal: 'defect', putAsideAtMs: LAID_DOWN },
    message,
  });
});

it('gives a message without a key, or without a header, back as it came', () => {
  const { key: _none, ...bare } = { ...message, headers: {} };
  expect(openLetter(laidDown({}, own.sealingKey(), bare), 'consent', own.sealKeys())?.message).toEqual(bare);
});

it('takes a letter’s headers from nobody but its writer', () => {
  const dressed = {
    ...message,
    headers: { ...message.headers, [letterHeader.refusal]: 'none', [letterHeader.key]: 'other' },
  };
  const opened = openLetter(laidDown({}, own.sealingKey(), dressed), 'consent', own.sealKeys());
  expect(opened?.message.headers).toEqual(message.headers);
  expect([opened?.refusal, opened?.message.key]).toEqual(['defect', 'k']);
});

describe('is no letter of this service', () => {
  const { headers, value } = laidDown();
  const changed = (name: string, text: string) => laidDown({ headers: { ...headers, [name]: text } });

  it.each<[string, ArrivedMessage]>([
    ['another consumer’s', laidDown({}, keys.keyringOf('gateway').sealingKey())],
    [
      'one under another’s key that names this one’s',
      laidDown({}, { ...keys.keyringOf('gateway').sealingKey(), kid: own.sealingKey().kid }),
    ],
    ['another reason', changed(letterHeader.refusal, 'deadline-passed')],
    ['another place', changed(letterHeader.origin, `${message.topic}/3/42`)],
    ['another time', changed(letterHeader.appended, String(message.timestampMs - 1))],
    ['another key', changed(letterHeader.key, 'other')],
    ['another seal of the message', changed('hie-seals', 'd.e.f')],
    ['a header more', changed('hie-token', 'x')],
    ['another value', laidDown({ value: Buffer.from('other') })],
    ['no seal', laidDown({ headers: { ...headers, [letterHeader.seal]: '' } })],
    ['no seal that can be read', changed(letterHeader.seal, 'x.y.z')],
    ['no origin', changed(letterHeader.origin, '')],
    ['what lies among the letters of another topic', laidDown({ topic: deadLetterTopic('audit.events.v1') })],
    ['the message itself', { ...message, topic: deadLetterTopic(message.topic) }],
  ])('%s', (_name, record) => {
    expect(openLetter(record, 'consent', own.sealKeys())).toBeUndefined();
  });

  it('what was laid down after its key had ended', () => {
    const { kid } = own.sealingKey();
    const ending = (untilMs: number): SealKeys =>
      new Map([...own.sealKeys()].map(([id, key]) => [id, id === kid ? { ...key, untilMs } : key]));
    expect(openLetter(laidDown({ value }), 'consent', ending(LAID_DOWN))).toBeDefined();
    expect(openLetter(laidDown({ value }), 'consent', ending(LAID_DOWN - 1))).toBeUndefined();
  });
});
