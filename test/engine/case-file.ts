/** The golden cases of test/cases: one YAML file, one claim. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { OptOutReport } from '../../src/engine/exemption.ts';
import type { Finding } from '../../src/engine/finding.ts';
import type { PolicyDocument } from '../../src/engine/policy.ts';
import type { Request } from '../../src/engine/request.ts';
import type { Json, JsonMap } from '../pods.ts';

/** A pod as cases write it: only what differs from a minimal pod. With a `kind` it is a whole object of its own. */
export interface PartialPod {
  readonly kind?: string;
  readonly metadata?: JsonMap;
  readonly spec?: JsonMap;
  /** Fields of the pod's only container. */
  readonly container?: JsonMap;
}

/** One case as its file says it. */
export interface CaseFile {
  /** Without: the policy of ten lines. */
  readonly policies?: readonly PolicyDocument[];
  readonly pod: PartialPod;
  readonly request?: Partial<Request> & { readonly today?: string; readonly annotate?: boolean };
  readonly hardened?: PartialPod;
  readonly unchanged?: boolean;
  /** In order. A field that is not given is not compared; of the reason, a part is enough; `container` is `app` if not given. */
  readonly findings: readonly (Partial<Finding> & { readonly rule: string; readonly outcome: string })[];
  readonly optOut?: Partial<OptOutReport>;
  readonly exceptionsUsed?: readonly string[];
  readonly exceptionsExpired?: readonly string[];
}

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'];

const complete = (container: Json, index: number): JsonMap => ({
  name: index === 0 ? 'app' : `app-${index}`,
  image: 'registry.example/app:1',
  ...(container as JsonMap),
});

/** The whole pod that a case means. */
export function wholePod(partial: PartialPod): Json {
  if (partial.kind !== undefined) return partial as unknown as Json;
  const spec: JsonMap = { containers: [partial.container ?? {}], ...partial.spec };
  for (const list of LISTS) if (Array.isArray(spec[list])) spec[list] = spec[list].map(complete);
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app', ...partial.metadata }, spec };
}

const FOLDER = new URL('../cases/', import.meta.url);

/** Every case: `<rule>/<claim>` and what its file says. */
export const caseFiles = (): [string, CaseFile][] =>
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => [name.replace(/\.yaml$/, ''), parse(readFileSync(new URL(name, FOLDER), 'utf8')) as CaseFile]);
