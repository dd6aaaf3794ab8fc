/** What `dropcap check` does. */
import { utcToday } from '../policies/load.ts';
import { asAnnotations } from './check-github.ts';
import { asJson } from './check-json.ts';
import { asJunit } from './check-junit.ts';
import { checked, fails, rowsIn, type CheckedFile } from './check-rows.ts';
import { asSarif } from './check-sarif.ts';
import { adviceOn, doneIn } from './check-summary.ts';
import { asTable } from './check-table.ts';
import type { CheckOptions, FailOn } from './check.ts';
import { BAD_INPUT, type Context } from './context.ts';
import { decideManifests } from './decide.ts';
import { readInputs } from './inputs.ts';
import { namespacesFrom } from './namespaces.ts';
import { openPolicies } from './policies.ts';
import { say } from './say.ts';
import { remarksBesideFindings } from './summary.ts';

/** All that is printed, whatever the form. */
export interface Report {
  readonly files: readonly CheckedFile[];
  /** A line for each thing that could not be read or decided about. */
  readonly errors: readonly string[];
  readonly failOn: FailOn;
}

const PRINTERS: Readonly<Record<CheckOptions['output'], (report: Report, context: Context) => string>> = {
  table: asTable,
  json: asJson,
  sarif: asSarif,
  junit: asJunit,
  github: asAnnotations,
};

/** Prints what policies ask of the manifests; says on stderr how much it is, and what could not be read. */
export async function runCheck(options: CheckOptions, context: Context): Promise<void> {
  const { failOn } = options;
  const today = utcToday();
  const { set, selectsByLabel, warnings } = openPolicies(options.policy ?? ['restricted'], today);
  const namespaces = await namespacesFrom(options.namespaces, context);
  const { manifests, problems } = await readInputs(options.filename, context);
  const decided = decideManifests(manifests, { set, today, namespaces }, context);
  const errors = [...problems, ...decided.flatMap((one) => [...one.problems.values()])];
  const files = checked(decided);
  context.stdout.write(PRINTERS[options.output]({ files, errors, failOn }, context));
  say(context, [
    ...warnings,
    ...remarksBesideFindings(decided, selectsByLabel),
    ...errors.map((line) => `error: ${line}`),
    doneIn(files, errors.length),
    ...(options.output === 'table' ? adviceOn(files, options) : []),
  ]);
  if (errors.length > 0) context.exit(BAD_INPUT);
  else if (rowsIn(files).some((row) => fails(row, failOn))) context.exit(1);
}
