/** What `dropcap explain` foretells of pods, by the policies and namespaces of the cluster that they are made in. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Facts } from '../../src/cli/explain-facts.ts';
import { SYSTEM } from './dropcap.ts';
import { kubectl, kubectlJson } from './kubectl.ts';

/** One container of one pod, with what is foretold of it. */
export interface Explained {
  readonly namespace: string;
  /** `Pod/NAME`. */
  readonly workload: string;
  readonly container: string;
  readonly rights: Facts;
}

const COMMAND = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Runs the command on the pods as they were submitted. */
export async function explained(pods: readonly object[]): Promise<readonly Explained[]> {
  const folder = mkdtempSync(join(tmpdir(), 'dropcap-e2e-explain-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  try {
    const { data } = await kubectlJson<{ data: Readonly<Record<string, string>> }>(
      'get',
      'configmap',
      'dropcap-policies',
      '-n',
      SYSTEM,
    );
    for (const [name, text] of Object.entries(data)) file(name, text);
    const namespaces = file('namespaces.list', await kubectl(['get', 'namespaces', '-o', 'json']));
    const manifest = file('pods.list', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }));
    const args = ['explain', '-f', manifest, '--policy', folder, '--namespaces', namespaces, '-o', 'json'];
    const command = ['--disable-warning=ExperimentalWarning', COMMAND, ...args];
    const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 1 << 28 });
    return (JSON.parse(stdout) as { containers: readonly Explained[] }).containers;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
