import { type ForwardedRequest, Refusal, Serves, claimsOf } from '@hie/service-kit';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { z } from 'zod';

import { isOwn } from '../follow-merges/person-standings.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
import { LoggedTrail } from '../read-entries/logged-trail.js';
import { LegalHolds } from './legal-holds.js';
import { PatientEraser } from './patient-eraser.js';

const requestSchema = z
  .object({
    /** The gateway has turned the handle into the person's id; that of an invented handle has no version bits. */
    patient: z.guid(),
    matter: z.string().regex(/^[A-Za-z0-9._/-]{1,64}$/),
  })
  .strict();
const holdId = z.uuid();

const erases = { purposes: ['HCOMPL'], scopes: ['exchange/ledger.erase'] } as const;

/** What is done with a patient's key: destroyed on request, held against that, handed out to the patient. */
@Controller('ledger')
export class ErasePatientController {
  constructor(
    private readonly eraser: PatientEraser,
    private readonly holds: LegalHolds,
    private readonly keys: PatientKeys,
    private readonly trail: LoggedTrail,
  ) {}

  @Post('erasures')
  @HttpCode(201)
  @Serves(erases)
  erase(@Body() body: unknown, @Req() request: ForwardedRequest) {
    const { patient, matter } = read(requestSchema, body);
    return this.eraser.erase(patient, matter, claimsOf(request));
  }

  @Post('holds')
  @HttpCode(201)
  @Serves(erases)
  place(@Body() body: unknown, @Req() request: ForwardedRequest) {
    const { patient, matter } = read(requestSchema, body);
    return this.holds.place(patient, matter, claimsOf(request));
  }

  /**
   * The patient's key, for the patient: whoever has it reads everything about the patient in the public log, for ever. Where persons were
   * merged into one, the others' too.
   */
  @Post('patient-keys')
  @HttpCode(200)
  @Serves({ purposes: ['HCOMPL'], scopes: ['exchange/ledger.disclose'] })
  async handOut(@Body() body: unknown, @Req() request: ForwardedRequest) {
    const { patient, matter } = read(requestSchema, body);
    const keyIds = (await this.keys.keysOf(patient)).filter(isOwn).map(({ keyId }) => keyId);
    if (keyIds.length === 0) throw new Refusal('patient-not-in-ledger', 404);
    const details = { matter };
    const facts = { action: 'patient-key.handed-out', outcome: 'success', personId: patient, details } as const;
    await this.trail.record(facts, { claims: claimsOf(request) });
    const opened = await this.keys.open(keyIds);
    const [own, ...others] = keyIds.flatMap((patientKey) => {
      const key = opened.get(patientKey);
      return key === undefined ? [] : [{ patientKey, key: key.export().toString('base64url') }];
    });
    // Erased while it was being handed out.
    if (own === undefined) throw new Refusal('patient-not-in-ledger', 404);
    return { ...own, others };
  }

  @Get('holds')
  @Serves(erases)
  async list(@Req() request: ForwardedRequest) {
    const open = await this.holds.open();
    const details = { entries: open.length, criteria: ['hold'] };
    await this.trail.record({ action: 'ledger.searched', outcome: 'success', details }, { claims: claimsOf(request) });
    return {
      holds: open.map(({ holdId: id, keyId, matter, placedAt }) => ({
        holdId: id,
        patientKey: keyId,
        matter,
        placedAt,
      })),
    };
  }

  @Delete('holds/:id')
  @HttpCode(204)
  @Serves(erases)
  lift(@Param('id') id: string, @Req() request: ForwardedRequest): Promise<void> {
    if (!holdId.safeParse(id).success) throw new Refusal('hold-not-found', 404);
    return this.holds.lift(id, claimsOf(request));
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new Refusal('invalid-parameter', 400);
  return parsed.data;
}
