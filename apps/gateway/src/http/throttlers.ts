import { Injectable } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';

import type { CallerRequest } from '../edge/caller.js';

/** Before anybody is known: by the real peer's address, so that guessing tokens is slow. */
@Injectable()
export class AddressThrottler extends ThrottlerGuard {
  protected override getTracker(request: CallerRequest): Promise<string> {
    return Promise.resolve(`address ${request.raw.socket.remoteAddress ?? ''}`);
  }

  /** An address may carry a whole hospital. */
  protected override shouldSkip(context: Parameters<ThrottlerGuard['canActivate']>[0]): Promise<boolean> {
    return Promise.resolve(context.getType() !== 'http');
  }
}

/** Once the edge knows who asks: by client, so that one client's flood is its own. */
@Injectable()
export class ClientThrottler extends ThrottlerGuard {
  protected override getTracker({ caller }: CallerRequest): Promise<string> {
    return Promise.resolve(`client ${caller?.clientId ?? ''}`);
  }

  protected override shouldSkip(context: Parameters<ThrottlerGuard['canActivate']>[0]): Promise<boolean> {
    if (context.getType() !== 'http') return Promise.resolve(true);
    return Promise.resolve(context.switchToHttp().getRequest<CallerRequest>().caller === undefined);
  }
}
