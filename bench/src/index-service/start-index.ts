import { type IndexService, type IndexServiceOptions, startIndexService } from '@hie/local-exchange';

import { GatewayStandIn } from './gateway-stand-in.js';

/** The patient index and somebody who speaks to it as the gateway. */
export interface AskedIndex extends IndexService {
  readonly gateway: GatewayStandIn;
}

/** As `startIndexService`, with a stand-in for the gateway that has joined. */
export async function startIndex(options: IndexServiceOptions): Promise<AskedIndex> {
  const service = await startIndexService(options);
  const { infrastructure } = options;
  const gateway = new GatewayStandIn({ infrastructure, trust: service.ground.trust, leaf: service.gatewayLeaf });
  const stop = async (): Promise<void> => {
    await gateway.stop();
    await service.stop();
  };
  try {
    await gateway.start();
    return { ...service, gateway, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
