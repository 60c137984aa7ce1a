// An authenticator in software: WebAuthn Level 3, sections 6.1 (authenticator data) and 6.5 (attestation objects); CBOR by RFC 8949.
import { type KeyObject, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** What an authenticator is asked to do, and how it is to misbehave. */
export interface CeremonyOptions {
  /** base64url, as the options say it. */
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
  /** Whether the person was verified (PIN, finger, face); yes unless said. */
  readonly userVerified?: boolean;
  /** What the counter says, instead of one more than the last time. */
  readonly counter?: number;
}

/** A passkey that a test holds in its hands, in the JSON form that browsers post. */
export class SoftwareAuthenticator {
  readonly credentialId = randomBytes(32);
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private counter = 0;

  /** `PublicKeyCredential.toJSON()` of a registration. */
  create(options: CeremonyOptions): object {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.credentialId.length);
    const attested = [Buffer.alloc(16), length, this.credentialId, coseKey(this.keys.publicKey)];
    const authData = Buffer.concat([this.authenticatorData(options, ATTESTED), ...attested]);
    const attestationObject = cborMap([
      [cborText('fmt'), cborText('none')],
      [cborText('attStmt'), cborMap([])],
      [cborText('authData'), cborBytes(authData)],
    ]);
    return this.credential({
      clientDataJSON: clientData('webauthn.create', options).toString('base64url'),
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal'],
    });
  }

  /** `PublicKeyCredential.toJSON()` of a sign-in. */
  get(options: CeremonyOptions): object {
    const authData = this.authenticatorData(options, 0);
    const client = clientData('webauthn.get', options);
    const signed = Buffer.concat([authData, createHash('sha256').update(client).digest()]);
    return this.credential({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: sign('sha256', signed, this.keys.privateKey).toString('base64url'),
    });
  }

  private authenticatorData({ rpId, userVerified = true, counter }: CeremonyOptions, flags: number): Buffer {
    this.counter = counter ?? this.counter + 1;
    const head = Buffer.alloc(5);
    head.writeUInt8(PRESENT | (userVerified ? VERIFIED : 0) | flags, 0);
    head.writeUInt32BE(this.counter, 1);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), head]);
  }

  private credential(response: object): object {
    const id = this.credentialId.toString('base64url');
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
  }
}

const [PRESENT, VERIFIED, ATTESTED] = [0x01, 0x04, 0x40];

const clientData = (type: string, { challenge, origin }: CeremonyOptions): Buffer =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

/** ES256 on P-256 (RFC 9053). */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return cborMap([
    [cborInt(1), cborInt(2)],
    [cborInt(3), cborInt(-7)],
    [cborInt(-1), cborInt(1)],
    [cborInt(-2), cborBytes(Buffer.from(x, 'base64url'))],
    [cborInt(-3), cborBytes(Buffer.from(y, 'base64url'))],
  ]);
}

function cborHead(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 0xff]);
}

const cborInt = (value: number): Buffer => (value < 0 ? cborHead(1, -1 - value) : cborHead(0, value));
const cborBytes = (bytes: Buffer): Buffer => Buffer.concat([cborHead(2, bytes.length), bytes]);
const cborText = (text: string): Buffer => Buffer.concat([cborHead(3, text.length), Buffer.from(text)]);
const cborMap = (entries: readonly (readonly [Buffer, Buffer])[]): Buffer =>
  Buffer.concat([cborHead(5, entries.length), ...entries.flat()]);
