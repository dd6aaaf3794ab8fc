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

/** Adds what goes up and down, by a label. */
export function gauges(registry: Registry, name: string, help: string, label: string, read: () => ByLabel): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, number] of Object.entries(read())) this.set({ [label]: value }, number);
    },
  });
}

/** Adds what only goes up, by a label. */
export function totals(registry: Registry, name: string, help: string, label: string, read: () => ByLabel): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, number] of Object.entries(read())) this.inc({ [label]: value }, number);
    },
  });
}
