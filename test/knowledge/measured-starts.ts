/**
 * What the starts of the measured table would look like in a pod: the words that name a row of it, and the launch that a manifest
 * of it would hold. None tells what only the measurer knew: owners and marks of files, and what configuration files say.
 */
import type { Launch } from '../../src/knowledge/forecast-terms.ts';

/** A start as a pod would ask for it. */
export interface PodStart {
  /** Stands in the first cell of its row, and in no other row's. */
  readonly row: string;
  readonly user: 'root' | 'user';
  /** Which of the starts that its row packs together, from 0. */
  readonly nth: number;
  readonly launch: Partial<Launch>;
}

type Words = string | readonly string[];
type More = Partial<Launch> & { readonly nth?: number };

const words = (text: Words): readonly string[] => (typeof text === 'string' ? text.split(' ').filter(Boolean) : text);

function start(row: string, user: 'root' | 'user', command: Words, { nth = 0, ...launch }: More): PodStart {
  return { row, user, nth, launch: { command: words(command), ...launch } };
}
const root = (row: string, command: Words, more: More = {}): PodStart =>
  start(row, 'root', command, { uid: 0, ...more });
const user = (row: string, command: Words, more: More = {}): PodStart =>
  start(row, 'user', command, { uid: 1_000, neverRoot: true, ...more });
/** The container's image alone decides. */
const image = (row: string, name: string, more: More = {}): PodStart => root(row, '', { image: name, ...more });
const sh = (script: string): readonly string[] => ['sh', '-c', script];

const NGINX = ['nginx', '-g', 'daemon off;'];

/** Servers. */
const SERVERS: readonly PodStart[] = [
  image('nginx, upstream image style', 'nginx:1.22', { ports: [80] }),
  root('nginx, upstream image style', ['tini', '--', ...NGINX], { image: 'nginx:1.22', ports: [80] }),
  root('nginx, Debian default', NGINX, { ports: [80] }),
  root('nginx, root, `user root;`', ['nginx', '-g', 'daemon off; user root;']),
  user('nginx, port 80, no file capability', NGINX, { ports: [80] }),
  user('nginx with `setcap', NGINX, { ports: [80] }),
  user('nginx with `setcap', NGINX, { ports: [8_080] }),
  root('the same binary, root', NGINX, { ports: [80] }),
  user('dumb-init (plain)', ['dumb-init', ...NGINX], { ports: [80] }),
  user('`sh -c` → setcap nginx', sh("nginx -g 'daemon off;'"), { ports: [80] }),
  user('ingress-nginx style', '', {
    image: 'registry.k8s.io/ingress-nginx/controller:v1.12.0',
    args: ['/nginx-ingress-controller'],
    ports: [80, 443],
  }),
  root('apache2, Debian', 'apachectl -D FOREGROUND', { ports: [80] }),
  root('apache2 called directly', 'apache2 -D FOREGROUND', { ports: [8_080] }),
  image('haproxy, `chroot`', 'haproxy:2.6', { ports: [80] }),
  root('varnishd, root', 'varnishd -F -a :8080'),
  root('squid, root', 'squid -N', { ports: [3_128] }),
  root('php-fpm, upstream style', 'php-fpm -F', { ports: [9_000] }),
  root('php-fpm, Debian pool', 'php-fpm8.2 -F'),
  root('busybox httpd -p 80 ·', 'busybox httpd -f -p 80', { ports: [80] }),
  root('busybox httpd -p 80 ·', 'python3 -m http.server 80', { ports: [80], nth: 1 }),
  root('busybox httpd -p 80 ·', 'node server.js', { ports: [443], nth: 2 }),
  user('the same three, non-root', 'busybox httpd -f -p 80', { ports: [80] }),
  user('the same three, non-root', 'python3 -m http.server 80', { ports: [80] }),
  user('the same three, non-root', 'node server.js', { ports: [443] }),
  root('busybox httpd -p 80 -u', 'busybox httpd -f -p 80 -u www-data', { ports: [80] }),
  user('setcap python 80', 'python3 -m http.server 80', { ports: [80] }),
  user('setcap python 80', 'node server.js', { ports: [443], nth: 1 }),
  user('setcap python 80', '/server', { ports: [80], nth: 2 }),
  user('setcap python 80', '/server', { ports: [8_080], nth: 3 }),
  user('Go with `setcap', '/server', { ports: [8_080] }),
  image('redis, upstream entrypoint', 'redis:7', { ports: [6_379] }),
  root('redis, upstream entrypoint', 'docker-entrypoint.sh redis-server', { image: 'redis:7', ports: [6_379] }),
  image('the same, data already owned', 'redis:7', { ports: [6_379], volumes: ['persistentVolumeClaim'] }),
  root('memcached -u', 'memcached -u memcache', { ports: [11_211] }),
  image('postgres, upstream entrypoint', 'postgres:15', { ports: [5_432] }),
  image('mariadb, upstream entrypoint', 'mariadb:10.11', { ports: [3_306] }),
  image('mariadb, upstream entrypoint', 'mariadb:10.11', { ports: [3_306], volumes: ['persistentVolumeClaim'] }),
  root('mariadbd --user=mysql', 'mariadbd --user=mysql', { ports: [3_306] }),
  image('rabbitmq, upstream', 'rabbitmq:3', { ports: [5_672] }),
  root('mosquitto, root', 'mosquitto -c /etc/mosquitto/mosquitto.conf', { ports: [1_883] }),
  root('slapd -u openldap', ['slapd', '-u', 'openldap', '-h', 'ldap:///', '-d', '256'], { ports: [389] }),
  root('bind9 `named -u bind`', 'named -g -u bind', { ports: [53] }),
  root('dnsmasq', 'dnsmasq -k', { ports: [53] }),
  root('dnsmasq --user=root', 'dnsmasq -k --user=root --group=root', { ports: [53] }),
  root('dnsmasq with DHCP', 'dnsmasq -k --dhcp-range=10.0.0.2,10.0.0.9', { ports: [53, 67] }),
  root('unbound', 'unbound -d', { ports: [53] }),
  root('sshd, log in', '/usr/sbin/sshd -D -e', { ports: [22] }),
  root('sshd, log in', '/usr/sbin/sshd -D -e', { ports: [22] }),
  root('postfix start-fg', 'postfix start-fg', { ports: [25] }),
  root('the same + `sendmail`', 'postfix start-fg', { ports: [25] }),
  root('dovecot, IMAP', 'dovecot -F', { ports: [143] }),
  root('vsftpd', 'vsftpd /etc/vsftpd.conf', { ports: [21] }),
  root('smbd', 'smbd -F --no-process-group', { ports: [445] }),
  root('in.tftpd', 'in.tftpd -L -s -u tftp /srv/tftp', { ports: [69] }),
  root('snmpd -u', 'snmpd -f -u Debian-snmp', { ports: [161] }),
  root('cron, root', 'cron -f'),
  root('cron, root', 'cron -f', { nth: 1 }),
  root('rsyslogd, message', 'rsyslogd -n'),
  root('rsyslogd, message', 'rsyslogd -n', { nth: 1 }),
  root('chronyd (sets', 'chronyd -d'),
  root('chronyd -x', 'chronyd -d -x'),
  root('supervisord', 'supervisord -n', { ports: [8_080] }),
  root('keepalived', 'keepalived -n -l'),
  root('logrotate', 'logrotate /etc/logrotate.conf'),
  root('logrotate', 'logrotate /etc/logrotate.conf', { nth: 1 }),
];

const PING = 'ping -c1 10.0.0.1';

/** Diagnostics and network tools. */
const NETWORK: readonly PodStart[] = [
  root('ping (Debian', PING),
  user('ping (Debian', PING),
  root('`sh -c` ping, root', sh(PING)),
  user('`sh -c` ping, non-root', sh(PING)),
  user('ping, setuid root', PING),
  root('ping without either', PING),
  user('ping without either', PING),
  root('busybox ping', `busybox ${PING}`),
  user('busybox ping', `busybox ${PING}`),
  root('arping', 'arping -c1 10.0.0.1'),
  root('traceroute -I', 'traceroute -I 10.0.0.1'),
  user('traceroute -I', 'traceroute -I 10.0.0.1'),
  root('traceroute -T', 'traceroute -T 10.0.0.1'),
  user('traceroute -T', 'traceroute -T 10.0.0.1'),
  root('mtr (helper', 'mtr -r -c1 10.0.0.1'),
  user('mtr (helper', 'mtr -r -c1 10.0.0.1'),
  root('tcpdump to stdout', 'tcpdump -i eth0 -c1'),
  root('tcpdump to stdout', 'tcpdump -i eth0 -c1 -w /tmp/x.pcap', { nth: 1 }),
  root('tcpdump -Z root', 'tcpdump -Z root -i eth0 -w /tmp/x.pcap'),
  root('ip addr add · route', 'ip addr add 10.0.0.9/32 dev lo'),
  root('ip addr add · route', 'ip route add 10.1.0.0/16 dev lo'),
  root('ip addr add · route', 'ip link set lo mtu 1400'),
  root('ip addr add · route', 'ip tuntap add dev tun0 mode tun'),
  root('iptables-nft', 'iptables-nft -t nat -A OUTPUT -p tcp -j REDIRECT --to-ports 15001'),
  root('iptables-nft', 'nft add table ip x'),
  root('iptables-nft', 'conntrack -L'),
  root('iptables-legacy, root', 'iptables-legacy -t nat -L'),
  root('sysctl -w', 'sysctl -w net.ipv4.ip_forward=1'),
];

/** Changes of user, packages and files. */
const TOOLS: readonly PodStart[] = [
  ...[
    'gosu alice id',
    'setpriv --reuid=alice --regid=alice --clear-groups id',
    'setpriv --reuid=alice --regid=alice --clear-groups --bounding-set=-all id',
    'start-stop-daemon --start -c alice --exec /bin/sleep -- 60',
    'runuser -u alice -- id',
    ['su', 'alice', '-c', 'id'],
    ['python3', '-c', 'import os; os.setgid(1000); os.setuid(1000)'],
  ].map((command) => root('gosu · setpriv', command)),
  root('chroot --userspec', 'chroot --userspec=alice:alice / id'),
  user('su with password', ['su', 'bob', '-c', 'id']),
  user('sudo -n', 'sudo -n id'),
  root('sudo by root', 'sudo id'),
  root('sudo by root', 'sudo -u alice id'),
  user('passwd, by a user', 'passwd'),
  user('crontab -', sh("echo '* * * * * true' | crontab -")),
  root('useradd', 'useradd carol'),
  root('useradd', 'useradd -r carol'),
  root('useradd', sh('echo alice:secret | chpasswd')),
  root('apt-get update', sh('apt-get update && apt-get install -y hello')),
  root(
    'the same, `APT',
    sh('apt-get -o APT::Sandbox::User=root update && apt-get -o APT::Sandbox::User=root install -y hello'),
  ),
  root('chown · entrypoint', 'chown alice /data'),
  root('chown · entrypoint', sh('chown -R alice /data && exec gosu alice sleep 60'), { nth: 1 }),
  root('root: chmod', 'chmod 600 /data/file'),
  root('root: chmod', ['touch', '-d', '2020-01-01', '/data/file']),
  root('root: write another', sh('echo x >> /data/file')),
  root('root: write another', 'touch /data/sub/new'),
  root('root: write another', 'cat /data/secret'),
  root('tar -x', 'tar -xf /data/a.tar -C /tmp'),
  root('cp -a', 'cp -a /data/file /tmp/'),
  root('cp -a', 'install -o alice /data/file /tmp/'),
  root('rsync -a', 'rsync -a /data/ /tmp/out'),
  root('mknod c', 'mknod /tmp/null c 1 3'),
  root('setcap in the container', 'setcap cap_net_raw+ep /tmp/ping'),
  root('chattr +i', 'chattr +i /data/file'),
  root('chroot', 'chroot / id'),
  root('mount -t tmpfs', 'mount -t tmpfs none /mnt'),
  root('mount -t tmpfs', 'mount --bind /tmp /mnt'),
  root('FUSE mount (bindfs', 'bindfs /tmp /mnt'),
  user('FUSE mount, non-root', 'bindfs /tmp /mnt'),
  root('strace -p of another', 'strace -p 9'),
  root('kill of another', 'kill 9'),
  root('nice -n -5', 'nice -n -5 true'),
  root('chrt -f', 'chrt -f 1 true'),
  root('ulimit -n above', sh('ulimit -n 2000000')),
  root('mlockall of 64', 'mlockall'),
  user('mlockall, setcap', 'mlockall'),
  image('vault', 'hashicorp/vault:1.15', { ports: [8_200] }),
  root('date -s', ['date', '-s', '2020-01-01']),
  root('date -s', 'hostname other', { nth: 1 }),
  root('date -s', 'dmesg', { nth: 2 }),
  root('unshare -Ur', 'unshare -Ur id'),
  root('unshare -Ur', 'bwrap --unshare-all --ro-bind / / id'),
  user('bwrap with --proc', 'bwrap --unshare-all --ro-bind / / --proc /proc id'),
  root('unshare -m', 'unshare -m true'),
  root('buildah copy', sh('c=$(buildah from scratch) && buildah copy $c /data / && buildah commit $c x')),
  user('buildah rootless', sh('c=$(buildah from scratch) && buildah copy $c /data / && buildah commit $c x')),
  user('the same, newuidmap', sh('c=$(buildah from scratch) && buildah copy $c /data / && buildah commit $c x')),
  user('tcpdump · ip addr', 'tcpdump -i eth0 -c1'),
];

const FINE = 'Go on 8080';
const ANYONES: readonly string[] = [
  '/server',
  'node_exporter',
  'dumb-init /server',
  'java -version',
  'ip addr show',
  'traceroute 10.0.0.1',
  'strace true',
  'gdb -batch true',
  'strace -p 1',
  'mkfifo /tmp/p',
];

/** The starts of the last row, which work whatever is taken. */
const FINE_STARTS: readonly PodStart[] = [
  ...ANYONES.flatMap((command) => [root(FINE, command), user(FINE, command)]),
  root(FINE, 'dpkg -i /data/hello.deb'),
  root(FINE, sh('ulimit -n 1024')),
  user(FINE, sh('ulimit -n 1024')),
];

/** Every start of the table that can be told apart. */
export const POD_STARTS: readonly PodStart[] = [...SERVERS, ...NETWORK, ...TOOLS, ...FINE_STARTS];
