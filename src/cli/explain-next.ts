/** What to do after an explanation: the very commands, with the options that were given. */
import type { Explained } from './explain-container.ts';
import type { ExplainOptions } from './explain.ts';
import { typedAgain } from './manifest-options.ts';
import { quoted } from './try-shell.ts';

/** Lines of advice, a command each; none where nothing would change. */
export function nextSteps(containers: readonly Explained[], options: ExplainOptions): string[] {
  const same = typedAgain(options);
  const changes = containers.some(({ fields }) => fields.some(({ outcome }) => outcome === 'hardened'));
  if (!changes) return [];
  const container = options.container === undefined ? '' : ` --container ${quoted(options.container)}`;
  const [first] = containers.filter(({ forecast }) => forecast.risks.length > 0);
  const image = first?.image ? ` --image ${quoted(first.image)}` : '';
  const inPlace = options.filename.includes('-') ? '' : ' --in-place';
  return [
    `try it here:             dropcap explain ${same}${container} --try docker`,
    `harden the manifests:    dropcap harden ${same}${inPlace}`,
    ...(first ? [`write an exception:      dropcap explain ${same}${container} --suggest`] : []),
    `read an error's meaning: dropcap why${image} "LINE OF A LOG"`,
  ];
}
