/** Pods as plain JSON, read for tests without any help of src/engine. */

export type Json = null | boolean | number | string | Json[] | JsonMap;
export interface JsonMap {
  [key: string]: Json;
}

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;
export type ContainerList = (typeof LISTS)[number];

/** One container of a pod, and its security fields with null and absent taken for the same. */
export interface PodContainer {
  readonly kind: ContainerList;
  readonly index: number;
  /** JSON pointer into the pod. */
  readonly path: string;
  readonly name: string;
  readonly json: JsonMap;
  readonly security: {
    readonly add: readonly string[];
    readonly drop: readonly string[];
    readonly privileged: boolean;
    readonly allowPrivilegeEscalation: boolean | undefined;
  };
}

/** The map at a key; an empty one where there is none. */
export function mapAt(value: Json | undefined, key: string): JsonMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const child = value[key];
  return typeof child === 'object' && child !== null && !Array.isArray(child) ? child : {};
}

/** The list at a key; an empty one where there is none. */
export function listAt(value: Json | undefined, key: string): Json[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const child = value[key];
  return Array.isArray(child) ? child : [];
}

const flag = (value: Json | undefined): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** Every container of a pod or pod template. */
export function containersIn(pod: Json): PodContainer[] {
  const spec = mapAt(pod, 'spec');
  return LISTS.flatMap((kind) =>
    listAt(spec, kind).map((value, index): PodContainer => {
      const json = value as JsonMap;
      const context = mapAt(json, 'securityContext');
      const capabilities = mapAt(context, 'capabilities');
      return {
        kind,
        index,
        path: `/spec/${kind}/${index}`,
        name: typeof json['name'] === 'string' ? json['name'] : '',
        json,
        security: {
          add: listAt(capabilities, 'add') as string[],
          drop: listAt(capabilities, 'drop') as string[],
          privileged: flag(context['privileged']) ?? false,
          allowPrivilegeEscalation: flag(context['allowPrivilegeEscalation']),
        },
      };
    }),
  );
}

/** The operating system that a pod names itself; empty where it does not. */
export const osOf = (pod: Json): string => {
  const name = mapAt(mapAt(pod, 'spec'), 'os')['name'];
  return typeof name === 'string' ? name : '';
};

/** Makes a value and everything in it read-only, so that writing to it throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Are these the same JSON? A field that is undefined is one that is absent. */
export function same(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same(a[key], b[key]));
}

/** Expects the same JSON. Not jest's matcher: by the ten thousand that is what the laws would spend their time on. */
export function equal(actual: unknown, expected: unknown, what = 'JSON'): void {
  if (!same(actual, expected))
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`);
}

/** Expects other JSON. */
export function differ(actual: unknown, expected: unknown): void {
  if (same(actual, expected)) throw new Error(`not expected: ${JSON.stringify(actual)}`);
}
