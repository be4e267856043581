import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface RunOptions {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

/** Runs a program to its end, without a shell. @throws Error that says in one line what the program said last. */
export async function runProgram(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      cwd: options.directory,
      env: options.environment,
      timeout: options.timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    throw new Error(describeFailure(program, error as ProgramError), { cause: error });
  }
}

type ProgramError = NodeJS.ErrnoException & { stderr?: string; killed?: boolean };

function describeFailure(program: string, error: ProgramError): string {
  if (error.code === 'ENOENT') return `there is no ${program} on this machine.`;
  if (error.killed === true) return `${program} took too long.`;
  const said = error.stderr
    ?.trim()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('W:'));
  return `${program}: ${said?.at(-1) ?? error.message}`;
}
