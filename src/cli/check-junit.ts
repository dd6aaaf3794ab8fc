/** The findings of `dropcap check` as JUnit XML: a suite for each file, a test for each workload. */
import { printable } from '../audit/printable.ts';
import type { Report } from './check-run.ts';
import { fails, type CheckedFile, type CheckedWorkload, type Row } from './check-rows.ts';
import { containerName, sentenceFor } from './check-words.ts';
import { count } from './say.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

// XML 1.0 has no way to write these, not even as a reference.
// eslint-disable-next-line no-control-regex -- it is what must not be there
const FORBIDDEN = /[\0-\x08\v\f\x0E-\x1F\uFFFE\uFFFF]|\p{Cs}/gu;

/** Text for an attribute or an element of XML 1.0; characters that it cannot hold become U+FFFD. */
export const escapeXml = (text: string): string =>
  text.replaceAll(FORBIDDEN, '\uFFFD').replaceAll(/[&<>"'\t\n\r]/g, (char) => ENTITIES[char]!);

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');

const lineFor = (row: Row): string =>
  `${printable(row.file)}:${row.line}:${row.column}: ${[containerName(row), sentenceFor(row)].filter(Boolean).join(': ')}`;

const linesOf = (rows: readonly Row[]): string => escapeXml(rows.map(lineFor).join('\n')).replaceAll('&#10;', '\n');

/** What is below a test: a failure with what fails, and all else as its output. */
function testBody({ rows }: CheckedWorkload, failOn: Report['failOn']): string {
  const failing = rows.filter((row) => fails(row, failOn));
  const others = rows.filter((row) => !failing.includes(row));
  const type = failing.some(({ outcome }) => outcome === 'hardened') ? 'change' : 'unresolved';
  const message = `${count(failing.length, 'field')} not as the policies ask`;
  return [
    failing.length > 0 ? `      <failure${attributes({ message, type })}>${linesOf(failing)}</failure>\n` : '',
    others.length > 0 ? `      <system-out>${linesOf(others)}</system-out>\n` : '',
  ].join('');
}

function testCase(file: string, workload: CheckedWorkload, failOn: Report['failOn']): string {
  const { name, namespace, rows } = workload;
  const first = rows.find((row) => fails(row, failOn)) ?? rows[0];
  const place = first ? { file, line: first.line } : { file };
  const tag = `testcase${attributes({ name: `${name} in ${namespace}`, classname: file, ...place, time: 0 })}`;
  const body = testBody(workload, failOn);
  return body === '' ? `    <${tag}/>\n` : `    <${tag}>\n${body}    </testcase>\n`;
}

function suite({ file, workloads }: CheckedFile, failOn: Report['failOn']): string {
  const failures = workloads.filter(({ rows }) => rows.some((row) => fails(row, failOn))).length;
  const counts = attributes({ name: file, tests: workloads.length, failures, errors: 0 });
  return `  <testsuite${counts}>\n${workloads.map((one) => testCase(file, one, failOn)).join('')}  </testsuite>\n`;
}

/** What could not be read, as tests of a suite of their own. */
function errorSuite(errors: readonly string[]): string {
  const counts = attributes({ name: 'dropcap', tests: errors.length, failures: 0, errors: errors.length });
  const cases = errors.map((error) => {
    const tag = `testcase${attributes({ name: error, classname: 'dropcap', time: 0 })}`;
    return `    <${tag}>\n      <error${attributes({ message: error, type: 'input' })}/>\n    </testcase>\n`;
  });
  return `  <testsuite${counts}>\n${cases.join('')}  </testsuite>\n`;
}

/** All files that hold a workload, and all errors. A test fails as the command does: as `--fail-on` says. */
export function asJunit({ files, errors, failOn }: Report): string {
  const suites = files.filter(({ workloads }) => workloads.length > 0).map((file) => suite(file, failOn));
  const wrong = errors.length > 0 ? errorSuite(errors) : '';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="dropcap check">\n${suites.join('')}${wrong}</testsuites>\n`;
}
