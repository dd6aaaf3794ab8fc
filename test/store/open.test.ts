import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from '@jest/globals';
import { openStore } from '../../src/store/open.ts';
import { STEPS } from '../../src/store/schema.ts';
import { migrate, SQLITE_STEPS } from '../../src/store/sqlite-schema.ts';
import { addRecords, newFile, numbered } from './stores.ts';

const VERSION_1 = readFileSync(join(import.meta.dirname, 'version-1.sql'), 'utf8');

/** A database as the first release made it, with two records. */
function madeByVersion1(): string {
  const file = newFile();
  const database = new DatabaseSync(file);
  database.exec(VERSION_1);
  database.close();
  return file;
}

const pragma = (file: string, name: string): unknown => {
  const database = new DatabaseSync(file);
  const value = database.prepare(`PRAGMA ${name}`).get()![name];
  database.close();
  return value;
};

describe('a database of version 1', () => {
  test('is brought to this version, and answers', async () => {
    const file = madeByVersion1();
    const store = await openStore(file);
    const { entries } = await store.list({ namespace: 'team-a', capability: 'NET_RAW' }, 10);
    expect(entries.map(({ uid, passes }) => [uid, passes.length])).toEqual([['one', 2]]);
    expect(await store.stats({})).toMatchObject({ records: 2, capabilities: [{ name: 'NET_RAW', count: 1 }] });
    addRecords(file, 2, numbered(0, 3));
    expect([await store.ingest(), (await store.stats({ namespace: 'team-a' })).records]).toEqual([3, 5]);
    await store.close();
    expect(pragma(file, 'user_version')).toBe(STEPS.length);
  });
});

describe('a migration', () => {
  const STEP = 'CREATE TABLE notes (id INTEGER PRIMARY KEY); INSERT INTO notes SELECT id FROM passes;';
  const notes = (database: DatabaseSync): unknown => database.prepare('SELECT count(*) AS n FROM notes').get()!['n'];

  test('takes the steps that a database has not had, each once', () => {
    const database = new DatabaseSync(madeByVersion1());
    for (let i = 0; i < 2; i++) migrate(database, [...SQLITE_STEPS, STEP]);
    expect([notes(database), database.prepare('PRAGMA user_version').get()]).toEqual([
      2,
      { user_version: STEPS.length + 1 },
    ]);
    database.close();
  });

  test('that fails leaves the database as it was', () => {
    const file = madeByVersion1();
    const database = new DatabaseSync(file);
    expect(() => migrate(database, [...SQLITE_STEPS, STEP, 'INSERT INTO nowhere VALUES (1)'])).toThrow(
      'no such table: nowhere',
    );
    expect(() => notes(database)).toThrow('no such table: notes');
    database.close();
    expect(pragma(file, 'user_version')).toBe(1);
  });

  test('to what a newer dropcap wrote is refused, and changes nothing', async () => {
    const file = madeByVersion1();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    const before = readFileSync(file);
    for (const readOnly of [true, false])
      await expect(openStore(file, { readOnly })).rejects.toThrow(
        `${file}: written by a newer dropcap: version 99 of the store, expected at most ${STEPS.length}`,
      );
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe('what is no store', () => {
  test('a file that is no database is refused, and left as it is', async () => {
    const file = newFile();
    const text = 'time,uid\n'.repeat(1_000);
    writeFileSync(file, text);
    for (const readOnly of [true, false])
      await expect(openStore(file, { readOnly })).rejects.toThrow(`${file}: no SQLite database`);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('a database of another program is refused, and left as it is', async () => {
    const file = newFile();
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE passes (id INTEGER PRIMARY KEY)');
    database.close();
    const before = readFileSync(file);
    await expect(openStore(file)).rejects.toThrow(
      `${file}: a database of another program, where an audit store was expected`,
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('a damaged database says so', async () => {
    const file = newFile();
    const whole = await openStore(file);
    addRecords(file, 1, numbered(0, 2_000));
    await whole.ingest();
    await whole.close();
    const bytes = readFileSync(file);
    writeFileSync(file, Buffer.concat([bytes.subarray(0, 8192), Buffer.alloc(bytes.length - 8192, 0x5a)]));
    const store = openStore(file, { readOnly: true }).then((opened) => opened.list({}, 10));
    await expect(store).rejects.toThrow(`${file}: the database is damaged`);
  });

  test('a file or folder that is not there is named', async () => {
    const file = newFile();
    await expect(openStore(file, { readOnly: true })).rejects.toThrow(
      `ENOENT: no such file or directory, open '${file}'`,
    );
    expect(existsSync(file)).toBe(false);
    await expect(openStore(`${file}/audit.db`)).rejects.toThrow(
      `ENOENT: no such file or directory, open '${file}/audit.db'`,
    );
    await expect(openStore(dirname(file))).rejects.toThrow('EISDIR');
  });

  test('an empty file is made a store where it may be written, and refused where not', async () => {
    const file = newFile();
    writeFileSync(file, '');
    await expect(openStore(file, { readOnly: true })).rejects.toThrow(
      `${file}: no audit store yet: nothing was written to it`,
    );
    const store = await openStore(file);
    expect((await store.stats({})).records).toBe(0);
    await store.close();
  });
});

// Root may write whatever the permissions say: what they forbid is tried as somebody else, once the programs are loaded, which lie
// where somebody else may not look.
const AS_NOBODY = `const { openStore } = await import(process.argv[1]);
  await openStore('/nowhere/audit.db').catch(() => undefined);
  process.setgroups([]);
  process.setgid(65534);
  process.setuid(65534);`;

const OPEN = `${AS_NOBODY} await openStore(process.argv[2]).catch((e) => console.log(e.message));`;

const READ = `${AS_NOBODY}
  await openStore(process.argv[2], { readOnly: true }).then((store) => store.stats({})).then(
    ({ records }) => console.log(records), (e) => console.log(e.message));`;

describe('without permission', () => {
  const asRoot = process.getuid?.() === 0 ? test : test.skip;

  /** What somebody who owns nothing there is told. */
  function toldTo(file: string, program = OPEN): string {
    const open = join(import.meta.dirname, '../../src/store/open.ts');
    const args = ['--input-type=module', '-e', program, open, file];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return stdout + stderr;
  }

  asRoot('a folder that cannot be written is named', async () => {
    const folder = newFile();
    mkdirSync(folder);
    const file = join(folder, 'audit.db');
    chmodSync(dirname(folder), 0o755);
    expect(toldTo(file)).toBe(`EACCES: permission denied, open '${file}'\n`);
    copyFileSync(madeByVersion1(), file);
    expect(toldTo(file)).toBe(`EACCES: permission denied, open '${file}'\n`);
    chmodSync(file, 0o666);
    expect(toldTo(file)).toMatch(
      /audit\.db: it (cannot be opened: the files beside it|cannot be written: the file or its)/,
    );
    expect(statSync(file).mode & 0o777).toBe(0o666);
    await Promise.resolve();
  });

  asRoot('a copy in a folder that cannot be written is read, where nobody writes to it', async () => {
    const folder = newFile();
    mkdirSync(folder);
    const file = join(folder, 'audit.db');
    copyFileSync(madeByVersion1(), file);
    for (const [path, mode] of [
      [dirname(folder), 0o755],
      [folder, 0o555],
      [file, 0o444],
    ] as const)
      chmodSync(path, mode);
    expect(toldTo(file, READ)).toBe('2\n');
    // What is in the log beside it would be missed.
    writeFileSync(`${file}-wal`, '');
    expect(toldTo(file, READ)).toMatch(/audit\.db: it cannot be (opened|written)/);
    await Promise.resolve();
  });

  test('a store that is only read takes nothing in, and removes nothing', async () => {
    const file = madeByVersion1();
    const store = await openStore(file, { readOnly: true });
    await expect(store.ingest()).rejects.toThrow(`${file}: opened only to be read`);
    await expect(store.prune({ before: Infinity })).rejects.toThrow(`${file}: opened only to be read`);
    expect((await store.stats({})).records).toBe(2);
    await store.close();
  });
});
