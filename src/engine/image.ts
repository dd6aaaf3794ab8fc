/** An image reference in its parts, with what is left out filled in as the runtimes do. */
export interface ImageReference {
  readonly registry: string;
  readonly repository: string;
  /** `latest` where the reference names neither tag nor digest; empty where it names only a digest. */
  readonly tag: string;
  /** With its algorithm, as in `sha256:…`; empty where there is none. */
  readonly digest: string;
}

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9+._-]*:[0-9a-fA-F]{32,}$/;

const namesRegistry = (first: string): boolean =>
  /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();

/** `registry/path` in its two parts, with Docker Hub and its `library/` filled in. */
function place(name: string): Pick<ImageReference, 'registry' | 'repository'> {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const named = slash >= 0 && namesRegistry(first);
  const registry = !named || first === 'index.docker.io' ? 'docker.io' : first;
  const path = named ? name.slice(slash + 1) : name;
  return { registry, repository: registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path };
}

/**
 * Parses `[registry/]repository[:tag][@digest]` by the rules of the distribution project: `nginx` is
 * `docker.io/library/nginx:latest`. Undefined where the text is no reference: no image pattern covers it.
 */
export function parseImage(text: string): ImageReference | undefined {
  const at = text.indexOf('@');
  const [named, digest] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  if (at >= 0 && !DIGEST.test(digest)) return undefined;
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  if (tagged && !TAG.test(named.slice(colon + 1))) return undefined;
  const { registry, repository } = place(tagged ? named.slice(0, colon) : named);
  if (!REPOSITORY.test(repository)) return undefined;
  const implied = digest === '' ? 'latest' : '';
  return { registry, repository, tag: tagged ? named.slice(colon + 1) : implied, digest };
}
