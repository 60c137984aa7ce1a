import type { AnyEventType, EventType } from '@hie/contracts';
import { EventPattern } from '@nestjs/microservices';

/**
 * How a service's instances share a topic.
 *
 * `queue`: each message goes to one instance. `broadcast`: to every instance, from where that instance left off.
 * `table`: to every instance from the topic's beginning at each start; the service is ready when it has caught up.
 */
export type DeliveryMode = 'queue' | 'broadcast' | 'table';

export interface ConsumeOptions {
  readonly delivery?: DeliveryMode;
  /**
   * How many messages may be handled at once beyond the batch just fetched. With 0 a batch is finished before the next is
   * fetched, which fills the batches; a handler that waits on others for seconds needs room instead.
   */
  readonly room?: number;
}

export interface Consumption {
  readonly type: AnyEventType;
  readonly delivery: DeliveryMode;
  readonly room: number;
}

/** Marks the method that handles a topic's messages: `@Consumes(patientIdentified)`, the method `onPatientIdentified`. */
export function Consumes<T>(type: EventType<T>, options: ConsumeOptions = {}): MethodDecorator {
  const consumption: Consumption = { type, delivery: options.delivery ?? 'queue', room: options.room ?? 0 };
  return EventPattern(type.topic, { consumption }) as MethodDecorator;
}
