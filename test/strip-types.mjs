// Node's own type stripping as jest's transform: what the tests run is the source, line for line, with no second compiler.
import { stripTypeScriptTypes } from 'node:module';

export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
};
