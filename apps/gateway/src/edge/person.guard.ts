import { type PersonPolicy, checkPerson } from '@hie/purpose-of-use';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import type { CallerRequest } from './caller.js';
import { FOR_PEOPLE } from './for-people.js';

/** Asks of every person, at every route, how and when they signed in and what they are. Systems pass: they have keys, and no roles. */
@Injectable()
export class PersonGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const person = context.switchToHttp().getRequest<CallerRequest>().caller?.person;
    if (person === undefined) return true;
    const targets = [context.getHandler(), context.getClass()];
    const policy = this.reflector.getAllAndOverride<PersonPolicy | undefined>(FOR_PEOPLE, targets);
    checkPerson(policy, person, Date.now());
    return true;
  }
}
