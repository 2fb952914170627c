import fc from 'fast-check';
import type { Probe, Samples } from '#dialects/probe.ts';
import { probes } from '#test/probes.ts';
import type { Wish } from './model.ts';
import type { Name } from './names.ts';
import { isLive, type Person, probeOf, type World, wishForAlias } from './world.ts';

/** What steps do, the simplest first, and how often. */
const weights = { update: 8, create: 2, state: 9, call: 2, echo: 3, rename: 3, alias: 2, wrong: 3, delete: 1 } as const;
type Kind = keyof typeof weights;

/** One step of a run. Numbers choose from whatever there is to choose from, counted around. */
export interface Step {
  readonly kind: Kind;
  readonly who: number;
  readonly through: number;
  readonly which: number;
  readonly wishes: readonly Choice[];
}

interface Choice {
  readonly member: number;
  readonly sample: number;
  readonly verified: boolean;
}

const any = fc.nat(59);
const kinds = Object.entries(weights).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind as Kind) }));

/** Runs of up to 40 steps. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.oneof(...kinds),
    who: fc.nat(5),
    through: any,
    which: any,
    wishes: fc.array(fc.record({ member: any, sample: any, verified: fc.boolean() }), { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
);

const maxLive = 3;

type Take = (person: Person, dialect: string, step: Step, world: World) => Promise<void>;

/** The dialects that have what a step needs, and how it is taken. */
const takes: Readonly<Record<Exclude<Kind, 'create'>, { needs?: (probe: Probe) => boolean; take: Take }>> = {
  update: {
    take: (person, dialect, step, world) => world.update(person, dialect, wishesOf(step, dialect)),
  },
  rename: {
    take: (person, dialect, step, world) => {
      const wishes = [world.wishFor(nameFor(step, dialect, world), dialect), ...wishesOf(step, dialect)];
      return world.update(person, dialect, wishes);
    },
  },
  alias: {
    needs: ({ writesLoginNames }) => writesLoginNames === true,
    take: (person, dialect, step, world) => {
      const other = chosen([...probes.keys()], step.who);
      const name = step.which % 3 === 0 ? null : nameFor(step, other, world);
      return world.update(person, dialect, [wishForAlias(name, other)]);
    },
  },
  wrong: {
    take: (person, dialect, step, world) => {
      const refused = chosen(probeOf(dialect).refuses, step.which);
      return world.update(person, dialect, wishesOf(step, dialect), refused);
    },
  },
  state: {
    needs: ({ states }) => Object.keys(states).length > 0,
    take: (person, dialect, { which }, world) =>
      world.state(person, dialect, chosen(Object.keys(probeOf(dialect).states), which)),
  },
  delete: {
    needs: (probe) => probe.delete !== undefined,
    take: (person, dialect, _step, world) => world.delete(person, dialect),
  },
  echo: { take: (person, dialect, _step, world) => world.echo(person, dialect) },
  call: { take: (person, dialect, _step, world) => world.callsAsItself(person, dialect) },
};

/** Takes one step. A step about nobody creates somebody; where enough live, creating takes a name that is taken. */
export async function take(step: Step, world: World): Promise<void> {
  const live = world.people.filter(isLive);
  const person = world.people.length === 0 ? undefined : chosen(world.people, step.who);
  if (person === undefined || (step.kind === 'create' && live.length < maxLive)) return await create(step, world);
  const { needs, take: run } = takes[step.kind === 'create' ? 'rename' : step.kind];
  await run(person, dialectThat(needs, step), step, world);
}

async function create(step: Step, world: World): Promise<void> {
  const dialect = dialectThat((probe) => probe.create !== undefined, step);
  const { creates = {}, needs = [] } = probeOf(dialect);
  const given = wishesOf(step, dialect, creates).filter(({ sample }) => sample.sent !== null);
  const missing = needs.filter((member) => given.every((wish) => wish.member !== member));
  const needed = missing.map((member) => ({ member, sample: chosen(creates[member] ?? [], step.which) }));
  await world.create(dialect, nameFor(step, dialect, world), [...given, ...needed]);
}

function dialectThat(needs: ((probe: Probe) => boolean) | undefined, { through }: Step): string {
  const able = [...probes].filter(([, probe]) => needs?.(probe) ?? true);
  const [dialect] = chosen(able, through);
  return dialect;
}

/** A name that the dialect takes; somebody else may have it. */
function nameFor({ which }: Step, dialect: string, { names }: World): Name {
  const { usernames } = probeOf(dialect);
  return chosen(
    names.filter(({ sent }) => usernames?.test(sent) ?? true),
    which,
  );
}

/** Each member once. */
function wishesOf({ wishes }: Step, dialect: string, samples: Samples = probeOf(dialect).writes): Wish[] {
  const { verifies } = probeOf(dialect);
  // Contacts have the most rules, so they come up twice as often.
  const members = Object.entries(samples).flatMap((entry) => (isContact(entry[0]) ? [entry, entry] : [entry]));
  const found = wishes.map((choice) => {
    const [member, values] = chosen(members, choice.member);
    const sample = chosen(values, choice.sample);
    const verified = choice.verified && verifies === true && isContact(member) && sample.sent !== null;
    return [member, { member, sample, verified }] as const;
  });
  return [...new Map(found).values()];
}

function isContact(member: string): boolean {
  return member === 'email' || member === 'phone';
}

function chosen<Item>(items: readonly Item[], number: number): Item {
  const item = items[number % items.length];
  if (item === undefined) throw new Error('There is nothing to choose from.');
  return item;
}
