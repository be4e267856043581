/** `npm run generate`: writes the files that are made from declarations. */
import { writeFiles } from './generators.ts';
import { generateLocalization } from './localization.ts';

await writeFiles();
await generateLocalization();
