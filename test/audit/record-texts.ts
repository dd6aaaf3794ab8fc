import fc from 'fast-check';

/** Texts that look like the places at which a record is parted. */
export const awkward = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(',"policies":[', ',"durationMs":', '{"time":"', '\u0001', '$&', '"', '\\', '","uid":"'),
);

/** A record as it is written, whatever its texts are. */
export const record = fc
  .record({
    uid: fc.oneof(fc.uuid(), awkward),
    namespace: awkward,
    name: fc.option(awkward, { nil: undefined }),
    refused: fc.option(awkward, { nil: undefined }),
    policies: fc.array(awkward, { maxLength: 3 }),
    reason: awkward,
    user: awkward,
    instance: awkward,
  })
  .map(({ uid, namespace, name, refused, policies, reason, user, instance }) => ({
    time: '2026-11-22T12:00:00.000Z',
    uid,
    dryRun: false,
    operation: 'CREATE',
    namespace,
    name,
    user,
    refused,
    policies,
    findings: [{ container: reason, reason }],
    patch: [{ op: 'add', path: '/metadata/annotations/dropcap.dev~1audit-record', value: uid }],
    durationMs: 1.5,
    policySet: 'x',
    instance,
    version: '1.0.0',
  }));

/** Records of few templates: their uids differ, and now and then stand where another's shape has something else. */
export const alike = fc
  .tuple(record, record, fc.array(fc.tuple(fc.nat(3), fc.boolean()), { minLength: 1, maxLength: 12 }))
  .map(([one, other, drawn]) =>
    drawn.map(([number, isOne]) => {
      const of = isOne ? one : other;
      const uid = `0000000${number}-0000-4000-8000-000000000000`;
      const [patch] = of.patch;
      return JSON.stringify({ ...of, uid, patch: [{ ...patch, value: number === 3 ? one.uid : uid }] });
    }),
  );
