import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { dropcap, folderOf, harden, pod, ROOT, type Files, type Ran } from './command.ts';
import { HARDENED, TIDY as WEB } from './tidy.ts';

const SERVICE = 'kind:    Service # left\napiVersion: v1\nspec: {ports: [0x50]}\n';
const DONE =
  'web.yaml: 3 fields in 1 workload hardened\n1 pod template, 1 changed (3 fields hardened); 1 file written\n';

const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

/** A folder with files, and the command run in place on names in it. */
function inPlace(files: Files, ...args: string[]): { folder: string; run: () => Promise<Ran> } {
  const folder = folderOf(files);
  const run = async (): Promise<Ran> => {
    const given = (args.length > 0 ? args : ['-f', '%']).map((arg) => arg.replaceAll('%', folder));
    const ran = await dropcap(['harden', '--in-place', ...given]);
    const without = (text: string): string => text.replaceAll(`${folder}/`, '').replaceAll(folder, '%');
    return { ...ran, stdout: without(ran.stdout), stderr: without(ran.stderr) };
  };
  return { folder, run };
}

const read = (folder: string, name = 'web.yaml'): string => readFileSync(join(folder, name), 'utf8');

describe('harden --in-place', () => {
  test.each([
    ['as it is', WEB, HARDENED],
    ['with CRLF', crlf(WEB), crlf(HARDENED)],
    ['with a byte order mark', `\uFEFF${WEB}`, `\uFEFF${HARDENED}`],
    ['without a last newline', WEB.trimEnd(), HARDENED.trimEnd()],
    ['with other documents around it', `${SERVICE}---\n${WEB}--- # end\n`, `${SERVICE}---\n${HARDENED}--- # end\n`],
  ])('changes the lines of the fields and no other byte of a file %s', async (_, text, expected) => {
    const { folder, run } = inPlace({ 'web.yaml': text });
    expect(await run()).toEqual({ stdout: '', stderr: DONE, status: 0 });
    expect(readFileSync(join(folder, 'web.yaml'))).toEqual(Buffer.from(expected));
    expect(readdirSync(folder)).toEqual(['web.yaml']);
  });

  test('writes what harden prints', async () => {
    const printed = await harden({ 'web.yaml': WEB }, '-f', '%/web.yaml');
    const { folder, run } = inPlace({ 'web.yaml': WEB });
    await run();
    expect(read(folder)).toBe(printed.stdout);
  });

  test('does not touch a file without changes, and none the second time', async () => {
    const { folder, run } = inPlace({ 'web.yaml': WEB, 'service.yaml': SERVICE });
    const long = new Date('2020-01-01');
    utimesSync(join(folder, 'service.yaml'), long, long);
    const stats = () => ['web.yaml', 'service.yaml'].map((name) => statSync(join(folder, name), { bigint: true }));
    const [before, service] = stats();
    await run();
    const [web] = stats();
    expect(web!.ino).not.toBe(before!.ino);
    expect((await run()).stderr).toBe('1 pod template, 0 changed; 0 files written\n');
    for (const [i, { ino, mtimeNs, ctimeNs }] of stats().entries())
      expect({ ino, mtimeNs, ctimeNs }).toMatchObject({
        ino: [web, service][i]!.ino,
        mtimeNs: [web, service][i]!.mtimeNs,
        ctimeNs: [web, service][i]!.ctimeNs,
      });
  });

  test('counts fields and workloads of each file', async () => {
    const { run } = inPlace({
      'a.yaml': `${pod('a', {}, {})}---\n${pod('b', {})}`,
      'b.json': pod('c', { securityContext: { allowPrivilegeEscalation: false } }),
    });
    expect((await run()).stderr).toBe(
      'a.yaml: 6 fields in 2 workloads hardened\nb.json: 1 field in 1 workload hardened\n' +
        '3 pod templates, 3 changed (7 fields hardened); 2 files written\n',
    );
  });

  test.each([0o600, 0o644, 0o664, 0o755, 0o606])('keeps the permissions %o', async (mode) => {
    const { folder, run } = inPlace({ 'web.yaml': WEB });
    chmodSync(join(folder, 'web.yaml'), mode);
    await run();
    expect(statSync(join(folder, 'web.yaml')).mode & 0o7777).toBe(mode);
    expect(read(folder)).toBe(HARDENED);
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('keeps the owner (as root)', async () => {
    const { folder, run } = inPlace({ 'web.yaml': WEB });
    chownSync(join(folder, 'web.yaml'), 1234, 2345);
    await run();
    expect(statSync(join(folder, 'web.yaml'))).toMatchObject({ uid: 1234, gid: 2345 });
  });
});

describe('a file with several names', () => {
  test('keeps its symbolic links, and is written where they lead, along a chain too', async () => {
    const { folder, run } = inPlace({ 'real/web.yaml': WEB, 'links/.keep': '' }, '-f', '%/links/first.yaml');
    symlinkSync('../real/web.yaml', join(folder, 'links/second.yaml'));
    symlinkSync(join(folder, 'links/second.yaml'), join(folder, 'links/first.yaml'));
    expect((await run()).stderr).toBe(DONE.replace('web.yaml', 'links/first.yaml'));
    expect(read(folder, 'real/web.yaml')).toBe(HARDENED);
    expect(readlinkSync(join(folder, 'links/second.yaml'))).toBe('../real/web.yaml');
    expect(lstatSync(join(folder, 'links/first.yaml')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(folder, 'real'))).toEqual(['web.yaml']);
  });

  test('is written once, whichever of them are given, and named by the first', async () => {
    const { folder, run } = inPlace({ 'web.yaml': WEB }, '-f', '%/link.yaml', '-f', '%/web.yaml', '-f', '%');
    symlinkSync('web.yaml', join(folder, 'link.yaml'));
    expect((await run()).stderr).toBe(DONE.replace('web.yaml', 'link.yaml'));
    expect(read(folder)).toBe(HARDENED);
  });

  test('has its errors named once for a name', async () => {
    const { run } = inPlace({ 'web.yaml': 'a: [' }, '-f', '%/web.yaml', '-f', '%');
    expect((await run()).stderr.match(/^error: /gm)).toHaveLength(1);
  });

  test('leaves other hard links as they were', async () => {
    const { folder, run } = inPlace({ 'web.yaml': WEB }, '-f', '%/web.yaml');
    linkSync(join(folder, 'web.yaml'), join(folder, 'copy.yaml'));
    await run();
    expect([read(folder), read(folder, 'copy.yaml')]).toEqual([HARDENED, WEB]);
  });
});

describe('what cannot be written in place', () => {
  const LEFT = '; 1 error: what it names is left as it was\n';

  test('a document that cannot be read or decided about stays, and the others of its file are hardened', async () => {
    const rest = `---\na: [1\n---\nkind: Pod\nspec: {containers: {}}\n---\n`;
    const { folder, run } = inPlace({ 'web.yaml': `${WEB}${rest}${WEB}` });
    const { stderr, status } = await run();
    expect(read(folder)).toBe(`${HARDENED}${rest}${HARDENED}`);
    expect(stderr).toMatch(/^error: web\.yaml:13:1: /m);
    expect(stderr).toMatch(/^error: web\.yaml:15:8: spec\.containers: /m);
    expect(stderr).toMatch(
      /^web\.yaml: 6 fields in 2 workloads hardened\n[^]*\n2 pod templates, 2 changed \(6 fields hardened\); 1 file written; 2 errors: what they name is left as it was\n$/m,
    );
    expect(status).toBe(2);
  });

  test('a list of which one object cannot be read stays whole', async () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- {kind: Namespace, apiVersion: v1, metadata: {name: a, labels: {b: 1}}}\n- ${pod('p', {})}`;
    const { folder, run } = inPlace({ 'web.yaml': text });
    const { stderr, status } = await run();
    expect(read(folder)).toBe(text);
    expect(stderr).toMatch(/^error: web\.yaml:.*\nnothing hardened; 0 files written; 1 error: /);
    expect(status).toBe(2);
    expect((await harden({ 'web.yaml': text }, '-f', '%', '--diff')).stdout).toBe('');
  });

  test('a document that would have to be written anew keeps its comments, and the others are hardened', async () => {
    const anew =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a} # note\nspec:\n  ? containers\n' +
      '  : - name: c\n      ? securityContext\n      : capabilities: {add: [A]} # c\n';
    const { folder, run } = inPlace({ 'web.yaml': `${WEB}---\n${anew}` });
    const shown = await harden({ 'web.yaml': anew }, '-f', '%', '--diff');
    expect(shown.stderr).toContain(
      'warning: web.yaml:1: written anew: its comments and layout are lost (--in-place leaves it as it is)\n',
    );
    expect(shown.stdout).toContain('-metadata: {name: a} # note\n');
    const { stderr, status } = await run();
    expect(read(folder)).toBe(`${HARDENED}---\n${anew}`);
    expect(stderr).toBe(
      'web.yaml: 3 fields in 1 workload hardened\n' +
        'error: web.yaml:11: would lose its comments and layout: left as it is; use -o yaml\n' +
        `1 pod template, 1 changed (3 fields hardened); 1 file written${LEFT}`,
    );
    expect(status).toBe(2);
  });

  test('a file marked read-only stays, the others are written', async () => {
    const { folder, run } = inPlace({ 'a.yaml': WEB, 'web.yaml': WEB });
    chmodSync(join(folder, 'a.yaml'), 0o444);
    const { stderr, status } = await run();
    expect(stderr).toBe(
      'web.yaml: 3 fields in 1 workload hardened\nerror: a.yaml: not written: it is read-only\n' +
        `1 pod template, 1 changed (3 fields hardened); 1 file written${LEFT}`,
    );
    expect([read(folder, 'a.yaml'), read(folder), status]).toEqual([WEB, HARDENED, 1]);
  });

  test('a read-only file without changes is no error', async () => {
    const { folder, run } = inPlace({ 'web.yaml': HARDENED });
    chmodSync(join(folder, 'web.yaml'), 0o444);
    expect(await run()).toMatchObject({ stderr: '1 pod template, 0 changed; 0 files written\n', status: 0 });
  });

  test('a file in a folder that is read-only stays, and nothing is left beside it', async () => {
    const policy = readFileSync(join(ROOT, 'policies/restricted/restricted.yaml'));
    const files = { 'in/web.yaml': WEB, 'web.yaml': WEB, '.policies/restricted.yaml': policy };
    const { folder, run } = inPlace(files, '-f', '%', '--policy', '%/.policies');
    // Once before, so that what is only loaded when it is needed is there: the checkout may be closed to another user.
    await harden({ 'a.yaml': WEB }, '-f', '%', '--in-place');
    for (const name of ['in', '.']) chmodSync(join(folder, name), name === '.' ? 0o777 : 0o555);
    for (const name of ['in/web.yaml', 'web.yaml']) chmodSync(join(folder, name), 0o666);
    const isRoot = process.getuid?.() === 0;
    // Root may write everywhere.
    if (isRoot) process.seteuid!(65_534);
    const { stderr, status } = await run().finally(() => isRoot && process.seteuid!(0));
    expect(stderr).toContain('error: in/web.yaml: not written: its folder is read-only\n');
    expect([read(folder, 'in/web.yaml'), read(folder), status]).toEqual([WEB, HARDENED, 1]);
    expect(readdirSync(join(folder, 'in'))).toEqual(['web.yaml']);
  });

  test('stdin is refused before it is read', async () => {
    expect(await dropcap(['harden', '-f', '-', '--in-place'], WEB)).toEqual({
      stdout: '',
      stderr: 'error: found -f - with --in-place, expected files and folders: stdin is no file to write to\n',
      status: 2,
    });
  });

  test.each(['yaml', 'json', 'patch'])('-o %s is refused', async (output) => {
    const { folder, run } = inPlace({ 'web.yaml': WEB }, '-f', '%', '-o', output);
    expect(await run()).toEqual({
      stdout: '',
      stderr: `error: found -o ${output} with --in-place, expected no -o, or -o diff\n`,
      status: 2,
    });
    expect(read(folder)).toBe(WEB);
  });
});
