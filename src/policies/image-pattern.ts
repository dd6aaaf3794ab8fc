/** Globs on the parts of an image reference. A pattern that no reference can match is an error. */
import * as z from 'zod';
import { isGlob } from '../engine/glob.ts';
import { parseImage } from '../engine/image.ts';
import { ALWAYS, checkedBy, complain, isMap, type Complaint, type Complaints } from './complaint.ts';
import { render } from './render.ts';
import { strict } from './strict.ts';

const HUB = 'docker.io';

function problemWithRegistry(text: string): Complaint | undefined {
  const slash = text.indexOf('/');
  if (slash >= 0)
    return { expected: 'a registry alone: what follows the / belongs in repository', didYouMean: text.slice(0, slash) };
  if (!/^[\w.:[\]*?-]+$/.test(text)) return { expected: 'a registry: a host name, with :port where it has one' };
  if (isGlob(text)) return undefined;
  const read = parseImage(`${text}/a/b`)?.registry;
  if (read === text) return undefined;
  if (text === 'index.docker.io') return { expected: `${HUB}, as image references are read`, didYouMean: HUB };
  return { expected: 'a registry with a dot or a port, or localhost: without one it is part of the repository' };
}

function problemWithRepository(text: string): Complaint | undefined {
  if (text.includes('@')) return { expected: 'a repository alone: what follows the @ belongs in digest' };
  const slash = text.indexOf('/');
  if (text.slice(0, Math.max(slash, 0)).includes(':'))
    return {
      expected: 'a repository alone: a host with a port belongs in registry',
      didYouMean: text.slice(slash + 1),
    };
  if (text.includes(':'))
    return {
      expected: 'a repository alone: what follows the : belongs in tag',
      didYouMean: text.slice(0, text.indexOf(':')),
    };
  const lower = text.toLowerCase();
  if (text !== lower) return { expected: 'a repository: lower case', didYouMean: lower };
  const never = isGlob(text)
    ? !/^[a-z0-9._/*?-]+$/.test(text) || /^[/._-]|\/\/|[/._-]$/.test(text)
    : !parseImage(`x.io/${text}`);
  return never ? { expected: 'a repository: lower case letters, digits, and . _ - / between them' } : undefined;
}

function problemWithTag(text: string): Complaint | undefined {
  if (text.startsWith(':')) return { expected: 'a tag alone', didYouMean: text.slice(1) };
  const possible = isGlob(text)
    ? /^[\w.*?-]+$/.test(text) && !/^[.-]/.test(text)
    : text === '' || parseImage(`a:${text}`)?.tag === text;
  return possible ? undefined : { expected: 'a tag: letters, digits, and _ . - after the first, 128 at most' };
}

function problemWithDigest(text: string): Complaint | undefined {
  const possible = isGlob(text) ? /^[\w+.:*?-]+$/.test(text) : text === '' || parseImage(`a@${text}`)?.digest === text;
  return possible ? undefined : { expected: 'a digest with its algorithm, as in sha256:…' };
}

const part = (problemWith: (text: string) => Complaint | undefined, says: string) =>
  z.string().superRefine(checkedBy(problemWith)).optional().describe(says);

/** A short name, which on Docker Hub stands for a longer one. */
function problemWithShortName(repository: string, registry: unknown): Complaint | undefined {
  if (isGlob(repository) || (registry !== undefined && registry !== HUB)) return undefined;
  const full = `library/${repository}`;
  const elsewhere = registry === undefined ? '; for another registry, name it in registry' : '';
  const message = `${render(repository)} never matches: on ${HUB} its name is ${render(full)}${elsewhere}`;
  return { expected: 'the whole name', didYouMean: full, message };
}

/** A registry written at the head of the repository. A mirror that has such paths can be named in `registry`. */
function problemWithHead(head: string, path: string, registry: unknown): Complaint | undefined {
  if (registry !== undefined || isGlob(head) || !(head.includes('.') || head === 'localhost')) return undefined;
  const message = `${render(`${head}/${path}`)} never matches: write registry: ${render(head)} and repository: ${render(path)}`;
  return { expected: 'the repository alone', didYouMean: path, message };
}

function checkPlace(repository: string, registry: unknown, complaints: Complaints): void {
  const slash = repository.indexOf('/');
  const problem =
    slash < 0
      ? problemWithShortName(repository, registry)
      : problemWithHead(repository.slice(0, slash), repository.slice(slash + 1), registry);
  if (problem) complain(complaints, ['repository'], problem);
}

function checkTogether(pattern: unknown, complaints: Complaints): void {
  if (!isMap(pattern)) return;
  const { registry, repository, tag, digest } = pattern;
  if (Object.keys(pattern).length === 0)
    complain(complaints, [], { expected: 'at least one of registry, repository, tag and digest' });
  if (tag === '' && digest === '')
    complain(complaints, [], {
      expected: 'a tag or a digest',
      message: 'never matches: an image without a digest has a tag, latest if no other',
    });
  if (typeof repository === 'string' && !problemWithRepository(repository))
    checkPlace(repository, registry, complaints);
}

/** Images by the parts of their references; every part that is given must match. */
export const imagePattern = strict({
  registry: part(
    problemWithRegistry,
    'Glob on the registry, `docker.io` where the image names none. Example: `ghcr.io` or `*.example.com:5000`.',
  ),
  repository: part(
    problemWithRepository,
    'Glob on the repository, without registry and tag. Docker Hub short names have `library/` before them. Example: `library/nginx` or `acme/*`.',
  ),
  tag: part(
    problemWithTag,
    'Glob on the tag: `latest` where the image names neither tag nor digest, empty where it names only a digest. Example: `"1.*"`.',
  ),
  digest: part(
    problemWithDigest,
    'Glob on the digest with its algorithm, empty where the image names none. Example: `sha256:*` for every pinned image.',
  ),
})
  .superRefine(checkTogether, ALWAYS)
  .meta({ minProperties: 1 });
