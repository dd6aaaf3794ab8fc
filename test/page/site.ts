/** The page, served over HTTP from a real store, as the admin port serves it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { openJournal } from '../../src/audit/journal.ts';
import { journalFolder } from '../../src/audit/journal-segments.ts';
import { auditPage, type PageParts } from '../../src/page/router.ts';
import { openStore } from '../../src/store/open.ts';
import { openReader, type PatientReader } from '../../src/store/reader.ts';
import { IN_FORCE, NOW } from './trail.ts';

/** A store that a thread reads, as in a server; filled from a journal, and removed when it is closed. */
export async function filledStore(lines: readonly unknown[]): Promise<PatientReader> {
  const folder = mkdtempSync(join(tmpdir(), 'dropcap-page-'));
  const file = join(folder, 'audit.db');
  const journal = await openJournal(journalFolder(file));
  await Promise.all(lines.map((line) => journal.append(JSON.stringify(line))));
  await journal.close();
  const store = await openStore(file);
  await store.ingest();
  await store.close();
  const reader = openReader(file);
  return {
    ...reader,
    close: async () => {
      await reader.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A page that is served. */
export interface Site {
  /** Of the first view, with the slash at its end. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves the page of a store on loopback. */
export async function serveSite(reader: PageParts['reader'], more: Partial<PageParts> = {}): Promise<Site> {
  const app = express().disable('etag').disable('x-powered-by');
  const parts = { policies: () => IN_FORCE, now: () => NOW, version: '0.1.0', instance: 'dropcap-6c8f5d7b9-x2x4k' };
  app.use('/audit/ui', auditPage({ reader, ...parts, ...more }));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/audit/ui/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
