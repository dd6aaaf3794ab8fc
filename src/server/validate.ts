import { podAsked } from '../admission/asked.ts';
import { gateAnnotationsOf } from '../admission/audit-annotations.ts';
import { denialOf } from '../admission/denial.ts';
import { gateWarningsOf } from '../admission/warnings.ts';
import { gate } from '../engine/gate.ts';
import { utcToday } from '../policies/load.ts';
import type { Endpoint } from './endpoint.ts';
import { noteGate } from './note.ts';

/** May the pod be stored as it is now? The gate never answers with a patch. */
export const validate: Endpoint = {
  path: 'validate',
  asks: podAsked,
  decide(services, review, request, started) {
    const { set, version } = services.policies();
    const gated = gate(request, set, utcToday());
    const refused = gated.action === 'denied' ? denialOf(gated.decision) : undefined;
    const said = { warnings: gateWarningsOf(gated.decision), auditAnnotations: gateAnnotationsOf(gated) };
    const recorded = noteGate(services, review, gated, refused, version, started);
    if (refused === undefined) return { answer: { allowed: true, patch: [], ...said }, outcome: 'allowed', recorded };
    return { answer: { allowed: false, message: `dropcap: ${refused}`, ...said }, outcome: 'refused', recorded };
  },
};
