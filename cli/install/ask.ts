/** Questions on a terminal. Who gives no answer (an empty line, or no terminal at all) gets the one that is shown. */
import { createInterface, type Interface } from 'node:readline';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';

const MAX_ATTEMPTS = 5;

export class Questions {
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    this.#reader = createInterface({ input: process.stdin, terminal: false });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** @param check gives what is wrong with an answer, or undefined; then the question comes again. */
  async ask(question: string, check: (answer: string) => string | undefined): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      process.stdout.write(`${question} `);
      const next = await this.#lines.next();
      if (!process.stdin.isTTY) process.stdout.write('\n');
      const answer = next.done === true ? '' : next.value.trim();
      const problem = check(answer);
      // Whoever has answered wrongly, and then no more, has not agreed to the default.
      if (problem === undefined && (next.done !== true || attempt === 1)) return answer;
      if (next.done === true || attempt === MAX_ATTEMPTS)
        throw new CommandError(EXIT.USAGE, problem ?? 'There is no answer.');
      process.stdout.write(`${problem ?? ''}\n`);
    }
  }

  async confirm(question: string): Promise<boolean> {
    const wrong = 'Please answer y or n.';
    return /^y/i.test(
      await this.ask(`${question} [y/N]`, (text) => (/^(y|yes|n|no)?$/i.test(text) ? undefined : wrong)),
    );
  }

  close(): void {
    this.#reader.close();
  }
}
