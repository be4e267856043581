// `node scripts/run.js test …` runs scripts/test.ts, on a Node that can.
import { onModernNode } from '../cli/node-runtime.js';

await onModernNode(import.meta.url, async () => {
  const [name] = process.argv.splice(2, 1);
  await import(`./${name}.ts`);
});
