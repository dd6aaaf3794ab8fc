/** Minimal pods with the security fields of official charts that the corpus does not hold: the sources are in the exceptions. */
import type { Labels } from '../../src/engine/selector.ts';
import type { Json, JsonMap } from '../pods.ts';
import type { Place } from './exceptions-outcome.ts';

/** A pod, where it is, and what of its containers comes out otherwise beside the exceptions. */
export interface Fixture {
  readonly name: string;
  readonly place: Place;
  readonly pod: Json;
  readonly spared: Readonly<Record<string, string>>;
}

const container = (name: string, image: string, securityContext: JsonMap): JsonMap => ({
  name,
  image,
  securityContext,
});
const adds = (...add: string[]): JsonMap => ({ capabilities: { add } });
const onlyAdds = (...add: string[]): JsonMap => ({ capabilities: { add, drop: ['ALL'] } });
const PRIVILEGED = { privileged: true };
const UNREPORTED = 'capabilities.drop not reported; allowPrivilegeEscalation not reported';

const CILIUM = 'quay.io/cilium/cilium:v1.19.0@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const AGENT = [
  ...['CHOWN', 'KILL', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'SYS_MODULE', 'SYS_ADMIN', 'SYS_RESOURCE', 'DAC_OVERRIDE'],
  ...['FOWNER', 'SETGID', 'SETUID', 'SYSLOG'],
];
const NSENTER = ['SYS_ADMIN', 'SYS_CHROOT', 'SYS_PTRACE'];
const CLEAN = ['NET_ADMIN', 'SYS_MODULE', 'SYS_ADMIN', 'SYS_RESOURCE'];
const kept = (names: readonly string[]): string =>
  `capabilities.add ${names.join(' ')}, not null; allowPrivilegeEscalation null, not false`;

const LINKERD = container('linkerd-init', 'cr.l5d.io/linkerd/proxy-init:v2.4.3', {
  ...adds('NET_ADMIN', 'NET_RAW'),
  allowPrivilegeEscalation: false,
  privileged: false,
});
const NET = 'capabilities.add NET_ADMIN NET_RAW, not null';

const ISTIO_HUBS = ['istio', 'docker.io/istio', 'registry.istio.io/release'];
const ISTIO_CNI = ['NET_ADMIN', 'NET_RAW', 'SYS_PTRACE', 'SYS_ADMIN', 'DAC_OVERRIDE'];
const INJECTED = [
  ['is labelled for injection', { 'istio-injection': 'enabled' }],
  ['names a revision', { 'istio.io/rev': 'stable' }],
] as const;

const istioIn = (what: string, namespaceLabels: Labels, hub: string): Fixture => ({
  name: `istio from ${hub} in a namespace that ${what}`,
  place: { namespace: 'shop', namespaceLabels, kind: 'Deployment' },
  pod: {
    spec: {
      initContainers: [container('istio-init', `${hub}/proxyv2:1.27.0`, onlyAdds('NET_ADMIN', 'NET_RAW'))],
      containers: [container('istio-proxy', `${hub}/proxyv2:1.27.0`, onlyAdds('NET_ADMIN')), { name: 'web' }],
    },
  },
  spared: { 'istio-init': NET, 'istio-proxy': 'capabilities.add NET_ADMIN, not null' },
});

const VAULT = ['hashicorp/vault:1.20.4', 'vault:1.13.3', 'registry.hub.docker.com/library/vault:1.2.2'];
const LEAST = ['BPF', 'SYS_RESOURCE', 'PERFMON', 'SYS_PTRACE'];

/** One for each way of installing that the exceptions speak of. */
export const FIXTURES: readonly Fixture[] = [
  {
    name: "cilium's agent",
    place: { namespace: 'kube-system', kind: 'DaemonSet' },
    pod: {
      spec: {
        initContainers: [
          container('config', CILIUM, {}),
          container('mount-cgroup', CILIUM, onlyAdds(...NSENTER)),
          container('apply-sysctl-overwrites', CILIUM, onlyAdds(...NSENTER)),
          container('mount-bpf-fs', CILIUM, PRIVILEGED),
          container('clean-cilium-state', CILIUM, onlyAdds(...CLEAN)),
          container('wait-for-kube-proxy', CILIUM, PRIVILEGED),
          container('install-cni-binaries', CILIUM, onlyAdds()),
        ],
        containers: [container('cilium-agent', CILIUM, onlyAdds(...AGENT))],
      },
    },
    spared: {
      'mount-cgroup': kept(NSENTER),
      'apply-sysctl-overwrites': kept(NSENTER),
      'mount-bpf-fs': UNREPORTED,
      'clean-cilium-state': kept(CLEAN),
      'wait-for-kube-proxy': UNREPORTED,
      'cilium-agent': kept(AGENT),
    },
  },
  {
    name: "linkerd's control plane",
    place: { namespace: 'linkerd', kind: 'Deployment' },
    pod: { spec: { initContainers: [LINKERD], containers: [{ name: 'identity' }] } },
    spared: { 'linkerd-init': NET },
  },
  {
    name: "an extension of linkerd's",
    place: { namespace: 'linkerd-viz', namespaceLabels: { 'linkerd.io/extension': 'viz' }, kind: 'Deployment' },
    pod: { spec: { initContainers: [LINKERD], containers: [{ name: 'tap' }] } },
    spared: { 'linkerd-init': NET },
  },
  {
    name: 'linkerd in the namespace of an application, which nothing tells from others',
    place: { namespace: 'shop', kind: 'Deployment' },
    pod: { spec: { initContainers: [LINKERD], containers: [{ name: 'web' }] } },
    spared: {},
  },
  ...INJECTED.flatMap(([what, namespaceLabels]) => ISTIO_HUBS.map((hub) => istioIn(what, namespaceLabels, hub))),
  {
    name: "istio's node agents from Docker Hub",
    place: { namespace: 'istio-system', kind: 'DaemonSet' },
    pod: {
      spec: {
        containers: [
          container('install-cni', 'istio/install-cni:1.27.0', onlyAdds(...ISTIO_CNI)),
          container('istio-proxy', 'istio/ztunnel:1.27.0', onlyAdds('NET_ADMIN', 'SYS_ADMIN', 'NET_RAW')),
        ],
      },
    },
    spared: { 'install-cni': kept(ISTIO_CNI), 'istio-proxy': kept(['NET_ADMIN', 'SYS_ADMIN', 'NET_RAW']) },
  },
  ...VAULT.map((image): Fixture => ({
    name: image,
    place: { namespace: 'vault', kind: 'StatefulSet' },
    pod: { spec: { containers: [container('vault', image, adds('IPC_LOCK'))] } },
    spared: { vault: 'capabilities.add IPC_LOCK, not null' },
  })),
  {
    name: 'falco with a kernel module',
    place: { namespace: 'falco', kind: 'DaemonSet' },
    pod: {
      spec: {
        initContainers: [
          container('falco-driver-loader', 'docker.io/falcosecurity/falco-driver-loader:0.42.0', PRIVILEGED),
        ],
        containers: [container('falco', 'docker.io/falcosecurity/falco:0.42.0', PRIVILEGED)],
      },
    },
    spared: { 'falco-driver-loader': UNREPORTED, falco: UNREPORTED },
  },
  {
    name: 'falco with as few privileges as its chart can give it',
    place: { namespace: 'falco', kind: 'DaemonSet' },
    pod: { spec: { containers: [container('falco', 'falcosecurity/falco:0.42.0', adds(...LEAST))] } },
    spared: {
      falco: `capabilities.drop null, not ALL; capabilities.add ${LEAST.join(' ')}, not null; allowPrivilegeEscalation null, not false`,
    },
  },
];
