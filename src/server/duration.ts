const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** A Go duration such as `5s`, `1m30s` or `250ms`, in milliseconds. Undefined where the text is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g))
    total += Number(number) * UNITS[unit!]!;
  return total;
}

/** What the API server waits where it does not say. */
const DEFAULT_MS = 10_000;

const known = new Map<string, number>();

/** How long the API server waits for an answer: it appends `?timeout=5s` to the webhook's path. In milliseconds. */
export function timeoutOf(url: string): number {
  const seen = known.get(url);
  if (seen !== undefined) return seen;
  const text = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('timeout') ?? '';
  const timeout = parseDuration(text) ?? DEFAULT_MS;
  // One API server always sends the same few; a stranger could send any number of others.
  if (known.size < 64 && url.length < 64) known.set(url, timeout);
  return timeout;
}
