import {
  type Candidate,
  type Demographics,
  type Identity,
  type PatientIdentified,
  type Query,
  type QueryRequested,
  patientIdentified,
  querySchema,
} from '@hie/contracts';
import { type HopResult, effect, emission } from '@hie/messaging';
import { MemberDirectory } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { IndexFreshness } from '../follow-writer/index-freshness.js';
import { IdentityIndex, type PersonSearch } from '../identity-store/identity-index.js';
import { SourceRecordRepository } from '../identity-store/source-record.repository.js';
import { matchRecordOf } from '../identity-store/stored-record.js';
import { StandingDecisions } from '../identity-store/standing-decisions.js';
import { noteNamed } from '../merge-persons/named-persons.js';
import { decideIdentity, gradeOf } from './decide-identity.js';

interface Finding {
  readonly identity: Identity;
  readonly candidates: readonly Candidate[];
  /** From whose records they are shown. */
  readonly members?: readonly string[];
}

const nobody: Finding = { identity: { outcome: 'none' }, candidates: [] };
const unclear: Finding = { identity: { outcome: 'ambiguous' }, candidates: [] };

/** Finds out who a query is about. The decision is `decideIdentity`; this class fetches what it needs and announces it. */
@Injectable()
export class IdentifyPatientHandler {
  constructor(
    private readonly index: IdentityIndex,
    private readonly records: SourceRecordRepository,
    private readonly directory: MemberDirectory,
    private readonly freshness: IndexFreshness,
    private readonly decisions: StandingDecisions,
  ) {}

  /** @throws IndexBehindError instead of answering from an index that is too old */
  async handle(body: QueryRequested): Promise<HopResult> {
    await this.freshness.ensure();
    // Before anything is looked up: what moves meanwhile counts as having moved afterwards.
    const identityEpoch = this.decisions.epoch;
    const finding = await this.find(querySchema.parse(JSON.parse(body.query)));
    const { identity } = finding;
    const { members } = finding;
    const announced: PatientIdentified = {
      ...{ ...body, identity, candidates: [...finding.candidates], identityEpoch },
      ...(members === undefined ? {} : { members: [...members] }),
    };
    const isCertain = identity.outcome === 'certain';
    const named = new Set(finding.candidates.map(({ personId }) => personId));
    if (isCertain) named.add(identity.personId);
    const { txn } = body;
    return {
      ...(named.size === 0 ? {} : { effect: effect(noteNamed, { txn, personIds: [...named] }) }),
      emit: [emission(patientIdentified, announced, { decision: identity.outcome })],
      audit: [
        {
          action: 'patient.identified',
          outcome: isCertain ? 'success' : 'empty',
          reason: identity.outcome,
          details: {
            modelVersion: this.index.modelVersion,
            candidates: finding.candidates.length,
            ...(isCertain && identity.probability !== undefined ? { probability: identity.probability } : {}),
          },
          ...(isCertain ? { personId: identity.personId } : {}),
        },
      ],
    };
  }

  private async find(query: Query): Promise<Finding> {
    const { personId, demographics } = query.patient;
    if (personId !== undefined) return this.byPersonId(personId);
    if (demographics === undefined) return nobody;
    const isOwn = ({ system }: { readonly system: string }) => this.isOwn(system, query);
    const search = this.index.search(matchRecordOf(demographics, isOwn));
    if (query.operation === 'match') return this.candidatesOf(query, search);
    const known = await this.byLocalIdentifier(query);
    if (known === undefined) return this.bySearch(search);
    // A local number that leads to somebody these demographics don't fit may have been mistyped.
    const fits = demographics.family.length === 0 || search.matches.some((match) => isPlausible(match, known));
    return fits ? this.byPersonId(known) : unclear;
  }

  private byPersonId(id: string): Finding {
    const resolved = this.index.resolve(id);
    if (resolved === undefined) return nobody;
    const { personId, formerPersonIds, formerRecordIds } = resolved;
    const withoutRecords = formerRecordIds.length === 0 ? {} : { formerRecordIds: [...formerRecordIds] };
    const identity: Identity = {
      outcome: 'certain',
      personId,
      formerPersonIds: [...formerPersonIds],
      ...withoutRecords,
    };
    return { identity, candidates: [] };
  }

  private bySearch(search: PersonSearch): Finding {
    const decision = decideIdentity(search);
    if (decision.outcome !== 'certain') return { identity: decision, candidates: [] };
    const { personId, probability } = decision.match;
    const found = this.byPersonId(personId);
    if (found.identity.outcome !== 'certain') return nobody;
    return { ...found, identity: { ...found.identity, probability, modelVersion: this.index.modelVersion } };
  }

  /** The requester's own number for the patient, where it has fed the record. */
  private async byLocalIdentifier(query: Query): Promise<string | undefined> {
    const { patient, requester } = query;
    const own = (patient.demographics?.identifiers ?? []).filter(({ system }) => this.isOwn(system, query));
    const found = await this.records.ownersByIdentifiers(requester.memberId, own);
    const people = new Set(found.map(({ recordId, personId }) => this.index.personOf(recordId) ?? personId));
    const [only, ...others] = people;
    return others.length === 0 ? only : undefined;
  }

  /** Whether the requester assigns identifiers under this system. */
  private isOwn(system: string, { requester }: Query): boolean {
    return this.directory.ownerOf(system) === requester.memberId;
  }

  private async candidatesOf({ match }: Query, search: PersonSearch): Promise<Finding> {
    const { identity } = this.bySearch(search);
    const certain = identity.outcome === 'certain' ? identity.personId : undefined;
    const offered = search.matches
      .filter(({ verdict, personId }) => (match?.onlyCertain === true ? personId === certain : verdict !== 'apart'))
      .slice(0, match?.count ?? 1);
    const best = await this.records.findByIds(offered.flatMap(({ recordIds }) => recordIds.slice(0, 1)));
    const byRecord = new Map(best.map(({ entity, content }) => [entity.recordId, content.demographics]));
    const candidates = offered.map((person): Candidate => {
      const demographics = byRecord.get(person.recordIds[0] ?? '');
      return {
        personId: person.personId,
        probability: person.probability,
        grade: gradeOf(person, person.personId === certain),
        ...(demographics === undefined ? {} : { demographics: shownOf(demographics) }),
      };
    });
    return { identity, candidates, members: [...new Set(best.map(({ entity }) => entity.memberId))] };
  }
}

const isPlausible = (match: PersonSearch['matches'][number], personId: string): boolean =>
  match.personId === personId && match.verdict !== 'apart';

/** What of a record `$match` may tell anybody; the door may tell less. Contacts, addresses and numbers stay where they are. */
const shownOf = ({ given, family, birthDate, sex }: Demographics): Demographics => ({
  given,
  family: family.slice(0, 1),
  furtherNames: [],
  phones: [],
  emails: [],
  addresses: [],
  identifiers: [],
  ...(birthDate === undefined ? {} : { birthDate }),
  ...(sex === undefined ? {} : { sex }),
});
