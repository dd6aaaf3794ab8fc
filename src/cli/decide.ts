/** Decides about every pod template of some manifests, with the same engine and the same patch as the webhook. */
import type { Decision } from '../engine/decision.ts';
import { evaluate } from '../engine/evaluate.ts';
import type { PatchOperation } from '../engine/patch.ts';
import type { PolicySet } from '../engine/policy-set.ts';
import type { Labels } from '../engine/selector.ts';
import type { Request } from '../engine/request.ts';
import { podTemplatesOf, templateRequest, type PodTemplate } from '../engine/template.ts';
import { namespacesIn } from '../kube/namespace-file.ts';
import { nameLabel } from '../kube/source.ts';
import type { Manifest, ManifestDocument } from '../manifest/read.ts';
import type { Context } from './context.ts';
import { problemAt } from './problem.ts';
import { progressOf } from './progress.ts';

/** The decision about one pod template. */
export interface DecidedTemplate {
  /** The document that it stands in. */
  readonly document: ManifestDocument;
  readonly template: PodTemplate;
  readonly namespace: string;
  /** Are the labels of its namespace known? */
  readonly labelled: boolean;
  /** What was asked of the engine. */
  readonly request: Request;
  readonly decision: Decision;
}

/** `Deployment/web`. */
export const workloadName = ({ template }: DecidedTemplate): string =>
  `${template.kind}/${template.name || '(no name)'}`;

/** A manifest with what was decided about it. */
export interface DecidedManifest {
  readonly manifest: Manifest;
  readonly templates: readonly DecidedTemplate[];
  /** Patches by the index of their document. */
  readonly patches: ReadonlyMap<number, readonly PatchOperation[]>;
  /** What is wrong with documents that cannot be decided about: a line for each, by its index. */
  readonly problems: ReadonlyMap<number, string>;
}

/** What decisions depend on besides the manifests. */
export interface DecidingTerms {
  readonly set: PolicySet;
  readonly today: string;
  /** Labels of namespaces that are not among the manifests. */
  readonly namespaces: ReadonlyMap<string, Labels>;
}

/** The namespace that kubectl uses where a manifest names none. */
const DEFAULT_NAMESPACE = 'default';

function decideTemplate(
  document: ManifestDocument,
  template: PodTemplate,
  { set, today, namespaces }: DecidingTerms,
): DecidedTemplate {
  const namespace = template.namespace || DEFAULT_NAMESPACE;
  const labels = namespaces.get(namespace);
  // Of a namespace that nothing is said about, only the label is known that every namespace has.
  const request = templateRequest(template, namespace, labels ?? nameLabel(namespace));
  const decision = evaluate(request, set, { today, annotate: false });
  return { document, template, namespace, labelled: labels !== undefined, request, decision };
}

type Reader<T> = (document: ManifestDocument) => T;

/** Reads each document; those that cannot be read are problems. */
function readEach<T>(manifest: Manifest, problems: Map<number, string>, read: Reader<T>): T[] {
  return manifest.documents.flatMap((document) => {
    try {
      return [read(document)];
    } catch (error) {
      problems.set(document.index, problemAt(manifest.file, document, error));
      return [];
    }
  });
}

/** The labels of all Namespaces in some manifests, and what is wrong with those that cannot be read. */
export function namespacesOf(manifests: readonly Manifest[]) {
  const problems = new Map(manifests.map((manifest) => [manifest, new Map<number, string>()]));
  const found = manifests.flatMap((manifest) =>
    readEach(manifest, problems.get(manifest)!, ({ json }) => [...namespacesIn([json])]).flat(),
  );
  return { namespaces: new Map(found), problems };
}

/** Decides about the manifests in their order; tells a context how far it is. Namespaces count wherever they stand. */
export function decideManifests(
  manifests: readonly Manifest[],
  terms: DecidingTerms,
  context?: Pick<Context, 'stderr' | 'env'>,
): DecidedManifest[] {
  const { namespaces, problems: wrong } = namespacesOf(manifests);
  const all = { ...terms, namespaces: new Map([...terms.namespaces, ...namespaces]) };
  const progress = context && progressOf(context, 'deciding about', manifests.length);
  const decided = manifests.map((manifest) => {
    progress?.next(manifest.file, manifest.text.length);
    const patches = new Map<number, readonly PatchOperation[]>();
    const problems = wrong.get(manifest)!;
    const templates = readEach(manifest, problems, (document) => {
      const decided = podTemplatesOf(document.json).map((template) => decideTemplate(document, template, all));
      const patch = decided.flatMap(({ decision }) => decision.patch);
      if (patch.length > 0) patches.set(document.index, patch);
      return decided;
    });
    return { manifest, templates: templates.flat(), patches, problems };
  });
  progress?.end();
  return decided;
}
