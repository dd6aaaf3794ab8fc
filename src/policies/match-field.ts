/** Which pods and containers a policy or an exception covers. */
import * as z from 'zod';
import { CONTAINER_KINDS } from '../engine/policy.ts';
import { WORKLOAD_KINDS } from '../engine/template.ts';
import { imagePattern } from './image-pattern.ts';
import { labelSelector } from './label-selector.ts';
import { containerGlob, namespaceGlob, serviceAccountGlob } from './names.ts';
import { some, strict } from './strict.ts';

/** Globs on names that hold any characters. */
const anyGlob = z.string().min(1);

/** `match` and `exclude`: every field that is given must hold, and within a list any entry may. */
export const match = strict({
  namespaces: some(namespaceGlob)
    .optional()
    .describe(
      'Namespaces by name, as anchored globs: `*` stands for any characters, `?` for one. Example: `[shop, "team-*"]`.',
    ),
  namespaceSelector: labelSelector
    .optional()
    .describe("Namespaces by their labels. Needs the cluster's namespaces, or a file of them."),
  podSelector: labelSelector.optional().describe("Pods by the pod's own labels, which its author chooses."),
  serviceAccounts: some(serviceAccountGlob)
    .optional()
    .describe(
      'Service accounts of the pod as globs, `name` in every namespace or `namespace/name`. Example: `[ci/builder]`.',
    ),
  workloads: some(z.enum(WORKLOAD_KINDS as [string, ...string[]]))
    .optional()
    .describe(
      'Kinds of the workload that owns the pod; `Pod` for one without an owner. A pod names only its nearest owner, so that Deployment and ReplicaSet cover the same pods, as do CronJob and Job.',
    ),
  users: some(anyGlob)
    .optional()
    .describe(
      'Who sends the request, by user name, as globs. For most pods that is a controller. Example: `["system:serviceaccount:ci:*"]`.',
    ),
  groups: some(anyGlob)
    .optional()
    .describe('Groups of the user who sends the request, as globs. Example: `["oidc:developers"]`.'),
  images: some(imagePattern)
    .optional()
    .describe(
      'Containers by their image, as globs on the parts of its reference. Example: `[{repository: library/nginx}]`.',
    ),
  containers: some(containerGlob)
    .optional()
    .describe('Containers by name, as globs. Example: `[istio-proxy, "vault-*"]`.'),
  containerKinds: some(z.enum(CONTAINER_KINDS))
    .optional()
    .describe('Containers by the list that they stand in: initContainers, containers or ephemeralContainers.'),
});
