/** `make demo`: starts the webhook, sends it what an API server would, shows what comes back, and leaves nothing running. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditRecord } from '../../src/audit/record.ts';
import { printRecord, printText, printTitle, printWarning } from './print.ts';
import { debugRequest, requestsFor } from './reviews.ts';
import { startWebhook } from './webhook.ts';

interface Answer {
  readonly response: { readonly uid: string; readonly patch?: string; readonly warnings?: readonly string[] };
}

const folder = mkdtempSync(join(tmpdir(), 'dropcap-demo-'));
const webhook = await startWebhook(folder);
try {
  printText(
    `dropcap listens on https://127.0.0.1:${webhook.port}/mutate with a throw-away certificate, the policy "restricted" and one ` +
      'exception. It is now sent what an API server would send for these manifests.',
  );
  const requests = [...requestsFor(readFileSync(join(import.meta.dirname, 'manifests.yaml'), 'utf8')), debugRequest()];
  const answers: Answer[] = [];
  for (const { body } of requests) {
    const { status, body: answer } = await webhook.send(body);
    if (status !== 200) throw new Error(`HTTP ${status}: ${answer}`);
    answers.push(JSON.parse(answer) as Answer);
  }
  // Records are written in batches, a moment after the answers have left.
  await sleep(200);
  const lines = readFileSync(join(folder, 'audit.jsonl'), 'utf8').trim().split('\n');
  const records = new Map(lines.map((line) => JSON.parse(line) as AuditRecord).map((record) => [record.uid, record]));
  requests.forEach(({ title }, i) => {
    const { uid, patch, warnings = [] } = answers[i]!.response;
    printTitle(title, patch !== undefined);
    warnings.forEach(printWarning);
    printRecord(records.get(uid));
  });
  const metrics = (await webhook.read('/metrics'))
    .split('\n')
    .filter((line) => line.startsWith('dropcap_requests_total'));
  const changed = answers.filter(({ response }) => response.patch !== undefined).length;
  console.log();
  printText(
    `${requests.length} requests, ${changed} patched, ${records.size} recorded. From /metrics: ${metrics.join('  ')}`,
  );
} finally {
  const status = await webhook.end();
  rmSync(folder, { recursive: true });
  printText(`The webhook has ended (exit status ${status}); nothing is left running.`);
}
