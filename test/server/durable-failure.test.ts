/** What a request comes to where its record cannot be written, by a disk that is full, gone or silent. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openJournalTrail, type AuditFailure, type JournalTrail } from '../../src/audit/journal-trail.ts';
import { textOf } from '../../src/audit/body.ts';
import { readJournal } from '../../src/audit/journal-read.ts';
import { BEGINNING, journalFolder } from '../../src/audit/journal-segments.ts';
import { canMount, mountDisk, type Disk } from './durable-disks.ts';
import { ask, errorIn, type Reply } from './client.ts';
import { closeAll, eventually, start, temporaryFolder, type TestServer } from './harness.ts';
import { compliant, creating, operationsIn, plainPod, responseIn } from './reviews.ts';

jest.setTimeout(60_000);

const probed = temporaryFolder();
const mountable = await canMount(join(probed.folder, 'probe'));
probed.remove();
const onDisks = mountable ? describe : describe.skip;

let folder: string;
let remove: () => void;
let disk: Disk | undefined;
let told: string[];
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  told = [];
});
afterEach(async () => {
  disk?.thaw();
  await closeAll();
  await disk?.remove();
  disk = undefined;
  remove();
});

const openIn = (where: string, failure: AuditFailure): Promise<JournalTrail> =>
  openJournalTrail(join(where, 'audit.db.journal'), {
    failure,
    onOutage: ({ message }) => void told.push(message),
    onRecovery: (lost) => void told.push(`again, ${lost} lost`),
  });

const uidsIn = (where: string): string[] =>
  [...readJournal(journalFolder(join(where, 'audit.db')), BEGINNING)].map(
    (line) => (JSON.parse(textOf(line)) as { uid: string }).uid,
  );

const send = (server: TestServer): Promise<Reply> => server.post(creating(plainPod()));
const uidOf = (reply: Reply): string => responseIn(reply.body).uid;
const isPatched = (reply: Reply): boolean => reply.status === 200 && operationsIn(responseIn(reply.body)).length > 0;

/** After a failure the disk is left alone for a second. */
const untilTriedAgain = (): Promise<void> => sleep(1_050);

describe('a disk that works', () => {
  test.each<AuditFailure>(['best-effort', 'required'])('has the record when the answer comes, %s', async (failure) => {
    const server = await start({ store: await openIn(folder, failure) });
    for (let i = 0; i < 20; i++) {
      const reply = await send(server);
      expect(isPatched(reply)).toBe(true);
      expect(uidsIn(folder).at(-1)).toBe(uidOf(reply));
    }
    expect(await server.metric('dropcap_audit_written_total', { to: 'store' })).toBe(20);
    expect(await server.metric('dropcap_audit_lost_total')).toBe(0);
    expect(await server.metric('dropcap_audit_backlog_records', { to: 'store' })).toBe(0);
    await server.close();
    expect((await server.records()).map(({ uid }) => uid)).toEqual(uidsIn(folder));
  });

  test('has the record of a pod that the gate denied, too, and none of a dry run or where nothing is recorded', async () => {
    const server = await start({ store: await openIn(folder, 'required') });
    await server.post(creating(plainPod(), { dryRun: true }));
    await server.post(creating(plainPod({}, compliant())));
    expect(await server.metric('dropcap_audit_written_total', { to: 'store' })).toBe(0);
    const reply = await server.post(creating(plainPod()), '/validate');
    expect(uidsIn(folder)).toEqual([uidOf(reply)]);
  });

  test('has all that was answered when the server has ended', async () => {
    const server = await start({ store: await openIn(folder, 'best-effort') });
    const replies = await Promise.all(Array.from({ length: 50 }, () => send(server)));
    await server.close();
    expect(uidsIn(folder).toSorted()).toEqual(replies.map(uidOf).toSorted());
  });
});

describe('a folder that is removed', () => {
  test('fails requests where records are required, until it can be written again', async () => {
    const server = await start({ store: await openIn(folder, 'required') });
    await send(server);
    rmSync(journalFolder(join(folder, 'audit.db')), { recursive: true });
    const reply = await send(server);
    expect([reply.status, errorIn(reply)]).toEqual([
      500,
      { code: 'internal', message: 'the audit record cannot be written' },
    ]);
    await untilTriedAgain();
    expect(isPatched(await send(server))).toBe(true);
    expect(told).toEqual([expect.stringContaining('was removed'), 'again, 0 lost']);
    expect(await server.metric('dropcap_audit_lost_total')).toBe(0);
  });
});

onDisks('a disk that is full', () => {
  const full = async (failure: AuditFailure): Promise<TestServer> => {
    disk = mountDisk(join(folder, 'disk'))!;
    const server = await start({ store: await openIn(disk.folder, failure) });
    await send(server);
    disk.fill();
    // What is left of the last block still takes some.
    await eventually(
      async () => (await send(server), told.length),
      (outages) => outages > 0,
    );
    return server;
  };

  test('holds no answer back where that may be; the loss is counted, and told of once until it ends', async () => {
    const server = await full('best-effort');
    const before = await server.metric('dropcap_audit_lost_total', { to: 'store' });
    const replies = await Promise.all(Array.from({ length: 30 }, () => send(server)));
    expect(replies.every(isPatched)).toBe(true);
    await untilTriedAgain();
    expect(isPatched(await send(server))).toBe(true);
    expect(await server.metric('dropcap_audit_lost_total', { to: 'store' })).toBe(before + 31);
    expect(told).toEqual([expect.stringContaining('ENOSPC')]);
    disk!.drain();
    await untilTriedAgain();
    const reply = await send(server);
    expect(uidsIn(disk!.folder).at(-1)).toBe(uidOf(reply));
    expect(told.slice(1)).toEqual([`again, ${before + 31} lost`]);
  });

  test('fails requests where records are required, but none that leaves no record', async () => {
    const server = await full('required');
    const before = uidsIn(disk!.folder);
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await send(server)).status));
    expect(new Set(statuses)).toEqual(new Set([500]));
    expect(uidsIn(disk!.folder)).toEqual(before);
    expect((await server.post(creating(plainPod(), { dryRun: true }))).status).toBe(200);
    expect((await server.post(creating(plainPod({}, compliant())))).status).toBe(200);
    const readyz = await ask({ port: server.adminPort, path: '/readyz', plain: true });
    expect(JSON.parse(readyz.body)).toMatchObject({ checks: { audit: { detail: expect.stringContaining('ENOSPC') } } });
    disk!.drain();
    await untilTriedAgain();
    expect(isPatched(await send(server))).toBe(true);
    expect(await server.metric('dropcap_audit_lost_total')).toBe(0);
  });
});

onDisks('a disk that does not answer', () => {
  test('holds an answer back for a second, the next ones not, and has all records when it answers again', async () => {
    disk = mountDisk(join(folder, 'disk'))!;
    const server = await start({ store: await openIn(disk.folder, 'best-effort') });
    const uids = [uidOf(await send(server))];
    disk.freeze();
    uids.push(uidOf(await send(server)));
    expect(told).toEqual(['the disk did not answer within 1000 ms']);
    const next = await Promise.all(Array.from({ length: 20 }, () => send(server)));
    uids.push(...next.map(uidOf));
    // They did not wait for the disk, which still says nothing.
    expect(await server.metric('dropcap_audit_backlog_records', { to: 'store' })).toBe(21);
    disk.thaw();
    await eventually(
      () => uidsIn(disk!.folder).length,
      (length) => length === 22,
    );
    expect(uidsIn(disk.folder).toSorted()).toEqual(uids.toSorted());
    expect(told.slice(1)).toEqual(['again, 0 lost']);
    expect(await server.metric('dropcap_audit_lost_total')).toBe(0);
  });

  test('is waited for where records are required', async () => {
    disk = mountDisk(join(folder, 'disk'))!;
    const server = await start({ store: await openIn(disk.folder, 'required') });
    await send(server);
    disk.freeze();
    const answer = send(server);
    expect(await Promise.race([answer, sleep(1_500, 'nothing')])).toBe('nothing');
    disk.thaw();
    const uid = uidOf(await answer);
    expect(uidsIn(disk.folder)).toContain(uid);
  });

  test('does not keep a server from ending, which tells what is lost', async () => {
    disk = mountDisk(join(folder, 'disk'))!;
    const store = await openIn(disk.folder, 'best-effort');
    const server = await start({ store });
    await send(server);
    disk.freeze();
    await send(server);
    await server.close();
    expect(told.at(-1)).toBe('1 records could not be written in time and are lost');
    expect(store.counts()).toMatchObject({ lost: 1 });
  });
});
