/** Everything that `dropcap explain` says about one container. */
import type { Container } from '../engine/pod.ts';
import { CONTAINER_WORDS } from '../engine/policy.ts';
import { forecast } from '../knowledge/forecast.ts';
import type { Forecast } from '../knowledge/forecast-terms.ts';
import { positionOf } from '../manifest/position.ts';
import { workloadName, type DecidedManifest, type DecidedTemplate } from './decide.ts';
import { coverFor, type Cover, type CoverTerms } from './explain-cover.ts';
import { factsOf, type Facts } from './explain-facts.ts';
import { fatesOf, type FieldFate } from './explain-fields.ts';
import { containersIn, jsonOf, launchOf } from './launch.ts';

/** A container of a decided template, and the file it stands in. */
export interface Chosen {
  readonly file: string;
  readonly decided: DecidedTemplate;
  readonly container: Container;
}

/** One container explained. */
export interface Explained {
  readonly file: string;
  /** Of the container, both from 1, the column in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** `Deployment/web`. */
  readonly workload: string;
  readonly namespace: string;
  readonly container: string;
  /** `container`, `init container`, `sidecar container` or `ephemeral container`. */
  readonly kind: string;
  /** Reference; empty where none is named. */
  readonly image: string;
  /** Why the pod is not judged; null where it is. */
  readonly skipped: string | null;
  /** What it holds, and would hold; null where the pod is not judged. */
  readonly rights: Facts | null;
  readonly fields: readonly FieldFate[];
  readonly cover: Cover;
  readonly forecast: Forecast;
}

/** The containers of manifests, in the order of reading. */
export const chosenIn = (manifests: readonly DecidedManifest[]): Chosen[] =>
  manifests.flatMap(({ manifest: { file }, templates }) =>
    templates.flatMap((decided) => containersIn(decided).map((container) => ({ file, decided, container }))),
  );

/** What people call this container: a sidecar is an init container that is restarted always. */
export function kindOf({ decided, container }: Chosen): string {
  const restarts = jsonOf(decided, container)['restartPolicy'] === 'Always';
  return container.kind === 'initContainers' && restarts ? 'sidecar container' : CONTAINER_WORDS[container.kind];
}

const NOTHING: Forecast = { risks: [], unknown: [] };

/** Explains containers; what covers a template is asked once for all of its containers. */
export function explained(chosen: readonly Chosen[], terms: CoverTerms): Explained[] {
  const covers = new Map([...new Set(chosen.map(({ decided }) => decided))].map((one) => [one, coverFor(one, terms)]));
  return chosen.map((one) => {
    const { file, decided, container } = one;
    const { template, document, namespace, decision } = decided;
    const skipped = decision.findings.find(({ outcome }) => outcome === 'skipped')?.reason ?? null;
    const cover = covers.get(decided)!(container);
    return {
      file,
      ...positionOf(document, `${template.base}/spec/${container.kind}/${container.index}`),
      workload: workloadName(decided),
      namespace,
      container: container.name,
      kind: kindOf(one),
      image: container.image,
      skipped,
      rights: skipped === null ? factsOf(decided, container) : null,
      fields: skipped === null ? fatesOf(decided, container, cover) : [],
      cover,
      forecast: skipped === null ? forecast(launchOf(decided, container)) : NOTHING,
    };
  });
}
