import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { HardeningException } from '../../src/engine/policy.ts';
import { Unreadable } from '../../src/engine/unreadable.ts';
import type { Labels } from '../../src/engine/selector.ts';
import { hasCorpus, readCorpus, templatesOf, type CorpusTemplate } from '../corpus.ts';
import { applied } from '../outcome.ts';
import { containersIn, type JsonMap } from '../pods.ts';
import { alone, beside, decide, exceptions, restrictedBeside, sparedIn, type Place } from './exceptions-outcome.ts';
import { FIXTURES } from './exceptions-fixtures.ts';

/** The corpus holds development branches. The exceptions name the registries of releases, and no others. */
const RELEASES = [
  ['registry.istio.io/testing/', 'registry.istio.io/release/'],
  ['gcr.io/k8s-staging-sig-storage/', 'registry.k8s.io/sig-storage/'],
] as const;

const released = (pod: JsonMap): JsonMap =>
  JSON.parse(
    RELEASES.reduce((text, [from, to]) => text.replaceAll(`"${from}`, `"${to}`), JSON.stringify(pod)),
  ) as JsonMap;

/** Where a manifest that names no namespace is applied, other than to `default`. */
const APPLIED_TO: Readonly<Record<string, string>> = { 'vault-workshop': 'vault' };

const INJECTED = { 'istio-injection': 'enabled' };

/** The last part but one of `A-manifests/istio-inject/hello.yaml.injected`. */
const part = ({ file }: CorpusTemplate): string => file.split('/')[1]!;

const placeOf = (template: CorpusTemplate, namespaceLabels: Labels): Place => ({
  namespace: template.namespace || (APPLIED_TO[part(template)] ?? 'default'),
  namespaceLabels,
  kind: template.kind,
});

/** A template with a wrong type is refused, with exceptions or without. */
function isReadable(template: CorpusTemplate): boolean {
  try {
    decide(template.pod as JsonMap, placeOf(template, {}), alone);
    return true;
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}

const templates = hasCorpus
  ? ['A-manifests/', 'B-peers/'].flatMap((folder) => templatesOf(readCorpus(folder)).templates).filter(isReadable)
  : [];
const releases = templates.map((template) => ({ ...template, pod: released(template.pod as JsonMap) }));

/** Every container that comes out otherwise beside the exceptions, how, and how often. */
function spared(some: readonly CorpusTemplate[], labels: Labels = INJECTED): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const template of some)
    for (const [container, how] of sparedIn(template.pod as JsonMap, placeOf(template, labels))) {
      const file = template.file.replace(/^[^/]+\//, '').replace(/^istio-inject\/.*/, 'istio-inject');
      const row = `${file} ${container}: ${how}`;
      counts[row] = (counts[row] ?? 0) + 1;
    }
  return counts;
}

const UNREPORTED = 'capabilities.drop not reported; allowPrivilegeEscalation not reported';
const PROBE =
  'capabilities.add SYS_ADMIN SYS_RESOURCE SYS_PTRACE NET_ADMIN NET_BROADCAST NET_RAW IPC_LOCK CHOWN DAC_READ_SEARCH, not null; allowPrivilegeEscalation null, not false';

/** All that is spared in the whole corpus. What is "not null" is what the manifest adds, in its own order. */
const SPARED: Readonly<Record<string, number>> = {
  'amazon-vpc-cni/aws-k8s-cni.yaml aws-node: capabilities.add NET_ADMIN NET_RAW, not null': 1,
  'amazon-vpc-cni/aws-k8s-cni.yaml aws-eks-nodeagent: capabilities.drop not reported; capabilities.add not reported; allowPrivilegeEscalation not reported': 1,
  [`amazon-vpc-cni/aws-k8s-cni.yaml aws-vpc-cni-init: ${UNREPORTED}`]: 1,
  [`calico/calico-etcd.yaml calico-node: ${UNREPORTED}`]: 1,
  [`calico/calico-etcd.yaml ebpf-bootstrap: ${UNREPORTED}`]: 1,
  [`calico/calico-etcd.yaml install-cni: ${UNREPORTED}`]: 1,
  [`calico/calico.yaml calico-node: ${UNREPORTED}`]: 1,
  [`calico/calico.yaml ebpf-bootstrap: ${UNREPORTED}`]: 1,
  [`calico/calico.yaml install-cni: ${UNREPORTED}`]: 1,
  [`calico/calico.yaml upgrade-ipam: ${UNREPORTED}`]: 1,
  [`calico/canal-etcd.yaml calico-node: ${UNREPORTED}`]: 1,
  [`calico/canal-etcd.yaml ebpf-bootstrap: ${UNREPORTED}`]: 1,
  [`calico/canal-etcd.yaml flannel: ${UNREPORTED}`]: 1,
  [`calico/canal-etcd.yaml install-cni: ${UNREPORTED}`]: 1,
  [`calico/csi-driver.yaml calico-csi: ${UNREPORTED}`]: 1,
  [`calico/csi-driver.yaml csi-node-driver-registrar: ${UNREPORTED}`]: 1,
  'csi-driver-nfs/csi-nfs-controller.yaml nfs: capabilities.add not reported; allowPrivilegeEscalation not reported': 1,
  'csi-driver-nfs/csi-nfs-node.yaml nfs: capabilities.add not reported; allowPrivilegeEscalation not reported': 1,
  'csi-driver-nfs/v3.0.0/csi-nfs-controller.yaml nfs: capabilities.add not reported; allowPrivilegeEscalation not reported': 1,
  'csi-driver-nfs/v3.0.0/csi-nfs-node.yaml nfs: capabilities.add not reported; allowPrivilegeEscalation not reported': 1,
  'csi-driver-smb/csi-smb-controller.yaml smb: allowPrivilegeEscalation not reported': 1,
  'csi-driver-smb/csi-smb-node.yaml smb: allowPrivilegeEscalation not reported': 1,
  [`datadog-agent/daemonset_default.yaml system-probe: ${PROBE}`]: 1,
  [`datadog-agent/gpu_monitoring.yaml system-probe: ${PROBE}`]: 1,
  [`datadog-agent/npm_daemonset_default.yaml system-probe: ${PROBE}`]: 1,
  'flannel/kube-flannel.yml kube-flannel: capabilities.add NET_ADMIN NET_RAW, not null': 1,
  'istio-inject istio-init: capabilities.add NET_ADMIN NET_RAW, not null': 60,
  'istio-inject istio-proxy: capabilities.add NET_ADMIN, not null': 3,
  'istio-operator-golden/istio-cni.golden.yaml install-cni: capabilities.add NET_ADMIN NET_RAW SYS_PTRACE SYS_ADMIN DAC_OVERRIDE, not null; allowPrivilegeEscalation null, not false': 1,
  'istio-operator-golden/ztunnel.golden.yaml istio-proxy: capabilities.add NET_ADMIN SYS_ADMIN NET_RAW, not null; allowPrivilegeEscalation true, not false': 1,
  'kube-prometheus/nodeExporter-daemonset.yaml node-exporter: capabilities.add SYS_TIME, not null': 1,
  [`longhorn/longhorn.yaml longhorn-manager: ${UNREPORTED}`]: 1,
  'metallb/metallb-frr.yaml frr: capabilities.add NET_ADMIN NET_RAW SYS_ADMIN NET_BIND_SERVICE CHOWN DAC_OVERRIDE FOWNER KILL SETGID SETUID, not NET_BIND_SERVICE': 1,
  'metallb/metallb-frr.yaml frr-metrics: capabilities.add newly DAC_OVERRIDE': 1,
  'metallb/metallb-frr.yaml reloader: capabilities.add newly DAC_OVERRIDE': 1,
  'metallb/metallb-frr.yaml speaker: capabilities.add NET_RAW, not null': 1,
  'metallb/metallb-native.yaml speaker: capabilities.add NET_RAW, not null': 1,
  [`node-problem-detector/node-problem-detector-healthchecker.yaml node-problem-detector: ${UNREPORTED}`]: 1,
  [`node-problem-detector/node-problem-detector.yaml node-problem-detector: ${UNREPORTED}`]: 1,
  'vault-workshop/vault.yaml vault: capabilities.add IPC_LOCK, not null': 1,
};

/** What the manifests of spared containers add and yet lose. */
function lost(template: CorpusTemplate): string[] {
  const place = placeOf(template, INJECTED);
  const names = sparedIn(template.pod as JsonMap, place);
  const { patch } = decide(template.pod as JsonMap, place, beside);
  const after = containersIn(applied(structuredClone(template.pod as JsonMap), patch));
  return containersIn(template.pod as JsonMap).flatMap(({ name, security }, i) =>
    names.has(name)
      ? security.add
          .filter((capability) => !after[i]!.security.add.includes(capability))
          .map((capability) => `${template.file} ${name} ${capability}`)
      : [],
  );
}

const withoutEach = <T>(list: readonly T[] | undefined): T[][] =>
  (list ?? []).length > 1 ? list!.map((_, i) => list!.toSpliced(i, 1)) : [];

/** The exception with one namespace, container, image, capability or rule less. */
function narrower(exception: HardeningException): HardeningException[] {
  const { spec } = exception;
  const match = spec.match!;
  const specs: HardeningException['spec'][] = [
    ...withoutEach(match.namespaces).map((namespaces) => ({ ...spec, match: { ...match, namespaces } })),
    ...withoutEach(match.containers).map((containers) => ({ ...spec, match: { ...match, containers } })),
    ...withoutEach(match.images).map((images) => ({ ...spec, match: { ...match, images } })),
    ...withoutEach(spec.keep)
      // Restricted allows adding it by itself; other policies may not.
      .filter((keep) => keep.includes('NET_BIND_SERVICE') || !spec.keep!.includes('NET_BIND_SERVICE'))
      .map((keep) => ({ ...spec, keep })),
    ...withoutEach(spec.rules).map((rules) => ({ ...spec, rules })),
    ...(spec.keep && spec.rules
      ? [
          { ...spec, keep: undefined },
          { ...spec, rules: undefined },
        ]
      : []),
  ];
  return specs.map((less) => ({ ...exception, spec: less }));
}

(hasCorpus ? describe : describe.skip)('on the whole corpus', () => {
  test('the manifests keep what they need, and no other container is spared anything', () => {
    expect(templates.length).toBeGreaterThan(600);
    expect(spared(releases)).toEqual(SPARED);
  });

  test('a container that is spared keeps all that its manifest adds, but for GPU monitoring', () => {
    expect(releases.flatMap(lost)).toEqual(['A-manifests/datadog-agent/gpu_monitoring.yaml system-probe MKNOD']);
  });

  test('every istio-init of its own image keeps both', () => {
    const own = releases
      .filter((template) => part(template) === 'istio-inject')
      .flatMap(({ pod }) => containersIn(pod))
      .filter(({ name, json }) => name === 'istio-init' && JSON.stringify(json).includes('/proxyv2:'));
    expect(own).toHaveLength(60);
  });

  test('development builds are spared nothing', () => {
    const developed = Object.keys(spared(templates)).filter((row) => /^(?:istio|csi-driver)/.test(row));
    expect(developed).toEqual(Object.keys(SPARED).filter((row) => row.startsWith('csi-driver-nfs/v3.0.0/')));
  });

  test('without its label no namespace has an istio-init that is spared', () => {
    expect(Object.keys(spared(releases, {})).filter((row) => row.startsWith('istio-inject'))).toEqual([]);
  });

  test.each([
    ['ingress-nginx', 9],
    ['argo-cd', 7],
    ['metrics-server', 2],
    ['vmware-tce/cert-manager', 3],
  ])('%s needs none: restricted takes nothing that it adds', (software, count) => {
    const own = releases.filter(({ file }) => file.startsWith(`A-manifests/${software}/`));
    expect(own).toHaveLength(count);
    for (const template of own) {
      const { findings } = decide(template.pod, placeOf(template, {}), alone);
      expect(findings.filter(({ rule }) => rule === 'capabilities.add')).toEqual([]);
    }
  });

  const asked = [
    ...releases.map((template) => ({ pod: template.pod, place: placeOf(template, INJECTED) })),
    ...FIXTURES,
  ]
    .map(({ pod, place }) => ({ pod, place, now: sparedIn(pod, place) }))
    .filter(({ now }) => now.size > 0);

  test.each(exceptions.map((exception) => ({ name: exception.metadata.name, exception })))(
    '$name is needed by a manifest, and so is every name in it',
    ({ exception }) => {
      const others = exceptions.filter((other) => other !== exception);
      for (const less of [undefined, ...narrower(exception)]) {
        const set = restrictedBeside(less ? [...others, less] : others);
        const matters = asked.some(({ pod, place, now }) => !isDeepStrictEqual(now, sparedIn(pod, place, set)));
        expect({ less: less?.spec, matters }).toEqual({ less: less?.spec, matters: true });
      }
    },
  );
});
