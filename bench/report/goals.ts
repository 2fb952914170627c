import { type Scenario, scenarios, zitadel } from '#bench/load/scenarios.ts';
import type { StoreName } from '#bench/stores/store-names.ts';

/** A dialect's rate over ZITADEL's: by the name of its scenario. */
export type DialectMeasure = `over zitadel: ${string}`;

export type Measure =
  | DialectMeasure
  | 'rate'
  | 'read'
  | 'connect'
  | 'grpc'
  | 'p99'
  | 'list'
  | 'contains'
  | 'growth'
  | 'passwords'
  | 'memory'
  | 'start'
  | 'seed';

/** What one measure came to with one store, round by round. */
export interface Figure {
  readonly measure: Measure;
  readonly store: StoreName;
  readonly values: readonly number[];
  /** What a bare Fastify server came to in the same rounds, where that tells how much of it is the machine's. */
  readonly bare?: readonly number[];
}

export interface Goal {
  readonly measure: Measure;
  readonly store: StoreName;
  /** What is measured, for people to read. */
  readonly says: string;
  /** Absent for a ratio. */
  readonly unit?: 'ms' | 'MB' | 's' | 'users/s';
  readonly atLeast?: number;
  readonly atMost?: number;
}

const bothStores = (goal: Omit<Goal, 'store'>): Goal[] => [
  { ...goal, store: 'embedded' },
  { ...goal, store: 'postgres' },
];

/** The measure that the goals on rates are about. */
const overBare = 'ZITADEL updates/s over bare Fastify PUTs/s, 256 connections';

export const goals: readonly Goal[] = [
  { measure: 'rate', store: 'embedded', says: overBare, atLeast: 0.8 },
  { measure: 'rate', store: 'postgres', says: overBare, atLeast: 0.55 },
  ...scenarios
    .filter((scenario) => scenario !== zitadel)
    .flatMap((scenario) =>
      bothStores({
        measure: dialectMeasure(scenario),
        says: `${scenario.name} updates/s over ZITADEL's, 256 connections`,
        atLeast: 0.7,
      }),
    ),
  ...bothStores({
    measure: 'read',
    says: 'ZITADEL GetUserByID/s over bare Fastify GETs/s with the same answer, 256 connections',
    atLeast: 0.85,
  }),
  ...bothStores({
    measure: 'connect',
    says: 'ZITADEL UpdateHumanUser/s by Connect in JSON over REST, 64 callers',
    atLeast: 0.6,
  }),
  ...bothStores({ measure: 'grpc', says: 'ZITADEL UpdateHumanUser/s by gRPC over REST, 64 callers', atLeast: 0.6 }),
  ...bothStores({ measure: 'p99', says: 'p99 at half of the highest rate', unit: 'ms', atMost: 20 }),
  ...bothStores({
    measure: 'list',
    says: 'p99 of ZITADEL ListUsers by a mail address, while updates go on',
    unit: 'ms',
    atMost: 5,
  }),
  ...bothStores({
    measure: 'contains',
    says: 'p99 of ZITADEL ListUsers by a piece of a mail address, while updates go on',
    unit: 'ms',
    atMost: 50,
  }),
  ...bothStores({ measure: 'growth', says: 'updates/s with many users stored, over with 10,000', atLeast: 0.9 }),
  ...bothStores({
    measure: 'passwords',
    says: 'updates/s while passwords are changed as fast as they are hashed, over without',
    atLeast: 0.7,
  }),
  ...bothStores({ measure: 'memory', says: 'most memory (RSS) of the server under load', unit: 'MB', atMost: 250 }),
  ...bothStores({ measure: 'start', says: 'from `muster serve` to the first answer', unit: 's', atMost: 1 }),
  { measure: 'seed', store: 'embedded', says: 'users/s of `muster seed`', unit: 'users/s', atLeast: 30_000 },
  { measure: 'seed', store: 'postgres', says: 'users/s of `muster seed`', unit: 'users/s', atLeast: 20_000 },
];

export function dialectMeasure({ name }: Scenario): DialectMeasure {
  return `over zitadel: ${name}`;
}

export function isMet({ atLeast = -Infinity, atMost = Infinity }: Goal, value: number): boolean {
  return value >= atLeast && value <= atMost;
}
