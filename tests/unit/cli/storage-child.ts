/** A process that writes to the store and is killed: `hold` inside a transaction, `count` while it increments. */
import { SqliteStorage } from '../../../cli/ports/sqlite-storage.ts';

const [, , path = '', mode] = process.argv;
const storage = new SqliteStorage(path);

async function increment(): Promise<void> {
  await storage.transaction(async (tx) => {
    const count = Number(new TextDecoder().decode(await tx.get('t', 'count')));
    await tx.put('t', 'count', new TextEncoder().encode(String(count + 1)));
  });
}

if (mode === 'hold') {
  await storage.transaction(async (tx) => {
    await tx.put('t', 'half', Uint8Array.of(1));
    await tx.delete('t', 'old');
    process.stdout.write('inside\n');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
} else {
  for (let index = 0; index < 50; index++) await increment();
  process.stdout.write('done\n');
}
