/**
 * Ways of starting programs of Debian's packages, and what hardening does to them. The outcomes were measured outside a
 * cluster; the tests hold them against running pods.
 *
 * Patterns:
 * 1 a file with effective capabilities that the container may not have cannot be executed, whoever runs it and for what
 * 2 with the capability, but behind a program without it, such a file starts and lacks what no_new_privs keeps from it
 * 3 root that becomes another user needs SETGID and SETUID, and more for what it does before
 * 4 a user's process gains nothing by `add`, unless its first program has a file capability
 * 5 root without DAC_OVERRIDE, FOWNER and CHOWN is a user like others: what belongs to them is closed to it
 * 6 no_new_privs by itself stops setuid, setgid and setcap programs of users
 * 7 what needs more than the default capabilities was broken before, and works with the one that it needs
 * 8 becoming root as root asks for SETGID, though nothing changes
 */
import { breaks, serves, WORKS, type Start } from './programs-terms.ts';

const ROOT = 0;
const ALICE = 1000;
const WWW_DATA = 33;

const sh = (script: string): string[] => ['sh', '-c', script];

const nginx = (binary: string, file: string): string[] => [binary, '-c', `/etc/programs/${file}`, '-g', 'daemon off;'];

const sysctl = (name: string, value: string): object => ({ sysctls: [{ name, value }] });

/** containerd sets it by itself since 2.0, and then users' programs may have low ports. */
const LOW_PORTS = sysctl('net.ipv4.ip_unprivileged_port_start', '0');
const PORTS_OF_ROOT = sysctl('net.ipv4.ip_unprivileged_port_start', '1024');
const PINGS_OF_ALL = sysctl('net.ipv4.ping_group_range', '0 2147483647');
const PINGS_OF_NONE = sysctl('net.ipv4.ping_group_range', '1 0');

const PING = ['/usr/bin/ping', '-c1', '127.0.0.1'];
const PING_BREAKS = breaks('exec', 'exec /usr/bin/ping: operation not permitted');
const REDIS = ['sh', '/etc/programs/redis-entrypoint', 'redis-server', '--save', '', '--protected-mode', 'no'];
const REDIS_ANSWERS = { port: 6379, sends: 'PING\r\n', expects: '+PONG' };
const HTTPD = ['busybox', 'httpd', '-f', '-h', '/srv', '-p'];

/** By name: the program, and how it is started. */
export const STARTS: Readonly<Record<string, Start>> = {
  'nginx with cap_net_bind_service=+ep as entrypoint, port 80': {
    pattern: 1,
    uid: ALICE,
    command: nginx('nginx-cap', 'nginx-80.conf'),
    check: serves(80),
    pod: PORTS_OF_ROOT,
    unhardened: WORKS,
    restricted: breaks('exec', 'exec /usr/local/bin/nginx-cap: operation not permitted'),
    compatible: WORKS,
    remedies: {
      'its author adds NET_BIND_SERVICE': { add: ['NET_BIND_SERVICE'] },
      'the sysctl for low ports, by itself': {
        pod: LOW_PORTS,
        outcome: breaks('exec', 'exec /usr/local/bin/nginx-cap: operation not permitted'),
      },
      'a copy, which has no capability, and the sysctl': {
        command: sh(
          `cp /usr/local/bin/nginx-cap /tmp/nginx && exec /tmp/nginx -c /etc/programs/nginx-80.conf -g 'daemon off;'`,
        ),
        pod: LOW_PORTS,
      },
    },
  },
  'nginx with cap_net_bind_service=+ep as entrypoint, port 8080, which needs none': {
    pattern: 1,
    uid: ALICE,
    command: nginx('nginx-cap', 'nginx-8080.conf'),
    check: serves(8080),
    unhardened: WORKS,
    restricted: breaks('exec', 'exec /usr/local/bin/nginx-cap: operation not permitted'),
    compatible: WORKS,
  },
  'ping, which has cap_net_raw=ep, as root': {
    pattern: 1,
    uid: ROOT,
    command: PING,
    unhardened: WORKS,
    restricted: PING_BREAKS,
    compatible: PING_BREAKS,
    remedies: {
      // Some runtimes do not give it by default, so that giving it back could be a grant.
      'NET_RAW kept by an exception, but not added by its author': {
        exception: { keep: ['NET_RAW'] },
        outcome: PING_BREAKS,
      },
      'NET_RAW added, and kept by an exception': { add: ['NET_RAW'], exception: { keep: ['NET_RAW'] } },
      'a copy, which has no capability, and the sysctl for pings': {
        command: sh('cp /usr/bin/ping /tmp && exec /tmp/ping -c1 127.0.0.1'),
        pod: PINGS_OF_ALL,
      },
    },
  },
  'sh -c ping, as a user': {
    pattern: 2,
    uid: ALICE,
    command: sh('ping -c1 127.0.0.1'),
    pod: PINGS_OF_NONE,
    unhardened: WORKS,
    restricted: breaks('run', 'ping: Operation not permitted'),
    compatible: breaks('run', 'ping: Operation not permitted'),
    remedies: {
      'NET_RAW added, and kept by an exception': {
        add: ['NET_RAW'],
        exception: { keep: ['NET_RAW'] },
        outcome: breaks('run', 'missing cap_net_raw+p capability or setuid?'),
      },
      'the exception allows escalation, too': {
        add: ['NET_RAW'],
        exception: { keep: ['NET_RAW'], rules: ['allowPrivilegeEscalation'] },
      },
    },
  },
  'sh -c nginx with cap_net_bind_service=+ep, port 80': {
    pattern: 2,
    uid: ALICE,
    command: sh("exec nginx-cap -c /etc/programs/nginx-80.conf -g 'daemon off;'"),
    check: serves(80),
    pod: PORTS_OF_ROOT,
    unhardened: WORKS,
    restricted: breaks('start', 'nginx-cap: Operation not permitted'),
    compatible: breaks('start', 'bind() to 0.0.0.0:80 failed (13: Permission denied)'),
    remedies: {
      'the exception allows escalation, too': {
        exception: { keep: ['NET_BIND_SERVICE'], rules: ['allowPrivilegeEscalation'] },
      },
    },
  },
  'nginx, a master as root and workers as www-data, port 80': {
    pattern: 3,
    uid: ROOT,
    command: nginx('nginx', 'nginx-root.conf'),
    check: serves(80),
    pod: PORTS_OF_ROOT,
    unhardened: WORKS,
    restricted: breaks('start', 'chown("/tmp/client", 33) failed (1: Operation not permitted)'),
    compatible: WORKS,
    remedies: {
      'as a user, on port 8080': {
        uid: ALICE,
        command: nginx('nginx', 'nginx-8080.conf'),
        check: serves(8080),
      },
      'what it needs kept by an exception': {
        exception: { keep: ['CHOWN', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'] },
      },
    },
  },
  'redis, an entrypoint that chowns its data and becomes redis by gosu': {
    pattern: 3,
    uid: ROOT,
    command: REDIS,
    check: REDIS_ANSWERS,
    unhardened: WORKS,
    restricted: breaks('start', "chown: changing ownership of '.': Operation not permitted"),
    compatible: WORKS,
    remedies: { 'as a user': { uid: ALICE, pod: { fsGroup: ALICE } } },
  },
  'setpriv, which makes root a user': {
    pattern: 3,
    uid: ROOT,
    command: ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', 'true'],
    unhardened: WORKS,
    restricted: breaks('run', 'setpriv: setresuid failed: Operation not permitted'),
    compatible: WORKS,
    remedies: { 'as a user, without setpriv': { uid: ALICE, command: ['true'] } },
  },
  'supervisord, a program with user=': {
    pattern: 3,
    uid: ROOT,
    command: ['supervisord', '--nodaemon', '--configuration=/etc/programs/supervisord.conf'],
    check: { command: 'test -e /tmp/works' },
    unhardened: WORKS,
    restricted: breaks('use', 'exited: web (exit status 127; not expected)'),
    compatible: WORKS,
  },
  "cron, root's job every minute": {
    pattern: 3,
    uid: ROOT,
    command: sh("echo '* * * * * root touch /tmp/works' >/etc/cron.d/job && exec cron -f"),
    check: { command: 'test -e /tmp/works', patience: 90 },
    unhardened: WORKS,
    restricted: breaks('use', ''),
    compatible: WORKS,
  },
  'apache, called directly, User www-data': {
    pattern: 3,
    uid: ROOT,
    command: ['apache2', '-f', '/etc/programs/apache.conf', '-D', 'FOREGROUND'],
    check: serves(8080),
    // It goes on serving: whose the workers are is what matters.
    look: "stat -c %U $(pidof apache2 | sed 's|[0-9]*|/proc/&|g') | sort -u | tr '\\n' ' '",
    unhardened: { shows: 'root www-data' },
    restricted: { says: 'AH02156: setgid: unable to set group id', shows: 'root' },
    compatible: { shows: 'root www-data' },
    remedies: { 'as a user': { uid: WWW_DATA, outcome: { shows: 'www-data' } } },
  },
  'nginx as a user, port 80': {
    pattern: 4,
    uid: ALICE,
    command: nginx('nginx', 'nginx-80.conf'),
    check: serves(80),
    pod: PORTS_OF_ROOT,
    unhardened: breaks('start', 'bind() to 0.0.0.0:80 failed (13: Permission denied)'),
    restricted: breaks('start', 'bind() to 0.0.0.0:80 failed (13: Permission denied)'),
    compatible: breaks('start', 'bind() to 0.0.0.0:80 failed (13: Permission denied)'),
    remedies: {
      'its author adds NET_BIND_SERVICE': {
        add: ['NET_BIND_SERVICE'],
        outcome: breaks('start', 'bind() to 0.0.0.0:80 failed (13: Permission denied)'),
      },
      'the sysctl for low ports': { pod: LOW_PORTS },
    },
  },
  'busybox httpd as root, port 80': {
    uid: ROOT,
    command: [...HTTPD, '80'],
    check: serves(80),
    pod: PORTS_OF_ROOT,
    unhardened: WORKS,
    restricted: breaks('start', 'httpd: bind: Permission denied'),
    compatible: WORKS,
    remedies: {
      'its author adds NET_BIND_SERVICE, which restricted allows': { add: ['NET_BIND_SERVICE'] },
      'the sysctl for low ports': { pod: LOW_PORTS },
    },
  },
  "root writes a user's file": {
    pattern: 5,
    uid: ROOT,
    command: sh('echo text >>/srv/alice/file'),
    unhardened: WORKS,
    restricted: breaks('run', 'Permission denied'),
    compatible: WORKS,
    remedies: { "the file's group for the pod": { pod: { supplementalGroups: [ALICE] } } },
  },
  "root changes the mode of a user's file": {
    pattern: 5,
    uid: ROOT,
    command: ['chmod', '600', '/srv/alice/file'],
    unhardened: WORKS,
    restricted: breaks('run', "changing permissions of '/srv/alice/file': Operation not permitted"),
    compatible: WORKS,
    remedies: { 'as that user': { uid: ALICE } },
  },
  'tar unpacks what belongs to others, as root': {
    pattern: 5,
    uid: ROOT,
    command: ['tar', '-x', '-C', '/tmp', '-f', '/srv/archive.tar'],
    unhardened: WORKS,
    restricted: breaks('run', 'Cannot change ownership to uid 1500'),
    compatible: WORKS,
    remedies: {
      'it is told to leave owners alone': {
        command: ['tar', '-x', '--no-same-owner', '-C', '/tmp', '-f', '/srv/archive.tar'],
      },
    },
  },
  'crontab, which is setgid, by a user': {
    pattern: 6,
    uid: ALICE,
    command: sh("echo '* * * * * true' | crontab -"),
    unhardened: WORKS,
    restricted: breaks('run', 'mkstemp: Permission denied'),
    compatible: breaks('run', 'mkstemp: Permission denied'),
    remedies: { 'an exception allows escalation': { exception: { rules: ['allowPrivilegeEscalation'] } } },
  },
  'su with a password, by a user': {
    pattern: 6,
    uid: ALICE,
    command: sh('echo bob | su bob -c true'),
    unhardened: WORKS,
    restricted: breaks('run', 'su: Authentication failure'),
    compatible: breaks('run', 'su: Authentication failure'),
    remedies: {
      'an exception allows escalation, and keeps what it needs': {
        exception: { keep: ['SETGID', 'SETUID'], rules: ['allowPrivilegeEscalation'] },
      },
    },
  },
  'ip address add, as root': {
    pattern: 7,
    uid: ROOT,
    command: ['ip', 'address', 'add', '192.0.2.1/32', 'dev', 'lo'],
    unhardened: breaks('run', 'RTNETLINK answers: Operation not permitted'),
    restricted: breaks('run', 'RTNETLINK answers: Operation not permitted'),
    compatible: breaks('run', 'RTNETLINK answers: Operation not permitted'),
    remedies: {
      'its author adds NET_ADMIN, which is not allowed': {
        add: ['NET_ADMIN'],
        outcome: breaks('run', 'RTNETLINK answers: Operation not permitted'),
      },
      'NET_ADMIN added, and kept by an exception': { add: ['NET_ADMIN'], exception: { keep: ['NET_ADMIN'] } },
      'the same, as a user': {
        uid: ALICE,
        add: ['NET_ADMIN'],
        exception: { keep: ['NET_ADMIN'] },
        outcome: breaks('run', 'RTNETLINK answers: Operation not permitted'),
      },
    },
  },
  'gosu root, as root': {
    pattern: 8,
    uid: ROOT,
    command: ['gosu', 'root', 'true'],
    unhardened: WORKS,
    restricted: breaks('run', 'failed switching to "root": operation not permitted'),
    compatible: WORKS,
    remedies: { 'SETGID kept by an exception': { exception: { keep: ['SETGID'] } } },
  },
  'setcap in the container': {
    uid: ROOT,
    command: ['setcap', 'cap_net_raw=+ep', '/srv/archive.tar'],
    unhardened: WORKS,
    restricted: breaks('run', 'unable to set CAP_SETFCAP effective capability'),
    compatible: breaks('run', 'unable to set CAP_SETFCAP effective capability'),
    remedies: { 'SETFCAP added, and kept by an exception': { add: ['SETFCAP'], exception: { keep: ['SETFCAP'] } } },
  },
  'busybox httpd with cap_net_bind_service=+p, not effective, port 8080': {
    uid: ALICE,
    command: ['busybox-permitted', ...HTTPD.slice(1), '8080'],
    check: serves(8080),
    unhardened: WORKS,
    restricted: WORKS,
    compatible: WORKS,
  },
  'busybox httpd as a user, port 8080': {
    uid: ALICE,
    command: [...HTTPD, '8080'],
    check: serves(8080),
    unhardened: WORKS,
    restricted: WORKS,
    compatible: WORKS,
  },
  'nginx as a user, port 8080': {
    uid: ALICE,
    command: nginx('nginx', 'nginx-8080.conf'),
    check: serves(8080),
    unhardened: WORKS,
    restricted: WORKS,
    compatible: WORKS,
  },
  'ip address show, as root': {
    uid: ROOT,
    command: ['ip', 'address', 'show'],
    unhardened: WORKS,
    restricted: WORKS,
    compatible: WORKS,
  },
};

const nginxConf = (port: number, user = ''): string => `
${user && `user ${user};`}
pid /tmp/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path /tmp/client;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server { listen ${port}; location / { return 200 "served\\n"; } }
}
`;

/** What lies in /etc/programs, in every pod. */
export const FILES: Readonly<Record<string, string>> = {
  'nginx-root.conf': nginxConf(80, 'www-data'),
  'nginx-80.conf': nginxConf(80),
  'nginx-8080.conf': nginxConf(8080),
  'apache.conf': `
ServerName localhost
ServerRoot /etc/apache2
PidFile /tmp/apache.pid
ErrorLog /dev/stderr
Listen 8080
User www-data
Group www-data
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
DocumentRoot /srv
<Directory /srv>
  Require all granted
</Directory>
`,
  // As the official images of databases have it.
  'redis-entrypoint': `
set -e
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . ! -user redis -exec chown redis {} +
  exec gosu redis sh "$0" "$@"
fi
exec "$@"
`,
  'supervisord.conf': `
[supervisord]
logfile = /dev/null
logfile_maxbytes = 0
pidfile = /tmp/supervisord.pid
user = root
[program:web]
command = sh -c "touch /tmp/works; exec sleep 3600"
user = alice
`,
};
