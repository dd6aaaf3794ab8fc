/** What `dropcap check` found, a row for each field, with its place in its file. */
import type { Finding } from '../engine/finding.ts';
import { positionOf } from '../manifest/position.ts';
import type { ManifestDocument } from '../manifest/read.ts';
import { fieldName, valueAt } from '../policies/render.ts';
import type { FailOn } from './check.ts';
import { workloadName, type DecidedManifest, type DecidedTemplate } from './decide.ts';
import { segmentsOf } from './problem.ts';

/** One finding, and where it stands. */
export interface Row extends Omit<Finding, 'path'> {
  readonly file: string;
  /** Both from 1, the column in UTF-16 units: of the field, or of its container where the field is missing. */
  readonly line: number;
  readonly column: number;
  /** `Deployment/web`. */
  readonly workload: string;
  readonly namespace: string;
  /** Path of the field in its document, as in `spec.containers[0].securityContext.capabilities.drop`. */
  readonly field: string;
  /** Does a policy that enforces ask for it? Only then it can make the check fail. */
  readonly enforced: boolean;
}

/** A workload that was checked, and what was found in it. */
export interface CheckedWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly rows: readonly Row[];
}

/** A file that was checked. */
export interface CheckedFile {
  readonly file: string;
  readonly workloads: readonly CheckedWorkload[];
}

/** The field itself where it is written, else what it would be written into. */
function placeOf(document: ManifestDocument, pointer: string): { line: number; column: number } {
  const isThere = valueAt(document.json, segmentsOf(pointer)) !== undefined;
  const [container = pointer] = pointer.split('/securityContext');
  return positionOf(document, isThere ? pointer : container);
}

function rowOf(file: string, decided: DecidedTemplate, finding: Finding): Row {
  const { path, ...said } = finding;
  return {
    file,
    ...placeOf(decided.document, path),
    workload: workloadName(decided),
    namespace: decided.namespace,
    ...said,
    field: fieldName(segmentsOf(path)),
    enforced: finding.policies.some((name) => decided.decision.policies.includes(name)),
  };
}

/** The rows of every manifest, by file and workload, in the order of the file. */
export function checked(manifests: readonly DecidedManifest[]): CheckedFile[] {
  return manifests.map(({ manifest: { file }, templates }) => {
    const workloads = templates.map((decided) => {
      const rows = decided.decision.findings.map((finding) => rowOf(file, decided, finding));
      return { name: workloadName(decided), namespace: decided.namespace, rows };
    });
    return { file, workloads };
  });
}

/** All rows of some files. */
export const rowsIn = (files: readonly CheckedFile[]): Row[] =>
  files.flatMap(({ workloads }) => workloads.flatMap(({ rows }) => rows));

/** Does this finding make the check fail? */
export function fails({ outcome, enforced }: Row, failOn: FailOn): boolean {
  if (failOn === 'none' || !enforced) return false;
  return outcome === 'unresolved' || (failOn === 'change' && outcome === 'hardened');
}
