// Writes derivations.json. Run by hand, and only when a change of a value is meant:
// node tests/vectors/make-derivations.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { computeDerivations } from '../support/e2ee/derivations.ts';

const text = JSON.stringify(await computeDerivations(), null, 2);
writeFileSync(join(import.meta.dirname, 'derivations.json'), `${text}\n`);
