/** A manifest whose layout is its author's own, and the same as it is hardened. */
export const TIDY = `# the web server
apiVersion: v1
kind: Pod
metadata: {name: web} # one of many
spec:
  containers:
  - name: c   # odd spacing
    image: "nginx"
    securityContext:
      capabilities: {add: [SYS_ADMIN, NET_BIND_SERVICE]}
`;

/** Under `restricted`. */
export const HARDENED = TIDY.replace(
  'capabilities: {add: [SYS_ADMIN, NET_BIND_SERVICE]}\n',
  'capabilities: {add: [NET_BIND_SERVICE], drop: [ALL]}\n      allowPrivilegeEscalation: false\n',
);
