import { podOrTemplateAsked } from '../admission/asked.ts';
import { auditAnnotationsOf } from '../admission/audit-annotations.ts';
import { warningsOf } from '../admission/warnings.ts';
import { evaluate } from '../engine/evaluate.ts';
import { utcToday } from '../policies/load.ts';
import type { Endpoint } from './endpoint.ts';
import { noteDecision } from './note.ts';

/** What a pod, or the pods of a template, should be like: answered with a patch. */
export const mutate: Endpoint = {
  path: 'mutate',
  asks: podOrTemplateAsked,
  decide(services, review, request, started) {
    const { set, version } = services.policies();
    // In a template the annotation would be a difference to the manifest, and its pods get it themselves.
    const annotate = services.annotate && request.workload === undefined;
    // A dry run leaves no record.
    const auditRecord = services.auditRecord && !review.dryRun ? review.uid : undefined;
    const decision = evaluate(request, set, { today: utcToday(), annotate, auditRecord });
    const { patch } = decision;
    const said = { warnings: warningsOf(decision), auditAnnotations: auditAnnotationsOf(decision) };
    const recorded = noteDecision(services, review, decision, version, started);
    const outcome = patch.length > 0 ? 'changed' : 'unchanged';
    return { answer: { allowed: true, patch, ...said }, outcome, recorded };
  },
};
