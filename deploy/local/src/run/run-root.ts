import { join, resolve } from 'node:path';

import { checkout } from '../../setup/cache.mjs';

/**
 * Where runs keep their state: the folder that `HIE_RUN` names, else `.run` in the checkout. Two exchanges of one
 * checkout that are left up have one each.
 */
export const runRoot = (): string => resolve(process.env['HIE_RUN'] || join(checkout, '.run'));
