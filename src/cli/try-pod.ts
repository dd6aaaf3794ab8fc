/** The other fields of a pod that decide how a container starts, as flags; and those that have none. */
import type { JsonObject } from '../engine/pod.ts';
import type { Chosen } from './explain-container.ts';
import type { ContainerEngine } from './explain.ts';
import { contextField, jsonOf, sysctlsOf, volumeKind, volumesOf } from './launch.ts';
import { integerIn, itemsOf, mapIn, textIn } from './launch-fields.ts';
import type { Flags } from './try-rights.ts';

const podSpec = ({ decided }: Chosen): JsonObject => mapIn(decided.template.pod, 'spec');
const own = ({ decided, container }: Chosen): JsonObject => jsonOf(decided, container);

/** `--user` and the groups. A group without a user is none that the three could set. */
export function userFlags(chosen: Chosen): Flags {
  const { decided, container } = chosen;
  const [uid, gid] = ['runAsUser', 'runAsGroup'].map((key) => contextField(decided, container, key));
  const context = mapIn(podSpec(chosen), 'securityContext');
  const listed = context['supplementalGroups'];
  const groups = [...(Array.isArray(listed) ? (listed as unknown[]) : []), integerIn(context, 'fsGroup')];
  const numbers = groups.filter((group) => typeof group === 'number');
  const user = typeof uid !== 'number' ? [] : ['--user', typeof gid === 'number' ? `${uid}:${gid}` : `${uid}`];
  return {
    words: [user, ...[...new Set(numbers)].map((group) => ['--group-add', `${group}`])],
    missing: typeof gid === 'number' && typeof uid !== 'number' ? [`runAsGroup ${gid}, without a runAsUser`] : [],
  };
}

/** Whatever a runtime opens by itself; on nodes with containerd 2.0 and later these are open. */
const CLOSED = { 'net.ipv4.ip_unprivileged_port_start': '1024', 'net.ipv4.ping_group_range': '1 0' };

/** The pod's sysctls. Ports and ping are closed to other users than root as on nodes that do not open them to all. */
export function sysctlFlags(chosen: Chosen): Flags {
  if (podSpec(chosen)['hostNetwork'] === true) return { words: [], missing: [] };
  const sysctls = { ...CLOSED, ...sysctlsOf(chosen.decided) };
  return { words: Object.entries(sysctls).map(([name, value]) => ['--sysctl', `${name}=${value}`]), missing: [] };
}

/** podman would make /tmp and others writable in a read-only container. */
export function rootFlags(chosen: Chosen, engine: ContainerEngine): Flags {
  const isReadOnly = mapIn(own(chosen), 'securityContext')['readOnlyRootFilesystem'] === true;
  const words = [['--read-only', ...(engine === 'podman' ? ['--read-only-tmpfs=false'] : [])]];
  return { words: isReadOnly ? words : [], missing: [] };
}

function mountFlag(mount: JsonObject, volumes: ReadonlyMap<string, JsonObject>, engine: ContainerEngine): Flags {
  const [name, path] = [textIn(mount, 'name'), textIn(mount, 'mountPath')];
  const volume = volumes.get(name);
  const kind = volume ? volumeKind(volume) : 'which the pod does not have';
  // A path with a colon cannot be written: all three end the path there.
  const isTmpfs = kind === 'emptyDir' && path.startsWith('/') && !/[:,]/.test(path);
  if (!isTmpfs) return { words: [], missing: [`volume ${name} (${kind}) at ${path}`] };
  const options = [
    'exec',
    'mode=0777',
    ...(mount['readOnly'] === true ? ['ro'] : []),
    ...(engine === 'podman' ? ['notmpcopyup'] : []),
  ];
  return { words: [['--tmpfs', `${path}:${options.join(',')}`]], missing: [] };
}

/** An emptyDir is a tmpfs; other volumes are the cluster's. */
export function volumeFlags(chosen: Chosen, engine: ContainerEngine): Flags {
  const volumes = volumesOf(chosen.decided);
  const flags = itemsOf(own(chosen), 'volumeMounts').map((mount) => mountFlag(mount, volumes, engine));
  const devices = itemsOf(own(chosen), 'volumeDevices').map((device) => `block device ${textIn(device, 'devicePath')}`);
  return {
    words: flags.flatMap(({ words }) => words),
    missing: [...flags.flatMap(({ missing }) => missing), ...devices],
  };
}

/** Names alone: the values may be secret, and the shell gives those that it has. */
export function environmentFlags(chosen: Chosen): Flags & { readonly names: readonly string[] } {
  const names = itemsOf(own(chosen), 'env')
    .map((variable) => textIn(variable, 'name'))
    .filter((name) => name !== '' && !/[=\0]/.test(name));
  const sources = itemsOf(own(chosen), 'envFrom').length;
  return {
    names: [...new Set(names)],
    words: [...new Set(names)].map((name) => ['-e', name]),
    missing: sources > 0 ? ['envFrom: variables from config maps and secrets'] : [],
  };
}

const POD_FLAGS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace'];

/** Settings without a flag that would be safe or could mean the same here. */
export function missingSettings(chosen: Chosen): string[] {
  const { decided, container } = chosen;
  const spec = podSpec(chosen);
  const target = textIn(own(chosen), 'targetContainerName');
  const contexts = ['seLinuxOptions', 'appArmorProfile', 'procMount'];
  return [
    ...POD_FLAGS.filter((key) => spec[key] === true),
    ...(spec['hostUsers'] === false ? ['hostUsers: false, a user namespace of its own'] : []),
    ...contexts.filter((key) => contextField(decided, container, key) !== undefined),
    ...(target === '' ? [] : [`the processes of container ${target}, into whose namespace it goes`]),
  ];
}
