import { normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Log } from 'sarif';
import { asAnnotations } from '../../src/cli/check-github.ts';
import { escapeXml } from '../../src/cli/check-junit.ts';
import type { Row } from '../../src/cli/check-rows.ts';
import { uriOf } from '../../src/cli/check-sarif.ts';
import { RULES } from '../../src/engine/policy.ts';
import { check, GOOD, PRIVILEGED, textAt, WEB } from './check-command.ts';

const FILES = { 'shop/web.yaml': WEB, 'root.yaml': PRIVILEGED, 'good.yaml': GOOD, 'bad.yaml': 'a: [' };
const as = (output: string, ...more: string[]) => check(FILES, ['-f', '%', '-o', output, ...more]);
const anyText = fc.string({ unit: 'binary', maxLength: 60 });

describe('-o json', () => {
  test('holds every finding with its place, values, policies and whether it fails', async () => {
    const { findings, errors } = JSON.parse((await as('json', '--fail-on', 'unresolved')).stdout) as {
      findings: (Row & { fails: boolean })[];
      errors: string[];
    };
    expect(findings).toHaveLength(7);
    expect(findings.filter(({ fails }) => fails).map(({ outcome }) => outcome)).toEqual(['unresolved', 'unresolved']);
    expect(findings[4]).toMatchObject({
      file: 'shop/web.yaml',
      line: 17,
      column: 13,
      workload: 'Deployment/web',
      namespace: 'shop',
      container: 'web',
      kind: 'containers',
      rule: 'capabilities.drop',
      field: 'spec.template.spec.containers[0].securityContext.capabilities.drop',
      before: ['NET_RAW'],
      after: ['NET_RAW', 'ALL'],
      policies: ['restricted'],
      outcome: 'hardened',
    });
    expect(errors).toEqual([expect.stringMatching(/^bad\.yaml:1:/)]);
  });
});

describe('-o sarif', () => {
  const log = async (): Promise<Log> => JSON.parse((await as('sarif')).stdout) as Log;

  test('is one run of SARIF 2.1.0 whose rules are those of the engine, with help', async () => {
    const { $schema, version, runs } = await log();
    expect({ version, runs: runs.length }).toEqual({ version: '2.1.0', runs: 1 });
    expect($schema).toMatch(/^https:.*\/sarif-schema-2\.1\.0\.json$/);
    const { name, semanticVersion, rules } = runs[0]!.tool.driver;
    expect({ name, semanticVersion }).toEqual({ name: 'dropcap', semanticVersion: '1.2.3' });
    expect(rules!.map(({ id }) => id)).toEqual(RULES);
    for (const { id, name: label, shortDescription, fullDescription, help } of rules!) {
      expect(label).toMatch(/^([A-Z][a-z]+)+$/);
      // The standard forbids a name that only repeats the id.
      expect(label!.toLowerCase()).not.toBe(id.toLowerCase());
      expect([shortDescription?.text, fullDescription?.text].every(Boolean)).toBe(true);
      expect(help?.text).toContain('docs/policies.md');
      expect(help?.markdown).toContain('docs/policies.md');
    }
  });

  test('each result has a rule, a level, a message and the place of its field', async () => {
    const [run] = (await log()).runs;
    expect(run!.columnKind).toBe('utf16CodeUnits');
    expect(run!.results!.map(({ level }) => level)).toEqual(['error', 'error', ...Array<string>(5).fill('warning')]);
    for (const { ruleId, ruleIndex, message, locations, partialFingerprints } of run!.results!) {
      expect(run!.tool.driver.rules![ruleIndex!]!.id).toBe(ruleId);
      expect(message.text).toContain(ruleId);
      expect(locations).toHaveLength(1);
      const { artifactLocation, region } = locations![0]!.physicalLocation!;
      const file = artifactLocation!.uri!.endsWith('root.yaml') ? PRIVILEGED : WEB;
      expect(textAt(file, region!.startLine!, region!.startColumn!)).toMatch(/^(name|drop|add|allowPrivilege)/);
      expect(Object.values(partialFingerprints!)).toEqual([expect.stringMatching(/^[\da-f]{64}$/)]);
    }
  });

  test('the fingerprint of a finding stays when lines move, and no two are the same', async () => {
    const printsOf = async (text: string): Promise<unknown[]> => {
      const { stdout } = await check({}, ['-f', '-', '-o', 'sarif'], { stdin: text });
      return (JSON.parse(stdout) as Log).runs[0]!.results!.map(({ partialFingerprints }) => partialFingerprints);
    };
    const before = await printsOf(WEB);
    expect(await printsOf(`# one\n# two\n${WEB}`)).toEqual(before);
    expect(new Set(before.map((print) => JSON.stringify(print))).size).toBe(5);
  });

  test('what could not be read makes the run unsuccessful, and is a notification', async () => {
    const [invocation] = (await log()).runs[0]!.invocations!;
    expect(invocation!.executionSuccessful).toBe(false);
    expect(invocation!.toolExecutionNotifications).toEqual([
      { level: 'error', message: { text: expect.stringMatching(/^bad\.yaml:1:/) } },
    ]);
  });

  test('a file of any name is a URI that means it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (name) => {
        const uri = uriOf(`dir/${name}`);
        expect(uri).toMatch(/^[\w.~!*'()%/-]+$/);
        expect(decodeURIComponent(uri)).toBe(normalize(`dir/${name}`));
      }),
      { numRuns: 2_000 },
    );
    expect(uriOf('./a b.yaml')).toBe('a%20b.yaml');
    expect(uriOf('/srv/a b.yaml')).toBe('file:///srv/a%20b.yaml');
  });
});

describe('-o junit', () => {
  test('has a suite for each file, a test for each workload, and fails those that fail the command', async () => {
    const { stdout } = await as('junit');
    const suites = [...stdout.matchAll(/<testsuite name="([^"]*)" tests="(\d+)" failures="(\d+)" errors="(\d+)">/g)];
    expect(suites.map(([, ...counts]) => counts)).toEqual([
      ['good.yaml', '1', '0', '0'],
      ['root.yaml', '1', '1', '0'],
      ['shop/web.yaml', '1', '1', '0'],
      ['dropcap', '1', '0', '1'],
    ]);
    expect(stdout).toContain(
      '<testcase name="Deployment/web in shop" classname="shop/web.yaml" file="shop/web.yaml" line="9" time="0">',
    );
    expect(stdout).toContain('<failure message="5 fields not as the policies ask" type="change">shop/web.yaml:9:9: ');
    expect(stdout).toContain('shop/web.yaml:17:13: container web: capabilities.drop: [NET_RAW] → [NET_RAW, ALL]');
  });

  test('does not fail what --fail-on lets pass, and still says it', async () => {
    const { stdout } = await as('junit', '--fail-on', 'unresolved');
    expect(stdout.match(/<failure /g)).toHaveLength(1);
    expect(stdout).toMatch(/<system-out>shop\/web\.yaml:9:9: /);
  });

  test('any text is escaped so that XML 1.0 holds it and gives it back', () => {
    const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
    const read = (xml: string): string =>
      xml.replaceAll(/&(?:#(\d+)|(\w+));/g, (_, code?: string, name?: string) =>
        code === undefined ? entities[name!]! : String.fromCodePoint(Number(code)),
      );
    const isChar = (char: string): boolean => {
      const code = char.codePointAt(0)!;
      if (code < 0x20) return code === 9 || code === 10 || code === 13;
      return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
    };
    fc.assert(
      fc.property(anyText, (text) => {
        const xml = escapeXml(text);
        expect(xml).not.toMatch(/[<>"'\t\n\r]|&(?!(?:amp|lt|gt|quot|apos|#\d+);)/);
        expect(Array.from(xml).every(isChar)).toBe(true);
        expect(read(xml)).toBe(Array.from(text, (char) => (isChar(char) ? char : '\uFFFD')).join(''));
      }),
      { numRuns: 2_000 },
    );
    expect(escapeXml('\u0000\uD800a\uFFFF')).toBe('\uFFFD\uFFFDa\uFFFD');
  });
});

/** What the runner of GitHub Actions makes of a line of output. */
function commandIn(line: string): { level: string; properties: Record<string, string>; message: string } {
  const [, level, written, message] = /^::(\w+) (.*?)::(.*)$/s.exec(line)!;
  const data = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  const property = (text: string): string => data(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
  const pairs = written!.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), property(pair.slice(at + 1))];
  });
  return { level: level!, properties: Object.fromEntries(pairs) as Record<string, string>, message: data(message!) };
}

describe('-o github', () => {
  test('is an annotation for each finding, at its field, and one for each error', async () => {
    const lines = (await as('github')).stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(8);
    expect(lines[0]).toMatch(/^::error title=dropcap::bad\.yaml:1:/);
    expect(lines[3]).toMatch(
      /::warning file=.*shop\/web\.yaml,line=9,col=9,title=dropcap capabilities\.drop::Deployment\/web, init container wait: capabilities\.drop: unset → \[ALL\] \(restricted\)$/,
    );
  });

  test('whatever the names are, each annotation is one line and means them', () => {
    fc.assert(
      fc.property(
        anyText.filter((text) => text !== ''),
        anyText,
        (file, workload) => {
          const row: Row = {
            file,
            workload,
            line: 3,
            column: 4,
            namespace: 'default',
            field: 'spec',
            container: 'c',
            kind: 'containers',
            rule: 'capabilities.drop',
            before: null,
            after: ['ALL'],
            policies: ['p'],
            outcome: 'hardened',
            reason: '',
            enforced: true,
          };
          const files = [{ file, workloads: [{ name: workload, namespace: 'default', rows: [row] }] }];
          const output = asAnnotations({ files, errors: [], failOn: 'change' });
          expect(output.trimEnd()).not.toMatch(/[\r\n]/);
          const { level, properties, message } = commandIn(output.slice(0, -1));
          expect({ level, properties }).toEqual({
            level: 'warning',
            properties: { file: normalize(file), line: '3', col: '4', title: 'dropcap capabilities.drop' },
          });
          expect(message.startsWith(`${workload}, container c: capabilities.drop: unset → [ALL]`)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
