/** The CronJob's own job, run at once. */
import { randomBytes } from 'node:crypto';
import { SYSTEM } from './dropcap.ts';
import { kubectl, kubectlJson } from './kubectl.ts';

interface CronJob {
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: { readonly template: { readonly spec: { readonly containers: readonly [{ args: string[] }] } } };
    };
  };
}

/** Runs `dropcap certificates` in the cluster, with further arguments, and gives what it said. Rejects where it fails. */
export async function runCertificates(...args: readonly string[]): Promise<string> {
  const name = `certificates-${randomBytes(4).toString('hex')}`;
  const cronJob = await kubectlJson<CronJob>('get', 'cronjob', 'dropcap-certificates', '-n', SYSTEM);
  const { spec } = cronJob.spec.jobTemplate;
  spec.template.spec.containers[0].args.push(...args);
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: SYSTEM }, spec };
  await kubectl(['create', '-f', '-'], JSON.stringify(job));
  await kubectl(['wait', 'job', name, '-n', SYSTEM, '--for=condition=Complete', '--timeout=180s']);
  const said = await kubectl(['logs', `job/${name}`, '-n', SYSTEM]);
  await kubectl(['delete', 'job', name, '-n', SYSTEM]);
  return said;
}
