import type { AuditTally } from '@hie/contracts';
import type { Statement } from '@hie/persistence';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

/** A service that jumps further ahead than this misses more than anybody would list. */
const MISSING_LISTED = 100;

/** Notes what a service says that it told, of it only what the log has not got, and which tallies were to come before this one. */
export function noteTallies(tallies: readonly AuditTally[]): readonly Statement[] {
  return tallies.flatMap(({ service, number, eventIds }) => [
    {
      name: 'await-events',
      text: `
        insert into awaited_event (event_id, service)
        select told.id, $2 from unnest($1::uuid[]) as told(id)
        where not exists (select from entry where entry.event_id = told.id) on conflict do nothing`,
      values: [eventIds, service],
    },
    {
      name: 'await-tallies',
      text: `
        insert into awaited_tally (service, number)
        select t.service, missing from tallied_service t,
          generate_series(t.number + 1, least($2::bigint - 1, t.number + ${MISSING_LISTED})) as missing
        where t.service = $1 on conflict do nothing`,
      values: [service, number],
    },
    {
      name: 'tally-came',
      text: 'delete from awaited_tally where service = $1 and number = $2',
      values: [service, number],
    },
    {
      name: 'note-tally',
      text: `
        insert into tallied_service as t (service, number) values ($1, $2)
        on conflict (service) do update set number = greatest(t.number, excluded.number), heard_at = now(), alerted = false`,
      values: [service, number],
    },
  ]);
}

/** What has not come, and since when somebody should have been told. */
export interface Awaited {
  readonly events: readonly { readonly eventId: string; readonly service: string }[];
  readonly tallies: readonly { readonly number: number; readonly service: string }[];
  readonly services: readonly { readonly service: string; readonly heardAt: Date }[];
}

/** What services say that they told and the log has not got. */
@Injectable()
export class TallyStore {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /** Events that came after their tally are awaited no more. */
  async settle(): Promise<void> {
    await this.pool.query('delete from awaited_event a using entry e where e.event_id = a.event_id');
  }

  /** What has been awaited for longer than this, and of which nobody was told. @param most of each kind. */
  async overdue(
    { eventMs, serviceMs }: { readonly eventMs: number; readonly serviceMs: number },
    most: number,
  ): Promise<Awaited> {
    const since = (ms: number) => [ms / 1_000, most];
    const [events, tallies, services] = await Promise.all([
      this.pool.query<{ event_id: string; service: string }>(
        `select event_id, service from awaited_event
         where not alerted and told_at < now() - make_interval(secs => $1) order by told_at limit $2`,
        since(eventMs),
      ),
      this.pool.query<{ number: string; service: string }>(
        `select number, service from awaited_tally
         where not alerted and noticed_at < now() - make_interval(secs => $1) order by number limit $2`,
        since(eventMs),
      ),
      this.pool.query<{ service: string; heard_at: Date }>(
        `select service, heard_at from tallied_service
         where not alerted and heard_at < now() - make_interval(secs => $1) limit $2`,
        since(serviceMs),
      ),
    ]);
    return {
      events: events.rows.map(({ event_id, service }) => ({ eventId: event_id, service })),
      tallies: tallies.rows.map(({ number, service }) => ({ number: Number(number), service })),
      services: services.rows.map(({ heard_at, service }) => ({ heardAt: heard_at, service })),
    };
  }

  async alertedOfEvent(eventId: string): Promise<void> {
    await this.pool.query('update awaited_event set alerted = true where event_id = $1', [eventId]);
  }

  async alertedOfTally(service: string, number: number): Promise<void> {
    await this.pool.query('update awaited_tally set alerted = true where service = $1 and number = $2', [
      service,
      number,
    ]);
  }

  async alertedOfService(service: string): Promise<void> {
    await this.pool.query('update tallied_service set alerted = true where service = $1', [service]);
  }
}
