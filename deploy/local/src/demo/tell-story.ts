import type { TellStory } from '../exchange-seam.js';
export const tellStory: TellStory = async (exchange, { print }) => {
  print(JSON.stringify(exchange.description.gateway));
  return {};
};
