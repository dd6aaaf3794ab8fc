/** Metrics that are read when somebody asks for them, instead of being counted. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** Values by the one label that they have. */
export type ByLabel = Readonly<Record<string, number>>;

/** Adds what goes up and down. */
export function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

/** Adds what only goes up. */
export function total(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

/** What both kinds of metric can do. */
interface Cleared {
  reset(): void;
  inc(labels: Record<string, string>, value: number): void;
}

type Metric = new (configuration: {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
  readonly collect: (this: Cleared) => void;
}) => unknown;

type Add = (registry: Registry, name: string, help: string, label: string, read: () => ByLabel) => void;

function labelled(Of: Metric): Add {
  return (registry, name, help, label, read) => {
    new Of({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, number] of Object.entries(read())) this.inc({ [label]: value }, number);
      },
    });
  };
}

/** Adds what goes up and down, by a label. */
export const gauges = labelled(Gauge);

/** Adds what only goes up, by a label. */
export const totals = labelled(Counter);
