import { Injectable } from '@nestjs/common';

/** Whether a part of a service has what it needs to serve; named, so that a waiting operator sees what is missing. */
export type ReadinessCheck = () => boolean | Promise<boolean>;

/** Parts tell here what must be true before the service is sent any work. */
@Injectable()
export class ReadinessRegistry {
  private readonly checks = new Map<string, ReadinessCheck>();

  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  async missing(): Promise<readonly string[]> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => ((await check().valueOf()) ? undefined : name)),
    );
    return results.filter((name) => name !== undefined);
  }
}
