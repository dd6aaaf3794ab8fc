/** Lines that programs write when nothing is wrong, or when something else is wrong than hardening. */
export const ORDINARY_LINES: readonly string[] = `
Server listening on 0.0.0.0 port 22.
listening on :8080
2026/01/01 10:00:00 [notice] 1#1: using the "epoll" event method
2026/01/01 10:00:00 [notice] 1#1: nginx/1.22.1
2026/01/01 10:00:00 [notice] 1#1: start worker processes
2026/01/01 10:00:00 [emerg] 1#1: bind() to 0.0.0.0:80 failed (98: Address already in use)
2026/01/01 10:00:00 [error] 7#7: *1 open() "/srv/favicon.ico" failed (2: No such file or directory)
10.0.0.1 - - [01/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 612 "-" "kube-probe/1.37"
10.0.0.1 - - [01/Jan/2026:10:00:00 +0000] "GET /permission/denied HTTP/1.1" 403 12 "-" "curl/7.88.1"
10.0.0.1 - bob [01/Jan/2026:10:00:00 +0000] "POST /chown HTTP/1.1" 500 0
AH00558: apache2: Could not reliably determine the server's fully qualified domain name
AH00094: Command line: 'apache2 -D FOREGROUND'
AH00169: caught SIGTERM, shutting down
(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80
1:C 01 Jan 2026 10:00:00.000 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo
1:M 01 Jan 2026 10:00:00.000 * Ready to accept connections
1:M 01 Jan 2026 10:00:00.000 # WARNING Memory overcommit must be enabled!
PostgreSQL init process complete; ready for start up.
LOG:  database system is ready to accept connections
FATAL:  password authentication failed for user "bob"
ERROR:  permission denied for table orders
FATAL:  role "root" does not exist
LOG:  could not bind IPv4 address "0.0.0.0": Address already in use
[Note] mariadbd: ready for connections.
[ERROR] Access denied for user 'root'@'10.0.0.3' (using password: YES)
[Warning] Aborted connection 12 to db: 'shop' user: 'shop'
Accepted publickey for bob from 10.0.0.1 port 50022 ssh2
Failed password for bob from 10.0.0.1 port 50022 ssh2
bob@host: Permission denied (publickey,password).
Connection closed by authenticating user root 10.0.0.1 port 22 [preauth]
time="2026-01-01T10:00:00Z" level=info msg="starting server" addr=:8080
time="2026-01-01T10:00:00Z" level=error msg="listen tcp :80: bind: address already in use"
panic: runtime error: invalid memory address or nil pointer dereference
goroutine 1 [running]:
exec: "foo": executable file not found in $PATH
exec /app/server: exec format error
exec /entrypoint.sh: no such file or directory
Error: Cannot find module '/app/server.js'
Error: listen EADDRINUSE: address already in use :::3000
Error: connect ECONNREFUSED 10.0.0.1:5432
UnhandledPromiseRejectionWarning: Error: timeout
(node:1) Warning: Accessing non-existent property
npm ERR! code ELIFECYCLE
Traceback (most recent call last):
FileNotFoundError: [Errno 2] No such file or directory: '/data/x'
OSError: [Errno 98] Address already in use
ConnectionRefusedError: [Errno 111] Connection refused
django.db.utils.OperationalError: could not connect to server
INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)
[2026-01-01 10:00:00 +0000] [1] [INFO] Booting worker with pid: 7
java.net.BindException: Address already in use
java.lang.OutOfMemoryError: Java heap space
Exception in thread "main" java.lang.NullPointerException
org.postgresql.util.PSQLException: ERROR: permission denied for schema public
Started Application in 3.2 seconds (JVM running for 3.9)
NOTICE: fpm is running, pid 1
NOTICE: ready to handle connections
WARNING: [pool www] server reached pm.max_children setting (5), consider raising it
[pool www] child 8 exited with code 0 after 12.3 seconds from start
[pool www] child 8 exited on signal 9 (SIGKILL) after 5 seconds from start
spawned: 'web' with pid 9
success: web entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
exited: web (exit status 1; not expected)
cron[12]: (CRON) INFO (Running @reboot jobs)
(root) CMD (run-parts /etc/cron.hourly)
kernel: TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.
Out of memory: Killed process 1234 (java)
oom-kill:constraint=CONSTRAINT_MEMCG
Liveness probe failed: HTTP probe failed with statuscode: 500
Back-off restarting failed container web in pod web-0
Successfully pulled image "nginx:1.27" in 2.1s
Failed to pull image "nope": rpc error: code = NotFound
pods "web" is forbidden: violates PodSecurity "restricted:latest"
Error from server (Forbidden): pods is forbidden: User "bob" cannot list resource "pods"
0/3 nodes are available: 3 Insufficient cpu.
MountVolume.SetUp failed for volume "config" : configmap "web" not found
rm: cannot remove 'x': No such file or directory
cp: cannot stat 'x': No such file or directory
tar: Exiting with failure status due to previous errors
rsync error: some files could not be transferred (code 23) at main.c(1338)
ping: bad address 'db'
PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.
64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.031 ms
curl: (7) Failed to connect to db port 5432: Connection refused
wget: can't connect to remote host (10.0.0.1): Connection refused
getaddrinfo: Name or service not known
dial tcp 10.96.0.1:443: i/o timeout
x509: certificate signed by unknown authority
TLS handshake error from 10.0.0.1:50000: remote error: tls: bad certificate
No space left on device
mkdir: cannot create directory '/data/x': Read-only file system
mount: /mnt: special device /dev/sdb does not exist.
sudo: bob is not in the sudoers file
su: user carol does not exist or the user entry does not contain all the required fields
passwd: password updated successfully
Reading package lists... Done
E: Unable to locate package foo
chown bob:bob /data done
changed ownership of '/data' from root to bob
The user changed permissions of the shared folder
user alice set her password; kill count 12; nice work; socket opened
unshare succeeded, exec finished, chroot ready, ptrace attached
Segmentation fault (core dumped)
Terminated
command not found
sh: 1: foo: not found
/bin/sh: can't open 'run.sh': No such file or directory
{"level":"info","ts":1767261600,"msg":"reconciled","controller":"pod","namespace":"shop"}
{"level":"error","msg":"operation timed out","error":"context deadline exceeded"}
I0101 10:00:00.000000       1 leaderelection.go:250] attempting to acquire leader lease
W0101 10:00:00.000000       1 client_config.go:618] Neither --kubeconfig nor --master was specified.
`
  .split('\n')
  .filter((line) => line !== '');
