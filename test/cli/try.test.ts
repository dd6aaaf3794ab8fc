import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commandLine, quoted } from '../../src/cli/try-shell.ts';
import { pod } from './command.ts';
import { explain, partOf, SHOP } from './explain-command.ts';

const tried = async (manifest: string, engine: string, ...args: string[]): Promise<string> =>
  (await explain({ 'a.yaml': manifest }, ['-f', '%', '--try', engine, ...args])).stdout;

/** A pod of one container, with fields of the pod beside it. */
const podOf = (container: object, spec: object = {}): string => {
  const json = JSON.parse(pod('p', { image: 'x', ...container })) as { spec: object };
  return JSON.stringify({ ...json, spec: { ...json.spec, ...spec } });
};

/** The command of the only container, without what every command has. */
async function flagsOf(manifest: string, engine = 'docker', ...args: string[]): Promise<string[]> {
  const lines = (await tried(manifest, engine, ...args)).split('\n');
  const from = lines.findIndex((line) => line.startsWith(`${engine} run`));
  const always = [
    '--rm',
    '--sysctl net.ipv4.ip_unprivileged_port_start=1024',
    "--sysctl 'net.ipv4.ping_group_range=1 0'",
  ];
  const words = lines.slice(from, lines.indexOf('', from)).map((line) => line.trim().replace(/ \\$/, ''));
  return words.map((word) => word.replace(`${engine} run `, '')).filter((word) => !always.includes(word));
}

const missingIn = (text: string): string[] =>
  [...text.matchAll(/^# not carried over: (.*)$/gm)].map(([, what]) => what!);

const HARDENED = ['--cap-drop ALL', '--security-opt no-new-privileges'];
const UNCONFINED = '--security-opt seccomp=unconfined';
/** A policy that asks nothing of what a pod holds. */
const LOOSE = {
  'p/p.yaml': `apiVersion: dropcap.dev/v1alpha1
kind: HardeningPolicy
metadata: {name: p}
spec: {mode: enforce, match: {namespaces: ['*']}, allowPrivilegeEscalation: false}
`,
};

test('a container with everything is run as it would run in the cluster', async () => {
  expect(partOf(await tried(SHOP, 'docker'), '# a.yaml: Deployment/web: sidecar container proxy')).toBe(
    String.raw`# a.yaml: Deployment/web: sidecar container proxy
docker run --rm \
  --cap-drop ALL \
  --cap-add NET_BIND_SERVICE \
  --security-opt no-new-privileges \
  --security-opt seccomp=unconfined \
  --user 101:102 \
  --group-add 4000 \
  --group-add 2000 \
  --sysctl net.ipv4.ip_unprivileged_port_start=1024 \
  --sysctl 'net.ipv4.ping_group_range=1 0' \
  example.com/proxy:1`,
  );
  expect(partOf(await tried(SHOP, 'podman'), '# a.yaml: Deployment/web: container web')).toBe(
    String.raw`# a.yaml: Deployment/web: container web
# not carried over: volume data (persistentVolumeClaim) at /data
podman run --rm \
  --cap-drop ALL \
  --security-opt no-new-privileges \
  --security-opt seccomp=unconfined \
  --user 0 \
  --group-add 4000 \
  --group-add 2000 \
  --read-only --read-only-tmpfs=false \
  --tmpfs /tmp:exec,mode=0777,notmpcopyup \
  --sysctl net.ipv4.ip_unprivileged_port_start=1024 \
  --sysctl 'net.ipv4.ping_group_range=1 0' \
  nginx`,
  );
});

test('environment variables are named without their values, and references to them are said to be missing', async () => {
  const text = partOf(await tried(SHOP, 'nerdctl'), '# a.yaml: Deployment/web: init container wait');
  expect(text).toContain('# set these first, their values are not printed: HOST\n');
  expect(text).toContain('\n  -e HOST \\\n  --entrypoint sh \\\n  busybox -c ');
  expect(text).not.toContain('s3cret');
  expect(missingIn(text)).toEqual(['$(NAME) in command and args, where the cluster puts the value of a variable']);
});

describe('what is held', () => {
  const add = (...names: string[]) => ({ securityContext: { capabilities: { drop: ['ALL'], add: names } } });
  const asUser = (uid: number, ...names: string[]) => ({
    securityContext: { ...add(...names).securityContext, runAsUser: uid },
  });
  const held = async (container: object, engine: string): Promise<string[]> => {
    const { stdout } = await explain({ 'a.json': podOf(container), ...LOOSE }, [
      '-f',
      '%/a.json',
      '--policy',
      '%/p',
      '--try',
      engine,
    ]);
    return stdout
      .split('\n')
      .filter((line) => /--cap-|--privileged|not carried/.test(line))
      .map((line) => line.replace(/ \\$/, '').trim());
  };

  test.each(['docker', 'podman', 'nerdctl'])('%s gives root what it adds, by name', async (engine) => {
    const names = ['--cap-drop ALL', '--cap-add CHOWN', '--cap-add NET_ADMIN'];
    expect(await held(asUser(0, 'NET_ADMIN', 'CHOWN'), engine)).toEqual(names);
  });

  test('podman adds nothing for another user, since it would be effective there', async () => {
    const [drop, ...rest] = await held(asUser(1000, 'CHOWN', 'NET_ADMIN'), 'podman');
    expect(drop).toBe(
      '# not carried over: NET_ADMIN in the bounding set: podman would let the user use what is added, Kubernetes does not',
    );
    expect(rest).toEqual([expect.stringMatching(/^--cap-drop DAC_OVERRIDE,FOWNER,.*,SETFCAP$/)]);
    expect(await held(asUser(1000, 'CHOWN'), 'docker')).toEqual(['--cap-drop ALL', '--cap-add CHOWN']);
    expect(await held(asUser(1000, 'NET_ADMIN'), 'podman')).toEqual([drop, '--cap-drop ALL']);
  });

  test('podman drops by name where the image decides the user, and says what it cannot do', async () => {
    expect(await held(add('CHOWN'), 'podman')).toEqual([expect.stringMatching(/^--cap-drop DAC_OVERRIDE,/)]);
    const [missing, ...rest] = await held(add('NET_ADMIN'), 'podman');
    expect(missing).toContain('a user of the image who is not root');
    expect(rest).toEqual(['--cap-drop ALL', '--cap-add NET_ADMIN']);
  });

  test('what a runtime gives by default is given by name, and no flag is empty', async () => {
    const defaults = await held({ securityContext: { runAsUser: 0 } }, 'docker');
    expect(defaults[0]).toBe('--cap-drop ALL');
    expect(defaults.filter((line) => line.startsWith('--cap-add'))).toHaveLength(14);
    expect(await held({ securityContext: { runAsUser: 5 } }, 'podman')).toEqual([expect.stringMatching(/NET_RAW/)]);
  });

  test('privileged is privileged, and everything is ALL', async () => {
    expect(await held({ securityContext: { privileged: true } }, 'docker')).toEqual(['--privileged']);
    expect(await held({ securityContext: { runAsUser: 0, capabilities: { add: ['ALL'] } } }, 'podman')).toEqual([
      '--cap-add ALL',
    ]);
  });
});

describe('flags', () => {
  test.each<[string, object, object, string[]]>([
    [
      'the command is the entrypoint, and the rest its arguments',
      { command: ['a', 'b c'], args: ['d'] },
      {},
      ['--entrypoint a', "x 'b c' d"],
    ],
    ['args alone stand after the image', { args: ['d', '$$(E)'] }, {}, ["x d '$(E)'"]],
    ['a working directory', { workingDir: '/a b' }, {}, ["--workdir '/a b'", 'x']],
    ['stdin and a terminal', { stdin: true, tty: true }, {}, ['-i', '-t', 'x']],
  ])('%s', async (_, container, spec, expected) => {
    expect(await flagsOf(podOf(container, spec))).toEqual([...HARDENED, UNCONFINED, ...expected]);
  });

  test('seccomp is the default of the program only where the pod asks for it', async () => {
    const asked = { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } };
    expect(await flagsOf(podOf({}, asked))).toEqual([...HARDENED, 'x']);
    expect(await flagsOf(podOf(asked))).toEqual([...HARDENED, 'x']);
    const local = podOf({}, { securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'p' } } });
    expect(missingIn(await tried(local, 'docker'))).toEqual(['the seccomp profile, which is a file on the node']);
  });

  test('a sysctl of the pod wins over the closed ones, and on the host network there are none', async () => {
    const sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }];
    const text = await tried(podOf({}, { securityContext: { sysctls } }), 'docker');
    expect(text).toContain('--sysctl net.ipv4.ip_unprivileged_port_start=0 ');
    expect(text).not.toContain('=1024');
    const host = await tried(podOf({}, { hostNetwork: true }), 'docker');
    expect(host).not.toContain('--sysctl');
    expect(missingIn(host)).toEqual(['hostNetwork']);
  });

  test('what cannot be carried over is said', async () => {
    const mounts = [
      { name: 'c', mountPath: '/c' },
      { name: 'none', mountPath: '/n' },
      { name: 'e', mountPath: '/a:b' },
    ];
    const volumes = [
      { name: 'c', configMap: { name: 'c' } },
      { name: 'e', emptyDir: {} },
    ];
    const container = {
      volumeMounts: mounts,
      envFrom: [{ configMapRef: { name: 'c' } }],
      securityContext: { runAsGroup: 5 },
    };
    expect(missingIn(await tried(podOf(container, { volumes, hostUsers: false }), 'docker'))).toEqual([
      'runAsGroup 5, without a runAsUser',
      'volume c (configMap) at /c',
      'volume none (which the pod does not have) at /n',
      'volume e (emptyDir) at /a:b',
      'envFrom: variables from config maps and secrets',
      'hostUsers: false, a user namespace of its own',
    ]);
  });

  test.each(['--privileged', '', '-v/:/host'])('an image named %j is not run', async (image) => {
    const text = await tried(podOf({ image }), 'docker');
    expect(text).toContain(`# no image to run: found ${image || 'none'}\n`);
    expect(text).not.toContain('docker run');
  });
});

describe('in a shell', () => {
  const characters = Array.from('ab $`"\'\\!*?~#;&|<>(){}[]\n\t\u001b\u202e=-é€😀');
  const word = fc.string({ unit: fc.constantFrom(...characters) });

  test('every word is read back as it was, and no character of it reaches the terminal that could move its cursor', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        const line = commandLine([['printf', String.raw`%s\0`], ...words.map((one) => [one])]);
        const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' };
        const read = execFileSync('bash', ['-c', line], {
          encoding: 'utf8',
          env,
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        expect(read.split('\0').slice(0, -1)).toEqual(words);
        expect(line.replaceAll('\\\n  ', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
      { numRuns: 100 },
    );
  });

  test('a plain word needs no quotes', () => {
    expect(['nginx:1.27', '/a/b-c', 'A=b', '100%'].map(quoted)).toEqual(['nginx:1.27', '/a/b-c', 'A=b', '100%']);
  });

  test('a name cannot end a comment', async () => {
    const text = await tried(
      podOf({ name: 'a\nrm -rf /', volumeMounts: [{ name: 'v\nrm', mountPath: '/' }] }),
      'docker',
    );
    expect(text.split('\n').filter((line) => line.startsWith('rm'))).toEqual([]);
  });
});
