/** The findings of `dropcap check` as SARIF 2.1.0, as code scanning reads it. */
import { createHash } from 'node:crypto';
import { isAbsolute, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import { RULES, type RuleName } from '../engine/policy.ts';
import { RULE_HELP } from './check-rules.ts';
import type { Report } from './check-run.ts';
import { rowsIn, type Row } from './check-rows.ts';
import { containerName, sentenceFor } from './check-words.ts';
import type { Context } from './context.ts';

// A SARIF log says where its own schema is; so other tools know what it is.
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const LEVELS = { hardened: 'warning', unresolved: 'error', audited: 'note' } as const;

type Reported = Row & { readonly outcome: keyof typeof LEVELS; readonly rule: RuleName };

const isReported = (row: Row): row is Reported => Object.hasOwn(LEVELS, row.outcome) && row.rule !== 'pod';

function descriptor(id: RuleName): ReportingDescriptor {
  const { label, title, why, remedy } = RULE_HELP[id];
  return {
    id,
    name: label,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: remedy, markdown: `${why}\n\n${remedy}` },
    defaultConfiguration: { level: 'warning' },
    properties: { tags: ['security', 'kubernetes', 'linux-capabilities'], precision: 'high' },
  };
}

/** A file's name as a URI, relative where it was named so: code scanning counts from the root of the repository. */
export const uriOf = (file: string): string =>
  isAbsolute(file)
    ? pathToFileURL(file).href
    : normalize(file)
        .split('/')
        .map((part) => encodeURIComponent(part.toWellFormed()))
        .join('/');

/** Stays the same when lines move. */
function fingerprint({ file, namespace, workload, kind, container, rule }: Row): string {
  const parts = [normalize(file), namespace, workload, kind, container, rule];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function resultFor(row: Reported): Result {
  const { file, line, column, rule, workload, namespace, container, field, policies, before, after } = row;
  return {
    ruleId: rule,
    ruleIndex: RULES.indexOf(rule),
    level: LEVELS[row.outcome],
    message: { text: `${workload} in ${namespace}, ${containerName(row)}: ${sentenceFor(row)}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column },
        },
        logicalLocations: [{ name: container, fullyQualifiedName: `${namespace}/${workload}/${container}` }],
      },
    ],
    partialFingerprints: { 'dropcapFinding/v1': fingerprint(row) },
    properties: { outcome: row.outcome, field, before, after, policies: [...policies] },
  };
}

/** One run with a result for each finding that asks for something; what could not be read is its notifications. */
export function asSarif({ files, errors }: Report, { version }: Context): string {
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'dropcap', version, semanticVersion: version, rules: RULES.map(descriptor) } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: errors.length === 0,
            toolExecutionNotifications: errors.map((text) => ({ level: 'error', message: { text } })),
          },
        ],
        results: rowsIn(files).filter(isReported).map(resultFor),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
