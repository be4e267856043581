/** A Vite plugin: takes the texts out of the errors that noble's libraries throw, 3 % of the engine. No person reads them: the
 * engine checks what it is given, with errors of its own, before it calls a library, and whatever a library still refuses
 * is caught. The class of an error and its stack stay. Nothing but arguments of error constructors is touched. */
import type { Plugin } from 'vite';

const ERROR_CLASS = /^(Type|Range)?Error$/;

/** What is asked of a node of the syntax tree here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly callee?: { readonly name?: string };
  readonly arguments?: readonly Node[];
}

export function dropLibraryTexts(): Plugin {
  return {
    name: 'vant-drop-library-texts',
    transform: {
      filter: { id: /\/node_modules\/@noble\/.*\.js$/ },
      handler(code) {
        return withoutErrorTexts(code, this.parse(code));
      },
    },
  };
}

/** @param program the syntax tree of the code, as ESTree has it */
export function withoutErrorTexts(code: string, program: object): string {
  let kept = '';
  let end = 0;
  for (const { arguments: [first] = [], end: callEnd } of findErrors(program)) {
    if (first === undefined) continue;
    kept += code.slice(end, first.start);
    // Up to the parenthesis that closes the call.
    end = callEnd - 1;
  }
  return kept + code.slice(end);
}

/** In the order of the code, and none inside another. */
function findErrors(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(findErrors);
  if (typeof value !== 'object' || value === null) return [];
  const node = value as Node;
  const isError = node.type === 'NewExpression' && ERROR_CLASS.test(node.callee?.name ?? '');
  return isError ? [node] : Object.values(node).flatMap(findErrors);
}
