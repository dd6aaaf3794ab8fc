/** `dropcap certificates`: its options. What it does is loaded only when it runs. */
import type { Command } from 'commander';
import { days, label, objectName } from './certificates-options.ts';
import type { Context } from './context.ts';
import { oneOf, seconds } from './options.ts';

/** The options of `dropcap certificates`, as commander reads them. */
export interface CertificatesOptions {
  readonly namespace?: string;
  readonly service: string;
  readonly secret: string;
  readonly webhookConfiguration: string;
  readonly validDays: number;
  readonly propagationSeconds: number;
  readonly renew?: true;
  readonly kubeconfig?: string;
  readonly logFormat: 'text' | 'json';
}

const EXAMPLES = `
Examples:
  $ dropcap certificates                                    in a pod: all by its service account
  $ dropcap certificates --renew                            a new pair, however good the present one is
  $ dropcap certificates --kubeconfig ~/.kube/config --namespace dropcap-system

Makes an authority and a certificate for SERVICE.NAMESPACE.svc, keeps them in the Secret (tls.crt, tls.key, ca.crt), and
writes ca.crt into the webhooks that call the Service. The authority's key signs once and is stored nowhere. A new pair
takes the old one's place only when the API servers trust both. Renews when a third of the certificate's life is left,
so run it daily; runs may overlap, and a run that was cut off is taken up by the next.

The Secret has to be there, even if empty. Rights: get and update on it; get and patch on the Mutating- and the
ValidatingWebhookConfiguration, either of which may be missing.
Exit status: 0 all is in place, 1 the cluster refused or could not be reached, 2 bad options.`;

/** Where in the cluster everything is. */
const withPlaces = (command: Command): Command =>
  command
    .option('--namespace <name>', 'of Service and Secret (in a pod: its own)', label('--namespace'))
    .option('--service <name>', 'the Service that the webhooks call', label('--service'), 'dropcap-webhook')
    .option('--secret <name>', 'the Secret that holds everything', objectName('--secret'), 'dropcap-tls')
    .option(
      '--webhook-configuration <name>',
      'name of both webhook configurations',
      objectName('--webhook-configuration'),
      'zz-dropcap',
    )
    .option('--kubeconfig <file>', 'the cluster (in a pod: by its service account)');

/** Adds the command to a program. */
export function certificatesCommand(program: Command, context: Context): void {
  const command = program
    .command('certificates')
    .summary("make and renew the webhook's certificate in a cluster")
    .description("Makes and renews the webhook's certificate in a cluster, and has the API server trust it.");
  withPlaces(command)
    .option('--valid-days <days>', 'life of a new certificate', days('--valid-days'), 90)
    .option(
      '--propagation-seconds <seconds>',
      'how long API servers may take to see a new authority',
      seconds('--propagation-seconds'),
      10,
    )
    .option('--renew', 'make a new pair even if the present one is good')
    .option('--log-format <format>', 'text or json', oneOf('--log-format', ['text', 'json'] as const), 'text')
    .addHelpText('after', EXAMPLES)
    .action(async (options: CertificatesOptions) => {
      const { runCertificates } = await import('./certificates-run.ts');
      await runCertificates(options, context);
    });
}
