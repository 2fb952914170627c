import { AggregatorRegistry, collectDefaultMetrics, type Metric as LibraryMetric, Registry } from 'prom-client';
import type { Figures, Metric } from './metrics.ts';

/** Everything in Prometheus's text format, the process's own figures included. */
export async function textOf(metrics: readonly Metric[]): Promise<string> {
  return `${await registryOf(metrics).metrics()}\n${await processFigures().metrics()}`;
}

/** The same as plain data. */
export async function figuresOf(metrics: readonly Metric[]): Promise<Figures> {
  const each = [registryOf(metrics), processFigures()].map((registry) => registry.getMetricsAsJSON());
  return (await Promise.all(each)).flat();
}

/** What several processes count, as one text: sums as a rule, and of what cannot be summed what prom-client makes of it. */
export async function mergedTextOf(ofEach: readonly Figures[]): Promise<string> {
  return await AggregatorRegistry.aggregate(ofEach as object[][]).metrics();
}

function registryOf(metrics: readonly Metric[]): Registry {
  const registry = new Registry();
  for (const metric of metrics) registry.registerMetric(metric as unknown as LibraryMetric);
  return registry;
}

let ofProcess: Registry | undefined;

/** One for the process, as it observes the event loop and the garbage collector from the first time it is asked for. */
function processFigures(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
