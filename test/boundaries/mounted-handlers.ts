import 'reflect-metadata';

import { join } from 'node:path';

import type { ServiceName } from '@hie/contracts';
import type { Consumption } from '@hie/messaging';
import type { HandlerPolicy, PersonPolicy } from '@hie/purpose-of-use';
import { PUBLIC, SERVES } from '@hie/service-kit';
import { type DynamicModule, Logger, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { PATTERN_EXTRAS_METADATA, PATTERN_METADATA } from '@nestjs/microservices/constants.js';

import { checkout } from './workspace.js';

/** One method of a controller that a service has mounted, as `PurposeGuard` sees it. */
interface Mounted {
  readonly service: ServiceName;
  /** `Controller.method`. */
  readonly name: string;
  readonly policy: HandlerPolicy | undefined;
}

/** A route: `GET /fhir/metadata`. */
export interface Route extends Mounted {
  readonly route: string;
  readonly isPublic: boolean;
  /** Which people it serves; only the gateway's routes say. */
  readonly people: PersonPolicy | undefined;
}

/** A handler of a topic. */
export interface TopicHandler extends Mounted {
  readonly consumption: Consumption;
}

export interface MountedHandlers {
  readonly routes: readonly Route[];
  readonly topicHandlers: readonly TopicHandler[];
  readonly controllers: readonly Type[];
}

/** Enough of a configuration to put a module together; nothing is opened or connected. */
const config = {
  HIE_INSTANCE: '0',
  TLS_CA: join(checkout, 'package.json'),
  DATABASE_URL: 'postgresql://nobody@localhost/none',
  KAFKA_BROKERS: [],
  LOG_LEVEL: 'fatal',
};

/** Services that are more than one thing, by their settings. */
const otherRoles: Partial<Record<ServiceName, readonly object[]>> = { 'audit-ledger': [{ LEDGER_ROLE: 'replica' }] };

/** Puts a service's module together as its `main` does and lists every handler that it mounts, its libraries' ones included. */
export async function mountedHandlers(service: ServiceName): Promise<MountedHandlers> {
  // Several services in one process have several data sources of one name, about which TypeORM's module warns.
  Logger.overrideLogger(['error', 'fatal']);
  const found: Type[] = [];
  for (const role of [{}, ...(otherRoles[service] ?? [])]) {
    found.push(...(await controllersUnder(await rootModule(service, role), new Set())));
  }
  const controllers = [...new Set(found)];
  const methods = controllers.flatMap((controller) => methodsOf(service, controller));
  return {
    controllers,
    routes: methods.flatMap(({ route, ...rest }) => (route === undefined ? [] : [{ ...rest, route }])),
    topicHandlers: methods.flatMap(({ consumption, ...rest }) =>
      consumption === undefined ? [] : [{ ...rest, consumption }],
    ),
  };
}

/** `apps/<service>/src/<service>.module.ts` exports `<Service>Module` with `forRoot`. */
async function rootModule(service: ServiceName, role: object): Promise<DynamicModule> {
  const file = join(checkout, 'apps', service, 'src', `${service}.module.ts`);
  const exported = (await import(file)) as Record<string, { forRoot(config: unknown): DynamicModule } | undefined>;
  const name = `${service.replaceAll(/(^|-)(.)/g, (_all, _dash, letter: string) => letter.toUpperCase())}Module`;
  const root = exported[name];
  if (root === undefined) throw new RangeError(`${file} exports no ${name}.`);
  return root.forRoot({ ...config, ...role });
}

type Importable = Type | DynamicModule | Promise<DynamicModule> | { readonly forwardRef: () => Type };

async function controllersUnder(imported: Importable, seen: Set<unknown>): Promise<Type[]> {
  const module = await imported;
  if ('forwardRef' in module) return controllersUnder(module.forwardRef(), seen);
  const [type, dynamic] = 'module' in module ? [module.module, module] : [module, undefined];
  if (seen.has(module)) return [];
  seen.add(module);
  const declared = <T>(key: 'imports' | 'controllers'): T[] => [
    ...((Reflect.getMetadata(key, type) as T[] | undefined) ?? []),
    ...((dynamic?.[key] as T[] | undefined) ?? []),
  ];
  const below: Type[][] = [];
  for (const next of declared<Importable>('imports')) below.push(await controllersUnder(next, seen));
  return [...new Set([...declared<Type>('controllers'), ...below.flat()])];
}

function methodsOf(service: ServiceName, controller: Type) {
  const prefix = Reflect.getMetadata(PATH_METADATA, controller) as string;
  const prototype = controller.prototype as Record<string, object>;
  return Object.getOwnPropertyNames(prototype).flatMap((method) => {
    const handler = Object.getOwnPropertyDescriptor(prototype, method)?.value as object | undefined;
    if (typeof handler !== 'function') return [];
    const own = <T>(key: string | symbol): T | undefined => Reflect.getMetadata(key, handler) as T | undefined;
    // As Nest's Reflector does: the method's word before the class's.
    const either = <T>(key: symbol): T | undefined => own<T>(key) ?? (Reflect.getMetadata(key, controller) as T);
    const verb = own<RequestMethod>(METHOD_METADATA);
    const path = [prefix, own<string>(PATH_METADATA) ?? '']
      .join('/')
      .replace(/^\/*/, '/')
      .replace(/(.)\/+$/, '$1');
    return [
      {
        service,
        name: `${controller.name}.${method}`,
        policy: either<HandlerPolicy>(SERVES),
        isPublic: either<boolean>(PUBLIC) === true,
        people: symbolNamed('people policy', handler) ?? symbolNamed('people policy', controller),
        route: verb === undefined ? undefined : `${RequestMethod[verb]} ${path.replaceAll(/\/+/g, '/')}`,
        consumption:
          own(PATTERN_METADATA) === undefined
            ? undefined
            : own<{ consumption: Consumption }>(PATTERN_EXTRAS_METADATA)?.consumption,
      },
    ];
  });
}

/** Metadata of a service's own decorator: its symbol is the service's, and known here by its description. */
function symbolNamed(description: string, target: object): PersonPolicy | undefined {
  const key = Reflect.getMetadataKeys(target).find(
    (each: unknown) => typeof each === 'symbol' && each.description === description,
  ) as symbol | undefined;
  return key === undefined ? undefined : (Reflect.getMetadata(key, target) as PersonPolicy);
}
