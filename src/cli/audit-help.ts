/** What stands below the options in the help of `dropcap audit`. */

const EXIT = 'Exit status: 0 done, even if nothing was found; 2 bad options, or a store that cannot be read.';

const FILTERED = `
All filters that are given must hold. Times are RFC 3339 (2026-11-22T17:00:00Z), a day (2026-11-22, UTC), or how long ago
(30m, 2h, 7d). A workload is the name of a pod, the prefix that its name is made from (web-6d9f-), or its owner (Job/nightly).`;

/** Examples for `dropcap audit`. */
export const AUDIT = `
Examples:
  $ dropcap audit list --audit-store audit.db --since 2h
  $ dropcap audit show --audit-store audit.db cbe8c82e
  $ dropcap audit stats --audit-store audit.db --outcome audited
  $ dropcap audit export --audit-store audit.db -o csv > audit.csv
  $ dropcap audit list --audit-store http://127.0.0.1:8080       a running instance, as by kubectl port-forward

Reads the store that dropcap serve --audit-store writes: a file, while its server runs or not; a database, postgres://USER@HOST/
DATABASE (password in PGPASSWORD or PGPASSFILE); or a running instance by its admin address. What waits in the journal beside a
file is taken in first, where the store can be written.
${EXIT}`;

/** For `dropcap audit list`. */
export const LIST = `${FILTERED}

Examples:
  $ dropcap audit list --audit-store audit.db --namespace shop --since 7d
  $ dropcap audit list --audit-store audit.db --outcome exempt --opt-out
  $ dropcap audit list --audit-store audit.db --capability NET_ADMIN --limit 200
  $ dropcap audit list --audit-store audit.db --result altered
  $ dropcap audit list --audit-store audit.db --follow

With --follow the newest stand last, new ones come below until Ctrl-C, and json is a line for each request.
${EXIT}`;

/** For `dropcap audit show`. */
export const SHOW = `
Examples:
  $ dropcap audit show --audit-store audit.db cbe8c82e
  $ dropcap audit show --audit-store audit.db cbe8c82e-7f3a-4c0e-9d55-0a2f6f0e1b11 -o json

Exit status: 0 done, 2 where no record or more than one has such a uid, or the store cannot be read.`;

/** For `dropcap audit stats`. */
export const STATS = `${FILTERED}

Examples:
  $ dropcap audit stats --audit-store audit.db --since 7d
  $ dropcap audit stats --audit-store audit.db --outcome audited     what policies in audit mode would change
  $ dropcap audit stats --audit-store audit.db -o csv > counts.csv

${EXIT}`;

/** For `dropcap audit report`. */
export const REPORT = `
Without --since the last 30 days count. In each namespace there is one Report, named dropcap, with at most 200 results: the most
severe are shown, and all are counted. hardened is a pass, audited warns, exempt and skipped are skips, unresolved and missed fail.

Examples:
  $ dropcap audit report --audit-store audit.db --namespace shop
  $ dropcap audit report --audit-store audit.db | kubectl apply --server-side -f -
  $ dropcap audit report --audit-store audit.db --apply --kubeconfig ~/.kube/config

Exit status: 0 done, even if nothing was found; 1 the cluster does not take them; 2 bad options, or a store that cannot be read.`;

/** For `dropcap audit export`. */
export const EXPORT = `${FILTERED}

Output:
  jsonl  one record on each line, complete
  csv    one row for each finding, for spreadsheets: an apostrophe stands before cells that begin with = + - or @

Examples:
  $ dropcap audit export --audit-store audit.db --since 2026-11-01 --until 2026-12-01 -o csv > november.csv
  $ dropcap audit export --audit-store audit.db --user alice | jq .findings

${EXIT}`;
