import { type PersonPolicy, checkPerson } from '@hie/purpose-of-use';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import type { CallerRequest } from './caller.js';
import { FOR_PEOPLE } from './for-people.js';

/**
 * Asks of every person, at every route, how and when they signed in and what they are. Systems, which have keys and no roles, pass where
 * people are not served alone.
 */
@Injectable()
export class PersonGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const { caller } = context.switchToHttp().getRequest<CallerRequest>();
    // A public route: nobody was asked who they are.
    if (caller === undefined) return true;
    const targets = [context.getHandler(), context.getClass()];
    const policy = this.reflector.getAllAndOverride<PersonPolicy | undefined>(FOR_PEOPLE, targets);
    checkPerson(policy, caller.person, Date.now());
    return true;
  }
}
