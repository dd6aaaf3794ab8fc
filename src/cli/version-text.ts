/** What `dropcap version` prints. */
import { API_VERSION } from '../policies/schema.ts';
import type { VersionOptions } from './version.ts';

/** The commit that was built, where the build was told it: build.mjs puts it in this place. */
const commit = (globalThis as { DROPCAP_COMMIT?: string }).DROPCAP_COMMIT;

/** The version, the commit if it is known, the version of the policy API, and Node and the platform. */
export function versionText(output: VersionOptions['output'], version: string): string {
  const known = {
    version,
    commit,
    policyApiVersion: API_VERSION,
    node: process.version,
    platform: `${process.platform}/${process.arch}`,
  };
  if (output === 'json') return `${JSON.stringify(known, null, 2)}\n`;
  const lines = [
    ['dropcap', known.version],
    ['commit', known.commit],
    ['policies', known.policyApiVersion],
    ['node', known.node],
    ['platform', known.platform],
  ] as const;
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(10)}${value}\n`])).join('');
}
