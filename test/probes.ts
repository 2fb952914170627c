import { dialects } from '#dialects/index.ts';
import type { Probe } from '#dialects/probe.ts';

/** Every dialect's probe, by the dialect's name: whoever adds a dialect is tested with the others. */
export const probes: ReadonlyMap<string, Probe> = new Map(
  await Promise.all(
    dialects.map(async ({ name }) => {
      const { probe } = (await import(`#dialects/${name}/probe.ts`)) as { probe: Probe };
      return [name, probe] as const;
    }),
  ),
);
