/** The CA bundles of our webhooks in a configuration: read, and set where the configuration is still as it was read. */
import { refusal, type Ask } from './api.ts';

/** The two kinds of configurations. */
export const KINDS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const;

/** A kind of configuration. */
export type Kind = (typeof KINDS)[number];

/** Whose webhooks are ours, in the configurations of which name. */
export interface Ours {
  readonly configuration: string;
  readonly namespace: string;
  readonly service: string;
}

interface Webhook {
  readonly clientConfig: {
    readonly caBundle?: string;
    readonly service?: { readonly namespace: string; readonly name: string };
  };
}

interface ConfigurationObject {
  readonly metadata: { readonly resourceVersion: string };
  readonly webhooks?: readonly Webhook[] | null;
}

/** A configuration as it was read. */
export interface ReadConfiguration {
  readonly title: string;
  /** Undefined where there is none. */
  readonly version: string | undefined;
  /** `caBundle` of our webhooks, in base64. */
  readonly bundles: readonly (string | undefined)[];
  /** Sets it in them, and changes nothing else. False where the configuration has changed since, or is gone. */
  readonly patch: (bundle: string) => Promise<boolean>;
}

/** Indices of the webhooks that call our service. */
const indicesOf = (webhooks: readonly Webhook[], { namespace, service }: Ours): number[] =>
  webhooks.flatMap(({ clientConfig }, i) =>
    clientConfig.service?.namespace === namespace && clientConfig.service.name === service ? [i] : [],
  );

/** Reads the configuration of a kind. Rejects with a `ClusterFailure` where the cluster refuses. */
export async function readConfiguration(ask: Ask, kind: Kind, ours: Ours): Promise<ReadConfiguration> {
  const title = `${kind} ${ours.configuration}`;
  const path = `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s/${ours.configuration}`;
  const answer = await ask('GET', path);
  if (answer.status === 404)
    return { title, version: undefined, bundles: [], patch: () => Promise.reject(new Error(`${title}: is not there`)) };
  if (answer.status !== 200) throw refusal(title, answer);
  const { metadata, webhooks } = answer.body as ConfigurationObject;
  const indices = indicesOf(webhooks ?? [], ours);
  return {
    title,
    version: metadata.resourceVersion,
    bundles: indices.map((i) => webhooks![i]!.clientConfig.caBundle),
    patch: async (bundle) => {
      const body = [
        // A condition: the API server answers 409 where it is another. So each index is the webhook that was read.
        { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
        ...indices.map((i) => ({ op: 'add', path: `/webhooks/${i}/clientConfig/caBundle`, value: bundle })),
      ];
      const type = 'application/json-patch+json';
      const written = await ask('PATCH', `${path}?fieldManager=dropcap`, { type, body });
      if (written.status === 409 || written.status === 404) return false;
      if (written.status !== 200) throw refusal(title, written);
      return true;
    },
  };
}
