/** Exceptions of the tests' own, in the ConfigMap that the install brings: added, and taken back, while the replicas serve. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPolicies } from '../../src/policies/load.ts';
import { servingPods, SYSTEM } from './dropcap.ts';
import { kubectl, kubectlJson, until } from './kubectl.ts';

/** The spec of a HardeningException, without the reason and the owner, which are the tests'. */
export interface Spared {
  readonly match: object;
  readonly keep?: readonly string[];
  readonly rules?: readonly string[];
}

const FILE = 'tests.yaml';

const document = (name: string, { match, keep, rules }: Spared): object => ({
  apiVersion: 'dropcap.dev/v1alpha1',
  kind: 'HardeningException',
  metadata: { name },
  spec: { match, keep, rules, reason: 'a test shows what it changes', owner: 'tests' },
});

type Files = Readonly<Record<string, string>>;

/** The version that a server reports for these files, by the server's own reader. Throws where they hold an error. */
function versionOf(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'dropcap-e2e-policies-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { errors, version } = loadPolicies([folder]);
    if (errors.length > 0) throw new Error(`policies of the test: ${JSON.stringify(errors)}`);
    return version;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The version that a replica said last that it serves with. */
async function versionServedBy(pod: string): Promise<string | undefined> {
  const log = await kubectl(['logs', '-n', SYSTEM, pod, '--tail=-1']);
  const said = log.matchAll(/^\{.*"message":"(?:serving|policies reloaded)".*"policySet":"([0-9a-f]+)"/gm);
  return [...said].at(-1)?.[1];
}

/** Kubelets bring a ConfigMap to their pods within a minute, or at once where they watch it. */
async function untilServedWith(version: string): Promise<void> {
  await until(
    `every replica serves with policies ${version}`,
    async () => {
      const versions = await Promise.all((await servingPods()).map(({ metadata }) => versionServedBy(metadata.name)));
      return versions.every((served) => served === version);
    },
    120,
  );
}

async function write(text: string | null): Promise<void> {
  await kubectl([
    'patch',
    'configmap',
    'dropcap-policies',
    '-n',
    SYSTEM,
    '--type=merge',
    `--patch=${JSON.stringify({ data: { [FILE]: text } })}`,
  ]);
  const { data } = await kubectlJson<{ data: Files }>('get', 'configmap', 'dropcap-policies', '-n', SYSTEM);
  await untilServedWith(versionOf(data));
}

/** Adds exceptions, by name, and waits until every replica heeds them. */
export const addExceptions = (exceptions: Readonly<Record<string, Spared>>): Promise<void> =>
  write(
    Object.entries(exceptions)
      .map(([name, spared]) => JSON.stringify(document(name, spared)))
      .join('\n---\n'),
  );

/** Takes the exceptions back, and waits until every replica serves without them. */
export const removeExceptions = (): Promise<void> => write(null);
