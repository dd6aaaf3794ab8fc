/** What is known of a container before it starts: its fields in the pod spec, and what policies leave it. */
import type { Finding } from '../engine/finding.ts';
import { containerPaths, containersOf, type Container, type JsonObject, type SecurityFields } from '../engine/pod.ts';
import type { Launch } from '../knowledge/forecast-terms.ts';
import { valueAt } from '../policies/render.ts';
import type { DecidedTemplate } from './decide.ts';
import { heldOn } from './explain-held.ts';
import { integerIn, itemsOf, mapIn, textIn, textsIn, valueIn } from './launch-fields.ts';
import { segmentsOf } from './problem.ts';

const specOf = ({ template: { pod } }: DecidedTemplate): JsonObject => mapIn(pod, 'spec');

/** Every container of a template, in the order in which Pod Security visits them. */
export const containersIn = (decided: DecidedTemplate): Container[] => containersOf(specOf(decided));

/** A container's JSON, as it is in the pod spec. */
export const jsonOf = (decided: DecidedTemplate, { kind, index }: Pick<Container, 'kind' | 'index'>): JsonObject =>
  itemsOf(specOf(decided), kind)[index] ?? {};

/** The findings on one container. */
export function findingsOn({ decision, template }: DecidedTemplate, container: Container): Finding[] {
  const { context } = containerPaths(template.base, container);
  return decision.findings.filter(({ path }) => path.startsWith(`${context}/`));
}

/** A container's fields as the patch leaves them: exactly what the findings marked hardened say. */
export function securityAfter(decided: DecidedTemplate, container: Container): SecurityFields {
  const paths = containerPaths(decided.template.base, container);
  const hardened = findingsOn(decided, container).filter(({ outcome }) => outcome === 'hardened');
  const written = new Map(hardened.map(({ path, after }) => [path, after]));
  const { security } = container;
  const list = (path: string, was: readonly string[]): readonly string[] =>
    written.has(path) ? ((written.get(path) ?? []) as readonly string[]) : was;
  const flag = written.get(paths.allowPrivilegeEscalation);
  return {
    ...security,
    add: list(paths.add, security.add),
    drop: list(paths.drop, security.drop),
    allowPrivilegeEscalation: typeof flag === 'boolean' ? flag : security.allowPrivilegeEscalation,
  };
}

/** A field that a container's securityContext says, or else the pod's. */
export function contextField(decided: DecidedTemplate, container: Container, key: string): unknown {
  const own = valueIn(mapIn(jsonOf(decided, container), 'securityContext'), key);
  return own ?? valueIn(mapIn(specOf(decided), 'securityContext'), key);
}

/** The volumes of a pod by name, as JSON; those of claim templates of a StatefulSet are claims. */
export function volumesOf(decided: DecidedTemplate): ReadonlyMap<string, JsonObject> {
  const { document, template } = decided;
  const owner = valueAt(document.json, segmentsOf(template.base.replace(/\/spec\/template$/, ''))) as JsonObject;
  const claims = itemsOf(mapIn(owner, 'spec'), 'volumeClaimTemplates').map(
    (claim) => [textIn(mapIn(claim, 'metadata'), 'name'), { persistentVolumeClaim: {} }] as const,
  );
  const volumes = itemsOf(specOf(decided), 'volumes').map((volume) => [textIn(volume, 'name'), volume] as const);
  return new Map<string, JsonObject>([...claims, ...volumes]);
}

/** The kind of a volume, which is the key of its source; without one it is an `emptyDir`. */
export const volumeKind = (volume: JsonObject): string =>
  Object.keys(volume).find((key) => key !== 'name' && volume[key] != null) ?? 'emptyDir';

// The kubelet mounts these read-only whatever is said.
const READ_ONLY = new Set(['configMap', 'secret', 'downwardAPI', 'projected', 'image']);

function writableVolumes(decided: DecidedTemplate, json: JsonObject): string[] {
  const volumes = volumesOf(decided);
  const kinds = itemsOf(json, 'volumeMounts')
    .filter((mount) => mount['readOnly'] !== true)
    .map((mount) => volumes.get(textIn(mount, 'name')))
    .filter((volume) => volume !== undefined)
    .map(volumeKind);
  return [...new Set(kinds)].filter((kind) => !READ_ONLY.has(kind));
}

const integersIn = (items: readonly JsonObject[], key: string): number[] =>
  items.map((item) => integerIn(item, key)).filter((number) => number !== undefined);

/** The sysctls of a pod, by name. */
export const sysctlsOf = (decided: DecidedTemplate): Readonly<Record<string, string>> =>
  Object.fromEntries(
    itemsOf(mapIn(specOf(decided), 'securityContext'), 'sysctls').map((one) => [
      textIn(one, 'name'),
      textIn(one, 'value'),
    ]),
  );

/** As whom a container's first process runs. */
export interface RunAs {
  /** Null where the image decides. */
  readonly uid: number | null;
  /** Is it another user than root, whatever the image says? */
  readonly neverRoot: boolean;
}

/** As whom a container runs, as far as its manifest says. */
export function runAsOf(decided: DecidedTemplate, container: Container): RunAs {
  const uid = contextField(decided, container, 'runAsUser');
  if (typeof uid === 'number') return { uid, neverRoot: uid !== 0 };
  return { uid: null, neverRoot: contextField(decided, container, 'runAsNonRoot') === true };
}

/** What the forecast is made from. Capabilities are as containerd gives them. */
export function launchOf(decided: DecidedTemplate, container: Container): Launch {
  const json = jsonOf(decided, container);
  const { uid, neverRoot } = runAsOf(decided, container);
  const holding = (security: SecurityFields) => ({
    capabilities: heldOn('containerd', security).names,
    mayEscalate: security.allowPrivilegeEscalation !== false,
  });
  return {
    image: container.image,
    command: textsIn(json, 'command'),
    args: textsIn(json, 'args'),
    uid: uid ?? undefined,
    neverRoot,
    hasFsGroup: integerIn(mapIn(specOf(decided), 'securityContext'), 'fsGroup') !== undefined,
    ports: integersIn(itemsOf(json, 'ports'), 'containerPort'),
    sysctls: sysctlsOf(decided),
    volumes: writableVolumes(decided, json),
    before: holding(container.security),
    after: holding(securityAfter(decided, container)),
  };
}
