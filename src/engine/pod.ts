/**
 * The fields of a pod that rules read. The JSON is never rebuilt: these are views on it. Absent and null mean the same
 * here, as in the API server; any other type than the API's is refused.
 */
import { CONTAINER_KINDS, type ContainerKind } from './policy.ts';
import type { Labels } from './selector.ts';
import { Unreadable, wrongType } from './unreadable.ts';

/** A JSON object whose fields have not been looked at. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object at a path; undefined where it is absent or null. */
export function objectAt(value: unknown, path: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(path, 'object', value);
  return value as JsonObject;
}

/** The list at a path; empty where it is absent or null. */
export const listAt = (value: unknown, path: string): readonly unknown[] => {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(path, 'array', value);
  return value;
};

/** The text at a path; empty where it is absent or null. */
export function stringAt(value: unknown, path: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw wrongType(path, 'string', value);
  return value;
}

const booleanAt = (value: unknown, path: string): boolean | undefined => {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw wrongType(path, 'boolean', value);
  return value;
};

const NONE: readonly string[] = [];
const FLAG = 'allowPrivilegeEscalation';

const stringsAt = (value: unknown, path: string): readonly string[] => {
  if (value === undefined || value === null) return NONE;
  const list = listAt(value, path);
  for (let i = 0; i < list.length; i++)
    if (typeof list[i] !== 'string') throw wrongType(`${path}/${i}`, 'string', list[i]);
  return list as readonly string[];
};

/** The map of strings at a path, such as labels and annotations; empty where it is absent or null. */
export function labelsAt(value: unknown, path: string): Labels {
  const map = objectAt(value, path);
  if (!map) return {};
  let nulls = false;
  for (const key in map) {
    if (map[key] === null) nulls = true;
    else if (typeof map[key] !== 'string') throw wrongType(`${path}/${key}`, 'string', map[key]);
  }
  // `key:` without a value, which manifests have and the API server reads as the empty text.
  return nulls
    ? Object.fromEntries(Object.entries(map).map(([key, text]) => [key, (text ?? '') as string]))
    : (map as Labels);
}

/** The fields that the rules decide about, as one container has them. */
export interface SecurityFields {
  readonly privileged: boolean;
  readonly add: readonly string[];
  readonly drop: readonly string[];
  readonly allowPrivilegeEscalation: boolean | undefined;
}

/** One container of a pod, with the place where it stands. */
export interface Container {
  readonly kind: ContainerKind;
  readonly index: number;
  readonly name: string;
  readonly image: string;
  readonly security: SecurityFields;
  /** Which of `securityContext` and its `capabilities` are objects already, so need no creating. */
  readonly hasSecurityContext: boolean;
  readonly hasCapabilities: boolean;
}

const readContainer = (value: unknown, kind: ContainerKind, index: number): Container => {
  const json = objectAt(value, '');
  if (!json) throw wrongType('', 'object', value);
  const context = objectAt(json['securityContext'], '/securityContext');
  const capabilities = context && objectAt(context['capabilities'], '/securityContext/capabilities');
  return {
    kind,
    index,
    name: stringAt(json['name'], '/name'),
    image: stringAt(json['image'], '/image'),
    security: {
      privileged: booleanAt(context?.['privileged'], '/securityContext/privileged') ?? false,
      add: stringsAt(capabilities?.['add'], '/securityContext/capabilities/add'),
      drop: stringsAt(capabilities?.['drop'], '/securityContext/capabilities/drop'),
      allowPrivilegeEscalation: booleanAt(context?.[FLAG], `/securityContext/${FLAG}`),
    },
    hasSecurityContext: context !== undefined,
    hasCapabilities: capabilities !== undefined,
  };
};

/** JSON pointers of what dropcap writes in one container. */
export interface ContainerPaths {
  readonly context: string;
  readonly capabilities: string;
  readonly drop: string;
  readonly add: string;
  readonly allowPrivilegeEscalation: string;
}

const pathsAt = (container: string): ContainerPaths => {
  const context = `${container}/securityContext`;
  const capabilities = `${context}/capabilities`;
  return {
    context,
    capabilities,
    drop: `${capabilities}/drop`,
    add: `${capabilities}/add`,
    allowPrivilegeEscalation: `${context}/${FLAG}`,
  };
};

const ofPods: Record<ContainerKind, ContainerPaths[]> = { initContainers: [], containers: [], ephemeralContainers: [] };

/** The pointers into a container. Those of pods are made once for each place, since every request asks for them. */
export function containerPaths(base: string, { kind, index }: Pick<Container, 'kind' | 'index'>): ContainerPaths {
  if (base !== '' || index >= 64) return pathsAt(`${base}/spec/${kind}/${index}`);
  return (ofPods[kind][index] ??= pathsAt(`/spec/${kind}/${index}`));
}

/** Every container of a pod spec: init containers (native sidecars among them), containers, ephemeral containers. */
export function containersOf(spec: JsonObject): Container[] {
  const containers: Container[] = [];
  for (const kind of CONTAINER_KINDS) {
    const list = listAt(spec[kind], `/${kind}`);
    for (let i = 0; i < list.length; i++) {
      try {
        containers.push(readContainer(list[i], kind, i));
      } catch (error) {
        // Not `below`: here even the closure and the path would be made for every container of every request.
        throw error instanceof Unreadable ? error.under(`/${kind}/${i}`) : error;
      }
    }
  }
  return containers;
}
