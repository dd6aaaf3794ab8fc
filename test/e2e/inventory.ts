/** Everything that a cluster holds, by kind, namespace and name: what came with an install, and what stayed after it. */
import { kubectl } from './kubectl.ts';

/** Kinds that the cluster makes and forgets by itself. */
const PASSING =
  /^(?:events|leases|pods|componentstatuses|endpointslices|endpoints|controllerrevisions|ipaddresses)(?:\.|$)/;

/** Objects of every kind that can be listed, one a line, sorted; those of the tests' own namespaces are left out. */
export async function inventory(): Promise<string[]> {
  const kinds = (await kubectl(['api-resources', '--verbs=list', '-o', 'name'])).split('\n').filter(Boolean);
  const lasting = kinds.filter((kind) => !PASSING.test(kind)).join(',');
  const columns = 'K:.kind,NS:.metadata.namespace,N:.metadata.name';
  const list = await kubectl([
    'get',
    lasting,
    '-A',
    '--no-headers',
    '--ignore-not-found',
    '-o',
    `custom-columns=${columns}`,
  ]);
  return list
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .filter((line) => line !== '' && !/(?:^| )e2e-/.test(line))
    .sort();
}
