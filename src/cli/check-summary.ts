/** The line in which `dropcap check` counts. */
import { rowsIn, type CheckedFile } from './check-rows.ts';
import { typedAgain, type ManifestOptions } from './manifest-options.ts';
import { count } from './say.ts';
import { leftAmong, leftOut } from './summary.ts';

/** `12 pod templates checked: 3 fields would change in 2, 1 cannot, 1 exempt`, or that there is nothing to do. */
export function doneIn(files: readonly CheckedFile[], errors: number): string {
  const failed = leftOut(errors);
  const workloads = files.flatMap((file) => file.workloads);
  if (workloads.length === 0) return errors > 0 ? `nothing checked${failed}` : 'no pod template found';
  const outcomes = rowsIn(files).map(({ outcome }) => outcome);
  const hardened = outcomes.filter((outcome) => outcome === 'hardened').length;
  const changing = workloads.filter(({ rows }) => rows.some(({ outcome }) => outcome === 'hardened')).length;
  const changes = hardened > 0 ? [`${count(hardened, 'field')} would change in ${changing}`] : [];
  const found = [...changes, ...leftAmong(outcomes)].join(', ') || 'nothing to do';
  return `${count(workloads.length, 'pod template')} checked: ${found}${failed}`;
}

/** What to do next, a line each; for people, who see the table. */
export function adviceOn(files: readonly CheckedFile[], options: ManifestOptions): string[] {
  const same = typedAgain(options);
  const outcomes = new Set(rowsIn(files).map(({ outcome }) => outcome));
  return [
    ...(outcomes.has('hardened')
      ? [`why, and what may break: dropcap explain ${same}`, `the changes as a diff:   dropcap harden ${same} -o diff`]
      : []),
    ...(outcomes.has('unresolved')
      ? ['what cannot be changed: change the manifest, or write a HardeningException']
      : []),
  ];
}
