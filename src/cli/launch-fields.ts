/** Fields of a pod spec that policies do not read. The API server judges their types; here a wrong one is an absent one. */
import type { JsonObject } from '../engine/pod.ts';

const isMap = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a key; undefined where it is absent or null. */
export const valueIn = (map: JsonObject, key: string): unknown => map[key] ?? undefined;

/** The map at a key; empty where it is none. */
export function mapIn(map: JsonObject | undefined, key: string): JsonObject {
  const value = map?.[key];
  return isMap(value) ? value : {};
}

/** The maps in the list at a key; what is none is an empty map, so that places stay. */
export function itemsOf(map: JsonObject, key: string): JsonObject[] {
  const value = map[key];
  return Array.isArray(value) ? value.map((item: unknown) => (isMap(item) ? item : {})) : [];
}

/** The text at a key; empty where it is none. */
export function textIn(map: JsonObject, key: string): string {
  const value = map[key];
  return typeof value === 'string' ? value : '';
}

/** The texts in the list at a key. */
export function textsIn(map: JsonObject, key: string): string[] {
  const value = map[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The integer at a key; undefined where it is none. */
export function integerIn(map: JsonObject, key: string): number | undefined {
  const value = map[key];
  return Number.isInteger(value) ? (value as number) : undefined;
}
