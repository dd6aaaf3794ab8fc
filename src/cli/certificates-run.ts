/** What `dropcap certificates` does: joins the cluster to the steps, and says what they did. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../certificates/cluster.ts';
import { issue } from '../certificates/issue.ts';
import { settle, Unsettled, type Around, type Wants } from '../certificates/settle.ts';
import { ClusterFailure } from '../kube/api.ts';
import { readSecret } from '../kube/secret.ts';
import { KINDS, readConfiguration } from '../kube/webhook-configuration.ts';
import type { CertificatesOptions } from './certificates.ts';
import { openCluster } from './cluster.ts';
import { BadInput, type Context } from './context.ts';
import { say } from './say.ts';

const OWN_NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

function namespaceOf({ namespace }: CertificatesOptions): string {
  if (namespace !== undefined) return namespace;
  try {
    return readFileSync(OWN_NAMESPACE, 'utf8').trim();
  } catch {
    throw new BadInput(['error: missing: --namespace <name> (only in a pod its own is known)']);
  }
}

type Level = 'info' | 'error';

/** Lines for people, or in the form of the log of `serve`. */
const speaker =
  ({ logFormat }: CertificatesOptions, context: Context) =>
  (level: Level, message: string): void => {
    if (logFormat === 'json')
      context.stderr.write(`${JSON.stringify({ level, message, timestamp: new Date().toISOString() })}\n`);
    else say(context, [level === 'error' ? `error: ${message}` : message]);
  };

/** How long an install may take from the Job to the webhook configuration: kubectl and others make Jobs first. */
const CONFIGURED_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 1_000;

/**
 * Settles; where the configuration that calls for the certificate is not there yet, waits for it and settles once more. Throws
 * `Unsettled` where it does not come: nobody would trust what is served then.
 */
async function settleAll(cluster: Cluster, wants: Wants, around: Around): Promise<void> {
  await settle(cluster, wants, around);
  const until = Date.now() + CONFIGURED_WITHIN_MS;
  for (let waited = false; ; waited = true) {
    const [mutating] = await cluster.configurations();
    if (mutating!.version !== undefined) {
      // The other one is made in the same moment.
      if (waited) await sleep(LOOK_AGAIN_MS).then(() => settle(cluster, { ...wants, renew: false }, around));
      return;
    }
    if (!waited) around.tell(`${mutating!.title}: waiting for it`);
    if (Date.now() > until) throw new Unsettled(`${mutating!.title}: is not there, so nobody trusts the certificate`);
    await sleep(LOOK_AGAIN_MS);
  }
}

/** Brings the certificates of a cluster in order. Throws `BadInput` where it cannot begin. */
export async function runCertificates(options: CertificatesOptions, context: Context): Promise<void> {
  const { service, secret: name, webhookConfiguration: configuration, validDays } = options;
  const namespace = namespaceOf(options);
  const ask = openCluster(options.kubeconfig, context);
  const speak = speaker(options, context);
  const ours = { configuration, namespace, service };
  const cluster: Cluster = {
    configurations: () => Promise.all(KINDS.map((kind) => readConfiguration(ask, kind, ours))),
    secret: () => readSecret(ask, { namespace, name }),
  };
  const propagationMs = options.propagationSeconds * 1_000;
  const wants = { dnsName: `${service}.${namespace}.svc`, validDays, renew: options.renew === true, propagationMs };
  const tell = (what: string): void => speak('info', what);
  const around = { now: () => new Date(), sleep, random: Math.random, issue, tell };
  try {
    await settleAll(cluster, wants, around);
  } catch (error) {
    if (!(error instanceof ClusterFailure || error instanceof Unsettled)) throw error;
    speak('error', error.message);
    context.exit(1);
  }
}
