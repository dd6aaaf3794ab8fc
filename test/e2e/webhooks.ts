/** dropcap's webhook configurations, taken away for a while and put back as they were. */
import { kubectl, kubectlJson } from './kubectl.ts';
import { manifests } from './dropcap.ts';

const KINDS = 'mutatingwebhookconfiguration,validatingwebhookconfiguration';
const OURS = 'app.kubernetes.io/name=dropcap';

interface Configuration {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly { readonly name: string; readonly clientConfig: { readonly caBundle: string } }[];
}

/** dropcap's configurations as they stand. */
export const configurations = async (): Promise<Configuration[]> =>
  (await kubectlJson<{ items: Configuration[] }>('get', KINDS, '-l', OURS)).items;

/** Does something while the API server does not call dropcap at all. */
export async function withoutDropcap<T>(run: () => Promise<T>): Promise<T> {
  const before = await configurations();
  await kubectl(['delete', KINDS, '-l', OURS]);
  try {
    return await run();
  } finally {
    await restore(before);
  }
}

/** Puts the configurations back: as the manifests have them, with the certificates that they trusted. */
export async function restore(before: readonly Configuration[]): Promise<void> {
  await kubectl(['apply', '-k', manifests()]);
  for (const { kind, metadata, webhooks } of before)
    await kubectl([
      'patch',
      kind,
      metadata.name,
      '-p',
      JSON.stringify({
        webhooks: webhooks.map(({ name, clientConfig: { caBundle } }) => ({ name, clientConfig: { caBundle } })),
      }),
    ]);
}

/** Sets the failurePolicy of every webhook of dropcap's. */
export async function setFailurePolicy(failurePolicy: 'Ignore' | 'Fail'): Promise<void> {
  for (const { kind, metadata, webhooks } of await configurations())
    await kubectl([
      'patch',
      kind,
      metadata.name,
      '-p',
      JSON.stringify({ webhooks: webhooks.map(({ name }) => ({ name, failurePolicy })) }),
    ]);
}
