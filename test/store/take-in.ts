/** Takes a journal in, in a process of its own, and says when it begins. */
import { openStore } from '../../src/store/open.ts';

const store = await openStore(process.argv[2]!);
process.stdout.write('open\n');
await store.ingest();
await store.close();
