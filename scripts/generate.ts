/** `npm run generate`: writes the files that are made from declarations. */
import { writeFiles } from './generators.ts';

await writeFiles();
